// No fused multiply-add and a fixed order of sums, so that every processor gives the same bytes (-ffp-contract=off).
#include "resize.h"

#include <vector>

#if defined(__x86_64__) && defined(__GNUC__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

namespace hilum {
namespace {

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

DEFINE_SUM_OF_ROWS(sum_of_rows, uint8_t)
DEFINE_SUM_OF_ROWS(sum_of_rows, uint16_t)

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

template <typename Pixel>
void resize_rows(const Pixel* source, int64_t width, const Taps& across, const Taps& down, float scale,
                 uint8_t* target, int64_t stride) {
  std::vector<float> row(width), sums(across.size);
  for (int64_t y = 0; y < down.size; y += 1) {
    sum_of_rows(source, width, down, y, row.data());
    sum_of_columns(row.data(), across, sums.data());
    round_to_bytes(sums.data(), across.size, scale, target + y * stride);
  }
}

}  // namespace

void resize(const uint8_t* source, int64_t width, const Taps& across, const Taps& down, float scale, uint8_t* target,
            int64_t stride) {
  resize_rows(source, width, across, down, scale, target, stride);
}

void resize(const uint16_t* source, int64_t width, const Taps& across, const Taps& down, float scale, uint8_t* target,
            int64_t stride) {
  resize_rows(source, width, across, down, scale, target, stride);
}

}  // namespace hilum
