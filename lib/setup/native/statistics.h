// What a picture looks like in sums; lib/imaging/statistics.ts says what becomes of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
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
void add_moments(const Pixel* pixels, int64_t width, int64_t height, int64_t row_step, double* moments) {
  uint64_t sum = 0, squares = 0, steps = 0, count = 0;
  for (int64_t y = 0; y < height; y += row_step) {
    const Pixel* row = pixels + y * width;
    for (int64_t x = 0; x < width; x += 1) {
      const uint64_t value = row[x];
      sum += value;
      squares += value * value;
    }
    for (int64_t x = 1; x < width; x += 1) steps += std::abs(int32_t{row[x]} - int32_t{row[x - 1]});
    count += width;
  }
  moments[COUNT] = count, moments[SUM] = sum, moments[SQUARES] = squares, moments[STEPS] = steps;
}

// Four counters a level, since equal values beside each other would wait for one.
template <typename Pixel>
void add_levels(const Pixel* pixels, int64_t width, int64_t height, double max_value, const Statistics& to) {
  const double scale = to.level_count / max_value;
  std::vector<uint32_t> counts(4 * to.level_count);
  const uint32_t last = to.level_count - 1;
  for (int64_t y = 0; y < height; y += to.row_step) {
    const Pixel* row = pixels + y * width;
    for (int64_t x = 0; x < width; x += 1) {
      const uint32_t level = std::min(last, static_cast<uint32_t>(row[x] * scale));
      counts[4 * level + (x & 3)] += 1;
    }
  }
  for (int64_t i = 0; i < to.level_count; i += 1) {
    to.levels[i] = double{0} + counts[4 * i] + counts[4 * i + 1] + counts[4 * i + 2] + counts[4 * i + 3];
  }
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
  add_moments(pixels, width, height, to.row_step, to.moments);
  add_levels(pixels, width, height, max_value, to);
  if (to.side > 0) add_blocks(pixels, width, height, max_value, to);
}

}  // namespace hilum
