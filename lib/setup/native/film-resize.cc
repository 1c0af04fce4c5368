// A grey picture to another size: each row of the target is a weighted sum of rows, each of its pixels one of columns.
// What the weights are is decided in lib/engine/resize.ts. No fused multiply-add, so that every processor gives the same
// bytes (-ffp-contract=off).
#include <node_api.h>

#include <cstdint>
#include <vector>

#if defined(__x86_64__) && defined(__GNUC__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

namespace {

// Weights of one side, tap-major: pixel i of the target is the sum over k of weights[k * size + i] * source[first[i] + k].
struct Taps {
  const int32_t* first;
  const float* weights;
  int64_t size;
  int64_t taps;
};

#define DEFINE_SUM_OF_ROWS(NAME, PIXEL)                                                                \
  FOR_EACH_PROCESSOR void NAME(const PIXEL* source, int64_t width, const Taps& down, int64_t y, float* row) { \
    const PIXEL* from = source + down.first[y] * width;                                                \
    const float weight = down.weights[y];                                                              \
    if (down.taps == 1) {                                                                              \
      for (int64_t x = 0; x < width; x += 1) row[x] = weight * from[x];                                \
      return;                                                                                          \
    }                                                                                                  \
    const PIXEL* below = from + width;                                                                 \
    const float second = down.weights[down.size + y];                                                  \
    for (int64_t x = 0; x < width; x += 1) row[x] = weight * from[x] + second * below[x];              \
    for (int64_t k = 2; k < down.taps; k += 1) {                                                       \
      const float more = down.weights[k * down.size + y];                                              \
      if (more == 0) continue;                                                                         \
      const PIXEL* line = from + k * width;                                                            \
      for (int64_t x = 0; x < width; x += 1) row[x] += more * line[x];                                 \
    }                                                                                                  \
  }

DEFINE_SUM_OF_ROWS(sum_of_rows_8, uint8_t)
DEFINE_SUM_OF_ROWS(sum_of_rows_16, uint16_t)

FOR_EACH_PROCESSOR void sum_of_columns(const float* row, const Taps& across, float* sums) {
  const int32_t* first = across.first;
  const float* weights = across.weights;
  const int64_t size = across.size;
  if (across.taps == 1) {
    for (int64_t x = 0; x < size; x += 1) sums[x] = weights[x] * row[first[x]];
    return;
  }
  const float* second = weights + size;
  for (int64_t x = 0; x < size; x += 1) sums[x] = weights[x] * row[first[x]] + second[x] * row[first[x] + 1];
  for (int64_t k = 2; k < across.taps; k += 1) {
    const float* more = weights + k * size;
    for (int64_t x = 0; x < size; x += 1) sums[x] += more[x] * row[first[x] + k];
  }
}

// Rounded half up.
FOR_EACH_PROCESSOR void round_to_bytes(const float* sums, int64_t size, float scale, uint8_t* bytes) {
  for (int64_t x = 0; x < size; x += 1) {
    const int32_t value = static_cast<int32_t>(sums[x] * scale + 0.5f);
    bytes[x] = static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value);
  }
}

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
napi_value resize(napi_env env, napi_callback_info info) {
  size_t count = ARGUMENTS;
  napi_value values[ARGUMENTS];
  napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  int64_t width, height, offset, stride;
  double scale;
  Array source, target;
  Taps across, down;
  const bool is_sound =
      count == ARGUMENTS && napi_get_value_int64(env, values[WIDTH], &width) == napi_ok &&
      napi_get_value_int64(env, values[HEIGHT], &height) == napi_ok && width > 0 && height > 0 &&
      read_array(env, values[SOURCE], &source) &&
      (source.type == napi_uint8_array || source.type == napi_uint16_array) &&
      static_cast<int64_t>(source.length) / width >= height && read_taps(env, values + ACROSS, width, &across) &&
      read_taps(env, values + DOWN, height, &down) && napi_get_value_double(env, values[SCALE], &scale) == napi_ok &&
      read_array(env, values[TARGET], &target) && target.type == napi_uint8_array &&
      napi_get_value_int64(env, values[OFFSET], &offset) == napi_ok &&
      napi_get_value_int64(env, values[STRIDE], &stride) == napi_ok && offset >= 0 && stride >= across.size &&
      offset + (down.size - 1) * stride + across.size <= static_cast<int64_t>(target.length);
  if (!is_sound) {
    napi_throw_range_error(env, nullptr, "resize: sizes, weights and arrays do not fit each other");
    return nullptr;
  }
  std::vector<float> row(width), sums(across.size);
  for (int64_t y = 0; y < down.size; y += 1) {
    if (source.type == napi_uint8_array) {
      sum_of_rows_8(static_cast<uint8_t*>(source.data), width, down, y, row.data());
    } else {
      sum_of_rows_16(static_cast<uint16_t*>(source.data), width, down, y, row.data());
    }
    sum_of_columns(row.data(), across, sums.data());
    round_to_bytes(sums.data(), across.size, static_cast<float>(scale),
                   static_cast<uint8_t*>(target.data) + offset + y * stride);
  }
  return nullptr;
}

napi_value init(napi_env env, napi_value exports) {
  napi_value function;
  napi_create_function(env, "resize", NAPI_AUTO_LENGTH, resize, nullptr, &function);
  napi_set_named_property(env, exports, "resize", function);
  return exports;
}

}  // namespace

NAPI_MODULE(NODE_GYP_MODULE_NAME, init)
