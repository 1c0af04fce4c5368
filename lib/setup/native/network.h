// A network as a list of steps over buffers, computed film by film by a team of threads. What the steps are is decided
// in lib/engine/network-program.ts; here they are only checked not to leave their buffers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kernels.h"
#include "team.h"

namespace hilum {

// [blocks][rows + 2 border][columns + 2 border][width], zero at the border. Buffer 0 is the picture, one block whose
// width is its channels; all others have a width of 16 channels.
struct Buffer {
  int32_t blocks, rows, columns, border, width;

  int64_t pitch() const { return static_cast<int64_t>(columns + 2 * border) * width; }
  int64_t plane() const { return pitch() * (rows + 2 * border); }
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

// As lib/engine/network-program.ts writes them, one int32 after the other. Parameters are given by where they begin; -1 is none.
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

struct Answer {
  // [16 logits.blocks], [16 features.blocks]
  float* logits;
  float* features;
  // [16 logits.blocks][rows][columns] of the activation, or null
  float* maps;
};

class Network {
 public:
  // Throws std::invalid_argument where a step leaves its buffers or parameters.
  Network(Program program, const Kernels& kernels, int threads);

  // Lengths of what run() takes and gives for one film.
  int64_t pixels() const;
  int64_t logits() const;
  int64_t features() const;
  int64_t maps() const;

  // `grey`: rows x columns of the picture. One caller at a time.
  void run(const uint8_t* grey, const Answer& answer);

 private:
  // One task of a step.
  using Act = std::function<void(int64_t task, float* scratch)>;
  struct Convolution;

  void add_picture();
  void add(const Step& step);
  void add_convolution(const Convolution& convolution);
  void add_windows(const Step& step);
  void add_affine(const Step& step);
  void add_explanation(const Explained& explained);
  void add_work(int64_t tasks, Act act);

  const Buffer& buffer(const View& view) const { return program_.buffers[view.buffer]; }
  float* plane(const View& view, int64_t block) const;
  const float* parameters(int32_t offset) const { return offset < 0 ? nullptr : program_.parameters.data() + offset; }
  float* keep(int64_t values);
  const float* kept(int32_t offset, int64_t values);
  const float* packed(const float* kernel, int64_t depth, int64_t channels);
  const float* padded(const float* bias, int64_t channels);

  Program program_;
  const Kernels& kernels_;
  std::vector<std::unique_ptr<float[]>> kept_;
  std::vector<float*> planes_;
  std::vector<Act> acts_;
  // Tasks of each step: without heat maps, and with the steps for them.
  std::vector<int64_t> tasks_, tasks_explained_;
  View maps_;
  const uint8_t* grey_ = nullptr;
  int64_t scratch_ = 0;
  std::vector<std::vector<float>> scratches_;
  // Last, so that its threads end before what they look at.
  Team team_;
};

}  // namespace hilum
