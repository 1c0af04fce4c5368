// A convolution as it is computed; parameters as Network::packed() and Network::padded() give them.
#pragma once

#include "network.h"

namespace hilum {

// Tasks for each thread: enough to even out threads that are held up, few enough to cost nothing.
constexpr int64_t TASKS_PER_THREAD = 4;

struct Network::Convolution {
  View input, output;
  int64_t size, stride, padding;
  const float* weights;
  const float* bias;
  const float* scale = nullptr;
  const float* shift = nullptr;
  bool pooled = false;
  bool relu = false;
  View residual{-1, 0, 0};
};

}  // namespace hilum
