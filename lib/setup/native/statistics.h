// What a picture looks like in sums; lib/imaging/statistics.ts says what becomes of them.
#pragma once

#include <cstdint>

namespace hilum {

// Rows that are looked at of each row of blocks, evenly spaced; all of them where there are fewer.
constexpr int64_t ROWS_OF_BLOCK = 2;

// Where the sums go, all of them over the rows that are looked at.
struct Statistics {
  // Pixels, their sum, the sum of their squares, and that of the steps between pixels beside each other.
  double* moments;
  // Pixels by brightness, the brightest level being max_value's.
  double* levels;
  int64_t level_count;
  // Means of side x side blocks as shares of max_value, row by row; a picture with fewer pixels than blocks on a side gives
  // some to several.
  double* grid;
  int64_t side;
};

enum Moment { COUNT, SUM, SQUARES, STEPS, MOMENTS };

// max_value: at least 1; what is brighter counts as it.
void look_at(const uint8_t* pixels, int64_t width, int64_t height, double max_value, const Statistics& to);
void look_at(const uint16_t* pixels, int64_t width, int64_t height, double max_value, const Statistics& to);

}  // namespace hilum
