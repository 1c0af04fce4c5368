// The arguments that both addons of pictures take: how a picture goes to a rectangle of a larger one.
#pragma once

#include <node_api.h>

#include <cmath>
#include <new>

#include "resize.h"
#include "statistics.h"

namespace hilum {

struct Array {
  napi_typedarray_type type;
  size_t length;
  void* data;
};

inline bool read_array(napi_env env, napi_value value, Array* array) {
  return napi_get_typedarray_info(env, value, &array->type, &array->length, &array->data, nullptr, nullptr) == napi_ok;
}

inline bool read_taps(napi_env env, const napi_value* values, int64_t extent, Taps* taps) {
  Array first, weights;
  if (!read_array(env, values[0], &first) || first.type != napi_int32_array) return false;
  if (!read_array(env, values[1], &weights) || weights.type != napi_float32_array) return false;
  if (first.length == 0 || weights.length == 0 || weights.length % first.length != 0) return false;
  *taps = {static_cast<int32_t*>(first.data), static_cast<float*>(weights.data), static_cast<int64_t>(first.length),
           static_cast<int64_t>(weights.length / first.length)};
  for (int64_t i = 0; i < taps->size; i += 1) {
    if (taps->first[i] < 0 || taps->first[i] + taps->taps > extent) return false;
  }
  return true;
}

// Whether a rectangle lies in a target of so many bytes. In an order in which no sum or product can be too large.
inline bool fits(int64_t width, int64_t height, int64_t stride, int64_t offset, int64_t length) {
  if (offset < 0 || offset > length || stride < width || width > length - offset) return false;
  return height - 1 <= (length - offset - width) / stride;
}

enum Argument { SOURCE, WIDTH, HEIGHT, ACROSS, DOWN = ACROSS + 2, SCALE = DOWN + 2, TARGET, OFFSET, STRIDE, ARGUMENTS };

// (source, width, height, acrossFirst, acrossWeights, downFirst, downWeights, scale, target, offset, stride)
struct Request {
  Array source;
  int64_t width, height, stride;
  Taps across, down;
  double scale;
  // Where the rectangle starts.
  uint8_t* target;
};

inline bool read_request(napi_env env, const napi_value* values, Request* request) {
  Array target;
  int64_t offset;
  const bool is_sound =
      read_array(env, values[SOURCE], &request->source) &&
      napi_get_value_int64(env, values[WIDTH], &request->width) == napi_ok &&
      napi_get_value_int64(env, values[HEIGHT], &request->height) == napi_ok && request->width > 0 &&
      request->height > 0 && read_taps(env, values + ACROSS, request->width, &request->across) &&
      read_taps(env, values + DOWN, request->height, &request->down) &&
      napi_get_value_double(env, values[SCALE], &request->scale) == napi_ok && std::isfinite(request->scale) &&
      read_array(env, values[TARGET], &target) && target.type == napi_uint8_array &&
      napi_get_value_int64(env, values[OFFSET], &offset) == napi_ok &&
      napi_get_value_int64(env, values[STRIDE], &request->stride) == napi_ok &&
      fits(request->across.size, request->down.size, request->stride, offset, static_cast<int64_t>(target.length));
  if (is_sound) request->target = static_cast<uint8_t*>(target.data) + offset;
  return is_sound;
}

enum StatisticsArgument { MOMENTS_TO, LEVELS_TO, GRID_TO, STATISTICS_ARGUMENTS };

constexpr size_t MOST_LEVELS = 65536;
constexpr int64_t MOST_BLOCKS = 1024;

// (moments, levels, grid), all of them Float64Array; the grid's length is a square.
inline bool read_statistics(napi_env env, const napi_value* values, Statistics* statistics) {
  Array to[STATISTICS_ARGUMENTS];
  for (int i = MOMENTS_TO; i <= GRID_TO; i += 1) {
    if (!read_array(env, values[i], &to[i]) || to[i].type != napi_float64_array) return false;
  }
  const auto blocks = static_cast<int64_t>(to[GRID_TO].length);
  int64_t side = 1;
  while (side < MOST_BLOCKS && side * side < blocks) side += 1;
  if (side * side != blocks || to[MOMENTS_TO].length != MOMENTS) return false;
  if (to[LEVELS_TO].length == 0 || to[LEVELS_TO].length > MOST_LEVELS) return false;
  *statistics = {static_cast<double*>(to[MOMENTS_TO].data),
                 static_cast<double*>(to[LEVELS_TO].data),
                 static_cast<int64_t>(to[LEVELS_TO].length),
                 static_cast<double*>(to[GRID_TO].data),
                 side};
  return true;
}

inline napi_value refuse(napi_env env) {
  napi_throw_range_error(env, nullptr, "films: sizes, weights and arrays do not fit each other");
  return nullptr;
}

// Whether there was memory for the work.
template <typename Work>
bool has_memory(const Work& work) {
  try {
    work();
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

template <typename Pixel>
void resize(const Request& request, const Pixel* pixels) {
  resize(pixels, request.width, request.across, request.down, static_cast<float>(request.scale), request.target,
         request.stride);
}

inline napi_value lacks_memory(napi_env env) {
  napi_throw_error(env, nullptr, "films: there is no memory for a picture");
  return nullptr;
}

// As many arguments as a function takes.
template <size_t Count>
bool read_arguments(napi_env env, napi_callback_info info, napi_value (&values)[Count]) {
  size_t count = Count;
  return napi_get_cb_info(env, info, &count, values, nullptr, nullptr) == napi_ok && count == Count;
}

// Adds a function to a module.
inline napi_value export_function(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
  return exports;
}

}  // namespace hilum
