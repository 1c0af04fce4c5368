// What JavaScript calls (lib/engine/films-addon.ts): grey pictures and grey JPEG files to a rectangle of a larger picture.
#include <node_api.h>

#include <string>

#include "decode-jpeg.h"
#include "resize.h"

namespace {

using hilum::Taps;

struct Array {
  napi_typedarray_type type;
  size_t length;
  void* data;
};

bool read_array(napi_env env, napi_value value, Array* array) {
  return napi_get_typedarray_info(env, value, &array->type, &array->length, &array->data, nullptr, nullptr) == napi_ok;
}

bool read_taps(napi_env env, napi_value* values, int64_t extent, Taps* taps) {
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

bool read_request(napi_env env, napi_callback_info info, Request* request) {
  size_t count = ARGUMENTS;
  napi_value values[ARGUMENTS];
  napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  Array target;
  int64_t offset;
  const bool is_sound =
      count == ARGUMENTS && read_array(env, values[SOURCE], &request->source) &&
      napi_get_value_int64(env, values[WIDTH], &request->width) == napi_ok &&
      napi_get_value_int64(env, values[HEIGHT], &request->height) == napi_ok && request->width > 0 &&
      request->height > 0 && read_taps(env, values + ACROSS, request->width, &request->across) &&
      read_taps(env, values + DOWN, request->height, &request->down) &&
      napi_get_value_double(env, values[SCALE], &request->scale) == napi_ok &&
      read_array(env, values[TARGET], &target) && target.type == napi_uint8_array &&
      napi_get_value_int64(env, values[OFFSET], &offset) == napi_ok &&
      napi_get_value_int64(env, values[STRIDE], &request->stride) == napi_ok && offset >= 0 &&
      request->stride >= request->across.size &&
      offset + (request->down.size - 1) * request->stride + request->across.size <=
          static_cast<int64_t>(target.length);
  if (is_sound) request->target = static_cast<uint8_t*>(target.data) + offset;
  return is_sound;
}

napi_value refuse(napi_env env) {
  napi_throw_range_error(env, nullptr, "films: sizes, weights and arrays do not fit each other");
  return nullptr;
}

template <typename Pixel>
void resize(const Request& request, const Pixel* pixels) {
  hilum::resize(pixels, request.width, request.across, request.down, static_cast<float>(request.scale), request.target,
                request.stride);
}

// source: a picture's pixels, Uint8Array or Uint16Array
napi_value resize_picture(napi_env env, napi_callback_info info) {
  Request request;
  if (!read_request(env, info, &request)) return refuse(env);
  const Array& source = request.source;
  if (static_cast<int64_t>(source.length) / request.width < request.height) return refuse(env);
  if (source.type == napi_uint8_array) {
    resize(request, static_cast<const uint8_t*>(source.data));
  } else if (source.type == napi_uint16_array) {
    resize(request, static_cast<const uint16_t*>(source.data));
  } else {
    return refuse(env);
  }
  return nullptr;
}

// source: a JPEG file of one component, Uint8Array. Throws an error with the decoder's words.
napi_value resize_grey_jpeg(napi_env env, napi_callback_info info) {
  Request request;
  if (!read_request(env, info, &request) || request.source.type != napi_uint8_array) return refuse(env);
  bool fits = true;
  std::string fault = hilum::decode_grey_jpeg(
      static_cast<const uint8_t*>(request.source.data), request.source.length,
      [&](const uint8_t* pixels, int64_t width, int64_t height) {
        fits = width == request.width && height == request.height;
        if (fits) resize(request, pixels);
      });
  if (!fits) fault = "the picture has another size than its header tells";
  if (!fault.empty()) napi_throw_error(env, nullptr, fault.c_str());
  return nullptr;
}

void add_function(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

napi_value init(napi_env env, napi_value exports) {
  add_function(env, exports, "resizePicture", resize_picture);
  add_function(env, exports, "resizeGreyJpeg", resize_grey_jpeg);
  return exports;
}

}  // namespace

NAPI_MODULE(NODE_GYP_MODULE_NAME, init)
