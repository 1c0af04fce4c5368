// A grey picture to another size: each row of the target is a weighted sum of rows, each of its pixels one of columns.
// What the weights are is decided in lib/engine/taps.ts.
#pragma once

#include <cstdint>

namespace hilum {

// Weights of one side, tap-major: pixel i of the target is the sum over k of weights[k * size + i] * source[first[i] + k].
struct Taps {
  const int32_t* first;
  const float* weights;
  int64_t size;
  int64_t taps;
};

// Writes rounded values of down.size rows of across.size pixels, `stride` bytes from row to row.
void resize(const uint8_t* source, int64_t width, const Taps& across, const Taps& down, float scale, uint8_t* target,
            int64_t stride);
void resize(const uint16_t* source, int64_t width, const Taps& across, const Taps& down, float scale, uint8_t* target,
            int64_t stride);

}  // namespace hilum
