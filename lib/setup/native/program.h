// A network as a list of steps over buffers: made in lib/model/network-program.ts, written down in
// lib/engine/network-addon.ts.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels.h"

namespace hilum {

// [blocks][rows + 2 border][columns + 2 border][width], zero at the border. Buffer 0 is the picture, one block whose
// width is its channels; all others have a width of 16 channels.
struct Buffer {
  int32_t blocks, rows, columns, border, width;

  int64_t pitch() const { return (columns + int64_t{2} * border) * width; }
  int64_t plane() const { return pitch() * (rows + int64_t{2} * border); }
  // Of a pixel in its plane; the border has negative rows and columns.
  int64_t place(int64_t row, int64_t column) const { return (row + border) * pitch() + (column + border) * width; }
};

// Some blocks of a buffer.
struct View {
  int32_t buffer, block, blocks;
};

enum Kind : int32_t {
  // Square window, then bias, residual, ReLU. With `scale`, the input goes through Affine first (1 x 1 alone), and with
  // `pooled` through the mean of 2 x 2 pixels too.
  CONVOLUTION,
  AFFINE,
  MAXIMUM,
  MEAN,
  KINDS,
};

// As lib/engine/network-addon.ts writes them, one int32 after the other. Parameters are given by where they begin; -1 is none.
struct Step {
  Kind kind;
  View input, output;
  int32_t size, stride, padding;
  // [size][size][16 input.blocks][16 output.blocks], [16 output.blocks]
  int32_t kernel, bias;
  // [16 input.blocks] each
  int32_t scale, shift;
  // A buffer of the output's extent and its first block, or -1.
  int32_t residual, residual_block;
  int32_t relu, pooled;
};

// What heat maps are made of: the last activation, the hidden layer after its ReLU, and the kernels above them.
struct Explained {
  View activation, hidden, logits;
  // [16 activation.blocks][16 hidden.blocks], [16 hidden.blocks][16 logits.blocks]
  int32_t hidden_kernel, logits_kernel;
};

struct Program {
  std::vector<Buffer> buffers;
  std::vector<Step> steps;
  std::vector<float> parameters;
  // Of each channel of the picture: grey * scale + offset.
  std::vector<float> scale, offset;
  View features;
  Explained explained;
};

// Throws std::invalid_argument where a step leaves its buffers or parameters.
void check(const Program& program);

int64_t channels_of(const Program& program, const View& view);

}  // namespace hilum
