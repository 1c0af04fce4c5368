// A program, computed film by film by a team of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "kernels.h"
#include "program.h"
#include "team.h"

namespace hilum {

struct Answer {
  // [16 logits.blocks], [16 features.blocks]
  float* logits;
  float* features;
  // [16 logits.blocks][rows][columns] of the activation, or null
  float* maps;
};

class Network {
 public:
  // Throws as check(program).
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
  bool spares_products(const Convolution& convolution) const;
  void add_winograd(const Convolution& convolution, const float* kernel);
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
