// What a picture looks like in sums; lib/imaging/statistics.ts says what becomes of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <type_traits>
#include <vector>

namespace hilum {

// Where the sums go. Moments and levels are of every row_step-th row, the grid of all rows.
struct Statistics {
  int64_t row_step;
  // Pixels, their sum, the sum of their squares, and that of the steps between pixels beside each other.
  double* moments;
  // Pixels by brightness, the brightest level being max_value's.
  double* levels;
  int64_t level_count;
  // Means of side x side blocks as shares of max_value, row by row.
  double* grid;
  int64_t side;
};

enum Moment { COUNT, SUM, SQUARES, STEPS, MOMENTS };

template <typename Pixel>
uint64_t sum_of_steps(const Pixel* row, int64_t width) {
  // Of 8 bits a row's sum fits in half the register.
  std::conditional_t<sizeof(Pixel) == 1, uint32_t, uint64_t> steps = 0;
  for (int64_t x = 1; x < width; x += 1) steps += std::abs(int32_t{row[x]} - int32_t{row[x - 1]});
  return steps;
}

// All but the steps follow from how often each value occurs. Values beside each other are mostly equal and would wait for
// one counter: four take turns.
template <typename Pixel>
void add_values(const Pixel* pixels, int64_t width, int64_t height, double max_value, const Statistics& to) {
  constexpr uint32_t VALUES = 1 << (8 * sizeof(Pixel));
  constexpr uint64_t TURNS = 4;
  std::vector<uint32_t> counts(TURNS * VALUES);
  uint64_t steps = 0;
  for (int64_t y = 0; y < height; y += to.row_step) {
    const Pixel* row = pixels + y * width;
    for (int64_t x = 0; x < width; x += 1) counts[(static_cast<uint64_t>(x) % TURNS) * VALUES + row[x]] += 1;
    steps += sum_of_steps(row, width);
  }
  std::fill(to.levels, to.levels + to.level_count, 0);
  uint64_t count = 0, sum = 0, squares = 0;
  for (uint64_t value = 0; value < VALUES; value += 1) {
    uint64_t pixels_of_value = 0;
    for (uint64_t turn = 0; turn < TURNS; turn += 1) pixels_of_value += counts[turn * VALUES + value];
    if (pixels_of_value == 0) continue;
    count += pixels_of_value;
    sum += value * pixels_of_value;
    squares += value * value * pixels_of_value;
    const int64_t level = static_cast<int64_t>(value * to.level_count / max_value);
    to.levels[std::min(to.level_count - 1, level)] += pixels_of_value;
  }
  to.moments[COUNT] = count, to.moments[SUM] = sum, to.moments[SQUARES] = squares, to.moments[STEPS] = steps;
}

template <typename Pixel>
void add_blocks(const Pixel* pixels, int64_t width, int64_t height, double max_value, const Statistics& to) {
  const int64_t side = to.side;
  std::vector<uint64_t> columns(width);
  for (int64_t row = 0, y = 0; row < side; row += 1) {
    std::fill(columns.begin(), columns.end(), 0);
    int64_t rows = 0;
    for (; y < height && y * side / height == row; y += 1, rows += 1) {
      for (int64_t x = 0; x < width; x += 1) columns[x] += pixels[y * width + x];
    }
    for (int64_t column = 0, x = 0; column < side; column += 1) {
      uint64_t sum = 0;
      int64_t count = 0;
      for (; x < width && x * side / width == column; x += 1, count += rows) sum += columns[x];
      to.grid[row * side + column] = sum / static_cast<double>(std::max<int64_t>(1, count)) / max_value;
    }
  }
}

template <typename Pixel>
void look_at(const Pixel* pixels, int64_t width, int64_t height, double max_value, const Statistics& to) {
  add_values(pixels, width, height, max_value, to);
  if (to.side > 0) add_blocks(pixels, width, height, max_value, to);
}

}  // namespace hilum
