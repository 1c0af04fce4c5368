#include "network.h"

#include <algorithm>
#include <cstring>

#include "convolution.h"

namespace hilum {
namespace {

// Tiles whose inputs are prepared together, so that weights are read once for all of them.
constexpr int64_t PANEL_TILES = 4;

struct TilePlace {
  // Pixel of the result, row by row, and how many.
  int64_t first, count;
  // Of the first pixel's input in its plane.
  int64_t x;
};

// A row in pieces of nearly the same length, none above `most`.
void cut_row(int64_t length, int64_t most, const std::function<void(int64_t first, int64_t count)>& piece) {
  const int64_t pieces = (length + most - 1) / most;
  for (int64_t i = 0; i < pieces; i += 1) {
    const int64_t first = i * length / pieces;
    piece(first, (i + 1) * length / pieces - first);
  }
}

std::vector<int64_t> places_of(const Buffer& buffer) {
  std::vector<int64_t> places;
  for (int64_t row = 0; row < buffer.rows; row += 1) {
    for (int64_t column = 0; column < buffer.columns; column += 1) places.push_back(buffer.place(row, column));
  }
  return places;
}

}  // namespace

Network::Network(Program program, const Kernels& kernels, int threads)
    : program_(std::move(program)), kernels_(kernels), team_(std::max(1, threads)) {
  check(program_);
  const Explained& explained = program_.explained;
  const Buffer& activation = buffer(explained.activation);
  maps_ = {static_cast<int32_t>(program_.buffers.size()), 0, explained.logits.blocks};
  program_.buffers.push_back({maps_.blocks, activation.rows, activation.columns, 0, BLOCK});
  for (const Buffer& buffer : program_.buffers) {
    // A patch at an odd edge reads past the last row; what it makes of that is in no result.
    planes_.push_back(keep(buffer.plane() * buffer.blocks + 2 * buffer.pitch()));
  }
  add_picture();
  for (const Step& step : program_.steps) add(step);
  tasks_ = tasks_explained_;
  add_explanation(explained);
  program_.parameters = {};
  scratches_.assign(team_.size(), std::vector<float>(scratch_));
}

float* Network::keep(int64_t values) {
  kept_.emplace_back(new float[values]());
  return kept_.back().get();
}

float* Network::plane(const View& view, int64_t block) const {
  return planes_[view.buffer] + (view.block + block) * buffer(view).plane();
}

const float* Network::kept(int32_t offset, int64_t values) {
  if (offset < 0) return nullptr;
  float* result = keep(values);
  std::memcpy(result, parameters(offset), values * sizeof(float));
  return result;
}

// [groups][depth][group] of a kernel [depth][channels]; zero beyond its channels.
const float* Network::packed(const float* kernel, int64_t depth, int64_t channels) {
  const int64_t group = kernels_.group, groups = (channels + group - 1) / group;
  float* result = keep(groups * depth * group);
  for (int64_t g = 0; g < groups; g += 1) {
    const int64_t width = std::min(group, channels - g * group);
    for (int64_t k = 0; k < depth; k += 1) {
      std::memcpy(result + (g * depth + k) * group, kernel + k * channels + g * group, width * sizeof(float));
    }
  }
  return result;
}

const float* Network::padded(const float* bias, int64_t channels) {
  float* result = keep((channels + kernels_.group - 1) / kernels_.group * kernels_.group);
  if (bias != nullptr) std::memcpy(result, bias, channels * sizeof(float));
  return result;
}

void Network::add_work(int64_t tasks, Act act) {
  tasks_explained_.push_back(tasks);
  acts_.push_back(std::move(act));
}

void Network::add_picture() {
  const Buffer& picture = program_.buffers[0];
  add_work(picture.rows, [this, &picture](int64_t row, float*) {
    const uint8_t* grey = grey_ + row * picture.columns;
    float* pixel = planes_[0] + picture.place(row, 0);
    for (int64_t column = 0; column < picture.columns; column += 1) {
      for (int32_t c = 0; c < picture.width; c += 1) *pixel++ = grey[column] * program_.scale[c] + program_.offset[c];
    }
  });
}

void Network::add(const Step& step) {
  if (step.kind == MAXIMUM || step.kind == MEAN) return add_windows(step);
  if (step.kind == AFFINE) return add_affine(step);
  const int64_t inputs = channels_of(program_, step.input), outputs = channels_of(program_, step.output);
  Convolution c;
  c.input = step.input;
  c.output = step.output;
  c.size = step.scale >= 0 ? 1 : step.size;
  c.stride = step.stride;
  c.padding = step.padding;
  c.bias = padded(parameters(step.bias), outputs);
  c.scale = kept(step.scale, inputs);
  c.shift = kept(step.shift, inputs);
  c.pooled = step.pooled != 0;
  c.relu = step.relu != 0;
  if (step.residual >= 0) c.residual = {step.residual, step.residual_block, step.output.blocks};
  if (spares_products(c)) return add_winograd(c, parameters(step.kernel));
  c.weights = packed(parameters(step.kernel), c.size * c.size * inputs, outputs);
  add_convolution(c);
}

void Network::add_convolution(const Convolution& c) {
  const Buffer& in = buffer(c.input);
  const Buffer& out = buffer(c.output);
  const bool is_prepared = c.scale != nullptr;
  // Without a border all pixels of a plane are one row.
  const bool is_flat = c.size == 1 && c.stride == 1 && in.border == 0 && in.rows == out.rows && in.columns == out.columns;
  const int64_t rows = is_flat ? 1 : out.rows;
  const int64_t columns = is_flat ? static_cast<int64_t>(out.rows) * out.columns : out.columns;

  std::vector<TilePlace> tiles;
  for (int64_t row = 0; row < rows; row += 1) {
    cut_row(columns, kernels_.pixels, [&](int64_t first, int64_t count) {
      const int64_t x = is_flat ? first * in.width
                                : in.place(row * c.stride - c.padding, first * c.stride - c.padding);
      tiles.push_back({row * columns + first, count, x});
    });
  }

  // The picture's pixels stand side by side: a row of the window is one tap.
  const bool is_picture = c.input.buffer == 0;
  const int64_t depth = is_picture ? c.size * in.width : BLOCK;
  const int64_t panel_block = kernels_.pixels * BLOCK;
  std::vector<int64_t> taps;
  for (int64_t row = 0; row < c.size; row += 1) {
    for (int64_t column = 0; column < (is_picture ? 1 : c.size); column += 1) {
      for (int64_t block = 0; block < c.input.blocks; block += 1) {
        taps.push_back(is_prepared ? block * panel_block
                                   : block * in.plane() + row * in.pitch() + column * in.width);
      }
    }
  }

  const int64_t group = kernels_.group, group_blocks = group / BLOCK;
  const int64_t groups = (c.output.blocks + group_blocks - 1) / group_blocks;
  const int64_t group_weights = static_cast<int64_t>(taps.size()) * depth * group;
  const bool is_dense = is_prepared || (!is_picture && c.stride == 1);
  const auto run = is_dense ? kernels_.dense : kernels_.strided;
  const std::vector<int64_t> target_places = places_of(out);
  const bool adds = c.residual.buffer >= 0;
  const std::vector<int64_t> residual_places = adds ? places_of(buffer(c.residual)) : target_places;

  const auto compute = [=](const TilePlace& place, const float* x, int64_t g) {
    Tile tile{};
    tile.x = x;
    tile.step = c.stride * in.width;
    tile.taps = taps.data();
    tile.tap_count = static_cast<int64_t>(taps.size());
    tile.depth = depth;
    tile.weights = c.weights + g * group_weights;
    tile.bias = c.bias + g * group;
    tile.target_places = target_places.data() + place.first;
    tile.residual_places = residual_places.data() + place.first;
    for (int64_t b = 0; b < group_blocks && g * group_blocks + b < c.output.blocks; b += 1) {
      tile.target[b] = plane(c.output, g * group_blocks + b);
      if (adds) tile.residual[b] = plane(c.residual, g * group_blocks + b);
    }
    tile.relu = c.relu;
    run[place.count - 1](tile);
  };

  const auto tile_count = static_cast<int64_t>(tiles.size());
  const int64_t wanted = TASKS_PER_THREAD * team_.size();
  if (!is_prepared) {
    // Group by group, so that a group's weights stay near while tiles go by.
    const int64_t pieces = std::min(tile_count, (wanted + groups - 1) / groups);
    add_work(groups * pieces, [=](int64_t task, float*) {
      const int64_t g = task / pieces, piece = task % pieces;
      for (int64_t i = piece * tile_count / pieces; i < (piece + 1) * tile_count / pieces; i += 1) {
        compute(tiles[i], plane(c.input, 0) + tiles[i].x, g);
      }
    });
    return;
  }
  const int64_t panel = panel_block * c.input.blocks;
  scratch_ = std::max(scratch_, panel * PANEL_TILES);
  const int64_t pieces =
      std::min(tile_count, std::max(wanted, (tile_count + PANEL_TILES - 1) / PANEL_TILES));
  add_work(pieces, [=](int64_t piece, float* scratch) {
    const int64_t first = piece * tile_count / pieces, end = (piece + 1) * tile_count / pieces;
    for (int64_t i = first; i < end; i += 1) {
      for (int64_t b = 0; b < c.input.blocks; b += 1) {
        const float* x = plane(c.input, b) + tiles[i].x;
        float* y = scratch + (i - first) * panel + b * panel_block;
        const Affine affine{c.scale + b * BLOCK, c.shift + b * BLOCK};
        if (c.pooled) {
          kernels_.affine_mean(x, in.pitch(), tiles[i].count, affine, y);
        } else {
          kernels_.affine(x, tiles[i].count, affine, y);
        }
      }
    }
    for (int64_t g = 0; g < groups; g += 1) {
      for (int64_t i = first; i < end; i += 1) compute(tiles[i], scratch + (i - first) * panel, g);
    }
  });
}

void Network::add_windows(const Step& step) {
  const Buffer& in = buffer(step.input);
  const Buffer& out = buffer(step.output);
  add_work(static_cast<int64_t>(step.output.blocks) * out.rows, [this, step, &in, &out](int64_t task, float*) {
    const int64_t block = task / out.rows, row = task % out.rows;
    for (int64_t column = 0; column < out.columns; column += 1) {
      const float* x = plane(step.input, block) +
                       in.place(row * step.stride - step.padding, column * step.stride - step.padding);
      float* y = plane(step.output, block) + out.place(row, column);
      if (step.kind == MAXIMUM) {
        kernels_.maximum(x, in.pitch(), step.size, y);
      } else {
        kernels_.sum(x, in.pitch(), step.size, step.size, 1.0f / static_cast<float>(step.size * step.size), y);
      }
    }
  });
}

void Network::add_affine(const Step& step) {
  const Buffer& in = buffer(step.input);
  const Buffer& out = buffer(step.output);
  const int64_t channels = channels_of(program_, step.input);
  const Affine all{kept(step.scale, channels), kept(step.shift, channels)};
  add_work(static_cast<int64_t>(step.output.blocks) * out.rows, [this, step, all, &in, &out](int64_t task, float*) {
    const int64_t block = task / out.rows, row = task % out.rows;
    const Affine affine{all.scale + block * BLOCK, all.shift + block * BLOCK};
    kernels_.affine(plane(step.input, block) + in.place(row, 0), out.columns, affine,
                    plane(step.output, block) + out.place(row, 0));
  });
}

// Grad-CAM's closed form, lib/model/grad-cam.ts: which hidden units are open, the gradient of each logit over each
// channel of the activation, and the sum over channels at each place.
void Network::add_explanation(const Explained& e) {
  const int64_t group = kernels_.group;
  const int64_t hidden = channels_of(program_, e.hidden), classes = channels_of(program_, e.logits);
  const int64_t channels = channels_of(program_, e.activation), groups = (classes + group - 1) / group;

  const float* logits_kernel = kept(e.logits_kernel, hidden * classes);
  const float* hidden_kernel = kept(e.hidden_kernel, channels * hidden);
  float* open = keep(groups * hidden * group);
  add_work(e.hidden.blocks, [=](int64_t block, float*) {
    const float* units = plane(e.hidden, block);
    for (int64_t i = 0; i < BLOCK; i += 1) {
      const int64_t unit = block * BLOCK + i;
      const float* kernel = logits_kernel + unit * classes;
      for (int64_t c = 0; c < classes; c += 1) {
        open[(c / group * hidden + unit) * group + c % group] = units[i] > 0 ? kernel[c] : 0;
      }
    }
  });

  float* gradient = keep(groups * channels * group);
  const float* no_bias = padded(nullptr, classes);
  const int64_t pieces = (channels + kernels_.pixels - 1) / kernels_.pixels;
  std::vector<int64_t> places(channels);
  for (int64_t k = 0; k < channels; k += 1) places[k] = k * group;
  add_work(groups * pieces, [=](int64_t task, float*) {
    const int64_t g = task / pieces, first = task % pieces * channels / pieces;
    const int64_t no_offset = 0;
    Tile tile{};
    tile.x = hidden_kernel + first * hidden;
    tile.step = hidden;
    tile.taps = &no_offset;
    tile.tap_count = 1;
    tile.depth = hidden;
    tile.weights = open + g * hidden * group;
    tile.bias = no_bias;
    tile.target_places = tile.residual_places = places.data() + first;
    for (int64_t b = 0; b < group / BLOCK; b += 1) tile.target[b] = gradient + g * channels * group + b * BLOCK;
    kernels_.strided[(task % pieces + 1) * channels / pieces - first - 1](tile);
  });

  Convolution c;
  c.input = e.activation;
  c.output = maps_;
  c.size = c.stride = 1;
  c.padding = 0;
  c.weights = gradient;
  c.bias = no_bias;
  c.relu = true;
  add_convolution(c);
}

int64_t Network::pixels() const {
  return static_cast<int64_t>(program_.buffers[0].rows) * program_.buffers[0].columns;
}

int64_t Network::logits() const { return channels_of(program_, program_.explained.logits); }

int64_t Network::features() const { return channels_of(program_, program_.features); }

int64_t Network::maps() const {
  return channels_of(program_, maps_) * buffer(maps_).rows * buffer(maps_).columns;
}

void Network::run(const uint8_t* grey, const Answer& answer) {
  grey_ = grey;
  const auto& tasks = answer.maps == nullptr ? tasks_ : tasks_explained_;
  team_.run(tasks, [this](size_t step, int64_t task, int member) { acts_[step](task, scratches_[member].data()); });

  const auto copy = [this](const View& view, float* values) {
    for (int64_t b = 0; b < view.blocks; b += 1) {
      std::memcpy(values + b * BLOCK, plane(view, b) + buffer(view).place(0, 0), BLOCK * sizeof(float));
    }
  };
  copy(program_.explained.logits, answer.logits);
  copy(program_.features, answer.features);
  if (answer.maps == nullptr) return;
  const Buffer& maps = buffer(maps_);
  const int64_t places = static_cast<int64_t>(maps.rows) * maps.columns;
  for (int64_t c = 0; c < channels_of(program_, maps_); c += 1) {
    for (int64_t p = 0; p < places; p += 1) {
      answer.maps[c * places + p] = plane(maps_, c / BLOCK)[p * BLOCK + c % BLOCK] / static_cast<float>(places);
    }
  }
}

}  // namespace hilum
