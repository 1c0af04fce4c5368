// Convolutions of 3 x 3 by Winograd's F(2 x 2, 3 x 3): 4 x 4 pixels and a kernel become 16 values each. Their products,
// summed over the depth, are 16 convolutions of 1 x 1, and become 2 x 2 pixels.
#include <algorithm>

#include "convolution.h"

namespace hilum {
namespace {

// Values that stay in a thread's own cache beside the weights of one product.
constexpr int64_t NEAR = 512 * 1024 / sizeof(float);
// Pixels of a result below which there is more to read, 16 weights for 9, than to spare.
constexpr int64_t FEWEST_PIXELS = 100;

// Gk for three values k, of which neighbours stand `step` apart; results too.
inline void expand(const double* k, int step, double* to, int to_step) {
  const double outer = k[0] + k[2 * step], inner = k[step];
  to[0] = k[0];
  to[to_step] = (outer + inner) / 2;
  to[2 * to_step] = (outer - inner) / 2;
  to[3 * to_step] = k[2 * step];
}

// GkG' of a kernel [3][3][values]: [WINOGRAD_PRODUCTS][values].
std::vector<float> expanded(const float* kernel, int64_t values) {
  std::vector<float> result(WINOGRAD_PRODUCTS * values);
  for (int64_t i = 0; i < values; i += 1) {
    double taps[3 * 3], half[4 * 3], all[WINOGRAD_PRODUCTS];
    for (int tap = 0; tap < 9; tap += 1) taps[tap] = kernel[tap * values + i];
    for (int column = 0; column < 3; column += 1) expand(taps + column, 3, half + column, 3);
    for (int row = 0; row < 4; row += 1) expand(half + row * 3, 1, all + row * 4, 1);
    for (int64_t p = 0; p < WINOGRAD_PRODUCTS; p += 1) result[p * values + i] = static_cast<float>(all[p]);
  }
  return result;
}

// How often so many values stay near, once at least.
int64_t fit(int64_t values) { return std::max<int64_t>(1, NEAR / values); }

}  // namespace

bool Network::spares_products(const Convolution& c) const {
  const Buffer& out = buffer(c.output);
  return c.size == 3 && c.stride == 1 && buffer(c.input).width == BLOCK && c.input.buffer != 0 &&
         static_cast<int64_t>(out.rows) * out.columns >= FEWEST_PIXELS;
}

void Network::add_winograd(const Convolution& c, const float* kernel) {
  const Buffer& in = buffer(c.input);
  const Buffer& out = buffer(c.output);
  const int64_t inputs = channels_of(program_, c.input), outputs = channels_of(program_, c.output);
  const float* weights = packed(expanded(kernel, inputs * outputs).data(), WINOGRAD_PRODUCTS * inputs, outputs);
  const float* no_bias = padded(nullptr, outputs);
  const int64_t group = kernels_.group, group_blocks = group / BLOCK;
  const int64_t groups = (c.output.blocks + group_blocks - 1) / group_blocks;

  // Patches, row by row, are computed in runs of as many as a tile has pixels.
  const int64_t wide = (out.columns + WINOGRAD_OUTPUTS - 1) / WINOGRAD_OUTPUTS;
  const int64_t patches = (out.rows + WINOGRAD_OUTPUTS - 1) / WINOGRAD_OUTPUTS * wide;
  const int64_t most = kernels_.pixels, runs = (patches + most - 1) / most;
  const auto first_of = [=](int64_t run) { return run * patches / runs; };

  // Of a run: [product][block of the input][patch][BLOCK], and for one group [product][block of the group][patch][BLOCK].
  const int64_t next_block = most * BLOCK, next_value = next_block * c.input.blocks;
  const int64_t next_product = next_block * group_blocks;
  const int64_t run_values = WINOGRAD_PRODUCTS * next_value, run_products = WINOGRAD_PRODUCTS * next_product;

  const auto transform = [=, &in](int64_t run, int64_t block, float* values) {
    for (int64_t patch = first_of(run); patch < first_of(run + 1); patch += 1) {
      const int64_t row = patch / wide * WINOGRAD_OUTPUTS, column = patch % wide * WINOGRAD_OUTPUTS;
      const float* x = plane(c.input, block) + in.place(row - c.padding, column - c.padding);
      kernels_.winograd_input(x, in.pitch(), values + block * next_block + (patch - first_of(run)) * BLOCK, next_value);
    }
  };

  std::vector<int64_t> taps(c.input.blocks), places(most);
  for (int64_t block = 0; block < c.input.blocks; block += 1) taps[block] = block * next_block;
  for (int64_t patch = 0; patch < most; patch += 1) places[patch] = patch * BLOCK;
  const auto multiply = [=](int64_t run, int64_t g, int64_t product, const float* values, float* products) {
    Tile tile{};
    tile.x = values + product * next_value;
    tile.step = BLOCK;
    tile.taps = taps.data();
    tile.tap_count = c.input.blocks;
    tile.depth = BLOCK;
    tile.weights = weights + (g * WINOGRAD_PRODUCTS + product) * inputs * group;
    tile.bias = no_bias;
    tile.target_places = tile.residual_places = places.data();
    for (int64_t b = 0; b < group_blocks; b += 1) tile.target[b] = products + product * next_product + b * next_block;
    kernels_.dense[first_of(run + 1) - first_of(run) - 1](tile);
  };

  const auto finish = [=, &out](int64_t run, int64_t g, const float* products) {
    for (int64_t b = 0; b < group_blocks && g * group_blocks + b < c.output.blocks; b += 1) {
      const int64_t block = g * group_blocks + b;
      Patch p{};
      p.next = next_product;
      p.bias = c.bias + block * BLOCK;
      p.pitch = out.pitch();
      p.relu = c.relu;
      for (int64_t patch = first_of(run); patch < first_of(run + 1); patch += 1) {
        const int64_t row = patch / wide * WINOGRAD_OUTPUTS, column = patch % wide * WINOGRAD_OUTPUTS;
        p.products = products + b * next_block + (patch - first_of(run)) * BLOCK;
        p.target = plane(c.output, block) + out.place(row, column);
        if (c.residual.buffer >= 0) {
          p.residual = plane(c.residual, block) + buffer(c.residual).place(row, column);
          p.residual_pitch = buffer(c.residual).pitch();
        }
        p.rows = std::min(WINOGRAD_OUTPUTS, out.rows - row);
        p.columns = std::min(WINOGRAD_OUTPUTS, out.columns - column);
        kernels_.winograd_output(p);
      }
    }
  };

  // A group's share of some runs; what of its weights belongs to one product stays near while the runs go by.
  const auto compute = [=](int64_t first, int64_t end, int64_t g, const float* values, float* products) {
    for (int64_t product = 0; product < WINOGRAD_PRODUCTS; product += 1) {
      for (int64_t run = first; run < end; run += 1) {
        multiply(run, g, product, values + (run - first) * run_values, products + (run - first) * run_products);
      }
    }
    for (int64_t run = first; run < end; run += 1) finish(run, g, products + (run - first) * run_products);
  };

  const int64_t wanted = TASKS_PER_THREAD * team_.size();
  const int64_t panels = (runs + fit(run_values) - 1) / fit(run_values);
  const int64_t weight_values = WINOGRAD_PRODUCTS * inputs * groups * group;
  if (weight_values * panels <= runs * run_values * groups) {
    // Few weights: all groups of some runs, whose values stay near.
    const int64_t pieces = std::min(runs, std::max(wanted, panels));
    const int64_t longest = (runs + pieces - 1) / pieces;
    scratch_ = std::max(scratch_, longest * (run_values + run_products));
    add_work(pieces, [=](int64_t piece, float* scratch) {
      const int64_t first = piece * runs / pieces, end = (piece + 1) * runs / pieces;
      for (int64_t run = first; run < end; run += 1) {
        for (int64_t block = 0; block < c.input.blocks; block += 1) {
          transform(run, block, scratch + (run - first) * run_values);
        }
      }
      for (int64_t g = 0; g < groups; g += 1) compute(first, end, g, scratch, scratch + longest * run_values);
    });
    return;
  }
  // Many weights: all runs of some groups, so that weights are read once.
  float* values = keep(runs * run_values);
  add_work(runs, [=](int64_t run, float*) {
    for (int64_t block = 0; block < c.input.blocks; block += 1) transform(run, block, values + run * run_values);
  });
  const int64_t pieces = std::min(runs, (wanted + groups - 1) / groups);
  const int64_t longest = std::min((runs + pieces - 1) / pieces, fit(run_products));
  scratch_ = std::max(scratch_, longest * run_products);
  add_work(groups * pieces, [=](int64_t task, float* products) {
    const int64_t g = task / pieces, piece = task % pieces;
    const int64_t end = (piece + 1) * runs / pieces;
    for (int64_t first = piece * runs / pieces; first < end; first += longest) {
      compute(first, std::min(end, first + longest), g, values + first * run_values, products);
    }
  });
}

}  // namespace hilum
