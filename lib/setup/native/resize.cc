// No fused multiply-add and a fixed order of sums, so that every processor gives the same bytes (-ffp-contract=off).
#include "resize.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "each-processor.h"

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

// Rows of the target that are made at once, their pixels side by side: what one is made of lies beside what the others
// are made of, and nothing need be fetched from here and there.
constexpr int64_t ROWS = 8;

// A pixel of each of the rows.
typedef float Lanes __attribute__((vector_size(ROWS * sizeof(float)), aligned(alignof(float)), may_alias));

// ROWS x width to width x ROWS.
FOR_EACH_PROCESSOR void put_side_by_side(const float* __restrict rows, int64_t width, float* __restrict lanes) {
  for (int64_t x = 0; x < width; x += 1) {
    for (int64_t r = 0; r < ROWS; r += 1) lanes[x * ROWS + r] = rows[r * width + x];
  }
}

FOR_EACH_PROCESSOR void sum_of_columns(const float* lanes, const Taps& across, float* sums) {
  const Lanes* columns = reinterpret_cast<const Lanes*>(lanes);
  Lanes* to = reinterpret_cast<Lanes*>(sums);
  const int64_t size = across.size;
  for (int64_t x = 0; x < size; x += 1) {
    const Lanes* from = columns + across.first[x];
    Lanes sum = across.weights[x] * from[0];
    for (int64_t k = 1; k < across.taps; k += 1) sum += across.weights[k * size + x] * from[k];
    to[x] = sum;
  }
}

// Rounded half up; held in a byte before it becomes one, since weights may be anything. What is no number is 0.
FOR_EACH_PROCESSOR void round_to_bytes(const float* sums, int64_t size, float scale, uint8_t* bytes) {
  for (int64_t x = 0; x < size; x += 1) {
    const float value = sums[x] * scale + 0.5f;
    const float least = value > 0 ? value : 0;
    bytes[x] = static_cast<uint8_t>(static_cast<int32_t>(least < 255 ? least : 255));
  }
}

// size x ROWS to ROWS x size.
FOR_EACH_PROCESSOR void put_apart(const uint8_t* __restrict lanes, int64_t size, uint8_t* __restrict rows) {
  for (int64_t x = 0; x < size; x += 1) {
    for (int64_t r = 0; r < ROWS; r += 1) rows[r * size + x] = lanes[x * ROWS + r];
  }
}

template <typename Pixel>
void resize_rows(const Pixel* source, int64_t width, const Taps& across, const Taps& down, float scale,
                 uint8_t* target, int64_t stride) {
  const int64_t size = across.size;
  // Of fewer than ROWS rows at the end the others are those of the time before, and go nowhere.
  std::vector<float> rows(ROWS * width), lanes(ROWS * width), sums(ROWS * size);
  std::vector<uint8_t> bytes(ROWS * size), rounded(ROWS * size);
  for (int64_t y = 0; y < down.size; y += ROWS) {
    const int64_t count = std::min(ROWS, down.size - y);
    for (int64_t r = 0; r < count; r += 1) sum_of_rows(source, width, down, y + r, rows.data() + r * width);
    put_side_by_side(rows.data(), width, lanes.data());
    sum_of_columns(lanes.data(), across, sums.data());
    round_to_bytes(sums.data(), ROWS * size, scale, bytes.data());
    put_apart(bytes.data(), size, rounded.data());
    for (int64_t r = 0; r < count; r += 1) {
      std::memcpy(target + (y + r) * stride, rounded.data() + r * size, size);
    }
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
