// The inner loops of a network, once for each kind of processor. Pixels stand in blocks of 16 channels.
#pragma once

#include <cstdint>

namespace hilum {

constexpr int64_t BLOCK = 16;

// Consecutive pixels of a convolution's result, for one group of its channels:
//   y[p][c] = bias[c] + sum over taps t and depth i of x[taps[t] + p * step + i] * weights[t][i][c]  (+ residual, ReLU)
struct Tile {
  const float* x;
  // From a pixel's input to the next one's.
  int64_t step;
  const int64_t* taps;
  int64_t tap_count;
  int64_t depth;
  // [tap_count][depth][group]
  const float* weights;
  // [group]
  const float* bias;
  // Where each pixel stands in a plane of the target, and of what is added.
  const int64_t* target_places;
  const int64_t* residual_places;
  // A plane for each block of the group; null where the group has no such block, or nothing is added.
  float* target[2];
  const float* residual[2];
  bool relu;
};

// One block of many pixels: y = x * scale + shift, then ReLU. Scale and shift are of the block's 16 channels.
struct Affine {
  const float* scale;
  const float* shift;
};

// F(2 x 2, 3 x 3) of Winograd's convolutions: 16 products in the place of 36. Lavin and Gray, "Fast Algorithms for
// Convolutional Neural Networks", 2016, section 4.1.
constexpr int64_t WINOGRAD_INPUTS = 4, WINOGRAD_OUTPUTS = 2, WINOGRAD_PRODUCTS = 16;

// What the products of one block make of 2 x 2 pixels of the result, of which only some may be in it.
struct Patch {
  // [WINOGRAD_PRODUCTS], `next` floats apart
  const float* products;
  int64_t next;
  const float* bias;
  // Rows of the target and of what is added, null where nothing is, are so many floats apart.
  float* target;
  int64_t pitch;
  const float* residual;
  int64_t residual_pitch;
  int64_t rows, columns;
  bool relu;
};

struct Kernels {
  const char* name;
  // Channels that a tile computes at a time, and the most pixels of one.
  int64_t group;
  int64_t pixels;
  // tile[p - 1] is for p pixels. In `dense` the step is BLOCK, known when compiled.
  void (*const* dense)(const Tile&);
  void (*const* strided)(const Tile&);
  // `count` consecutive pixels.
  void (*affine)(const float* x, int64_t count, const Affine&, float* y);
  // The mean of 2 x 2 pixels after Affine, for `count` pixels of the result; rows are `pitch` floats apart.
  void (*affine_mean)(const float* x, int64_t pitch, int64_t count, const Affine&, float* y);
  // One pixel: maximum, or the sum times `scale`, of size x size pixels.
  void (*maximum)(const float* x, int64_t pitch, int64_t size, float* y);
  void (*sum)(const float* x, int64_t pitch, int64_t rows, int64_t columns, float scale, float* y);
  // What is multiplied of 4 x 4 pixels of a block, values `next` floats apart; and what becomes of the products.
  void (*winograd_input)(const float* x, int64_t pitch, float* values, int64_t next);
  void (*winograd_output)(const Patch&);
};

// The best for this processor, or the named one where this processor has it, else null.
const Kernels* find_kernels(const char* name);

extern const Kernels AVX512_KERNELS, AVX2_KERNELS, PLAIN_KERNELS;

}  // namespace hilum
