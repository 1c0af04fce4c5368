#include "program.h"

#include <stdexcept>
#include <string>

namespace hilum {
namespace {

// Pixels, blocks or channels; the largest networks have a few thousand.
constexpr int32_t MOST_SIDE = 1 << 16;

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("network: " + what); }

void check(const Program& program, const View& view) {
  const auto buffers = static_cast<int64_t>(program.buffers.size());
  if (view.buffer < 0 || view.buffer >= buffers || view.block < 0 || view.blocks < 1 ||
      static_cast<int64_t>(view.block) + view.blocks > program.buffers[view.buffer].blocks) {
    refuse("a view outside its buffer");
  }
}

void check(const Program& program, int32_t offset, int64_t values) {
  if (offset < 0 || offset + values > static_cast<int64_t>(program.parameters.size())) {
    refuse("parameters that are not there");
  }
}

// Whether its values can be counted in 31 bits; each side is looked at before a product is made of it.
bool fits(const Buffer& buffer) {
  for (int32_t side : {buffer.blocks, buffer.rows, buffer.columns}) {
    if (side < 1 || side > MOST_SIDE) return false;
  }
  if (buffer.border < 0 || buffer.border > MOST_SIDE || buffer.width > MOST_SIDE) return false;
  return buffer.plane() <= INT32_MAX / buffer.blocks;
}

// Windows of the step along one side of its input.
void check_windows(const Step& step, int64_t input, int64_t border, int64_t output) {
  const int64_t last = (output - 1) * step.stride - step.padding + step.size;
  if (step.padding < 0 || step.padding > border || last > input + border) refuse("a window outside its input");
}

// Blocks of 16 channels, which everything but a convolution of the picture works on.
void check_blocks(const Program& program, const View& view) {
  check(program, view);
  if (program.buffers[view.buffer].width != BLOCK) refuse("channels that stand in no blocks");
}

void check(const Program& program, const Step& step) {
  check(program, step.input);
  check_blocks(program, step.output);
  const Buffer& input = program.buffers[step.input.buffer];
  const Buffer& output = program.buffers[step.output.buffer];
  const int64_t inputs = channels_of(program, step.input), outputs = channels_of(program, step.output);
  if (step.kind < 0 || step.kind >= KINDS || step.size < 1 || step.stride < 1) refuse("a step that is none");
  if ((step.scale >= 0) != (step.shift >= 0)) refuse("a scale without a shift, or a shift without a scale");
  check_windows(step, input.rows, input.border, output.rows);
  check_windows(step, input.columns, input.border, output.columns);
  if (step.kind != CONVOLUTION || step.scale >= 0) check_blocks(program, step.input);
  if (step.scale >= 0 || step.kind == AFFINE) {
    check(program, step.scale, inputs);
    check(program, step.shift, inputs);
    const bool is_pointwise = step.size == (step.pooled ? 2 : 1) && step.stride == step.size && step.padding == 0;
    if (!is_pointwise) refuse("an affine input of a window");
  }
  if (step.kind == CONVOLUTION) {
    const int64_t window = step.scale >= 0 ? 1 : static_cast<int64_t>(step.size) * step.size;
    check(program, step.kernel, window * inputs * outputs);
    if (step.bias >= 0) check(program, step.bias, outputs);
    if (step.residual >= 0) {
      const View residual{step.residual, step.residual_block, step.output.blocks};
      check_blocks(program, residual);
      const Buffer& added = program.buffers[step.residual];
      if (added.rows != output.rows || added.columns != output.columns) refuse("a residual of another extent");
    }
  } else if (inputs != outputs) {
    refuse("a step that changes channels");
  }
}

}  // namespace

int64_t channels_of(const Program& program, const View& view) {
  return static_cast<int64_t>(view.blocks) * program.buffers[view.buffer].width;
}

void check(const Program& program) {
  if (program.buffers.empty() || program.scale.size() != program.offset.size()) refuse("no picture");
  for (size_t i = 0; i < program.buffers.size(); i += 1) {
    const Buffer& buffer = program.buffers[i];
    const int64_t width = i == 0 ? static_cast<int64_t>(program.scale.size()) : BLOCK;
    if (buffer.width < 1 || buffer.width != width || !fits(buffer)) refuse("a buffer that is none");
  }
  for (const Step& step : program.steps) check(program, step);
  const Explained& explained = program.explained;
  for (const View& view : {program.features, explained.activation, explained.hidden, explained.logits}) {
    check_blocks(program, view);
  }
  const int64_t hidden = channels_of(program, explained.hidden);
  check(program, explained.hidden_kernel, channels_of(program, explained.activation) * hidden);
  check(program, explained.logits_kernel, hidden * channels_of(program, explained.logits));
}

}  // namespace hilum
