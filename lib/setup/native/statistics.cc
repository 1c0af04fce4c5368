#include "statistics.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "each-processor.h"

namespace hilum {
namespace {

// Of 8 bits a row's sum fits in half the register.
#define DEFINE_ROW_SUMS(PIXEL, SUM_OF_ROW)                                                    \
  FOR_EACH_PROCESSOR uint64_t sum_of_steps(const PIXEL* row, int64_t width) {                 \
    SUM_OF_ROW steps = 0;                                                                     \
    for (int64_t x = 1; x < width; x += 1) {                                                  \
      steps += static_cast<uint32_t>(std::abs(int32_t{row[x]} - int32_t{row[x - 1]}));        \
    }                                                                                         \
    return steps;                                                                             \
  }                                                                                           \
  FOR_EACH_PROCESSOR void add_to_columns(const PIXEL* row, int64_t width, uint32_t* columns) { \
    for (int64_t x = 0; x < width; x += 1) columns[x] += row[x];                              \
  }

DEFINE_ROW_SUMS(uint8_t, uint32_t)
DEFINE_ROW_SUMS(uint16_t, uint64_t)

// How often each value occurs. Pixels beside each other are mostly equal and would wait for one counter: of 8 bits, where
// they are small enough for it, several take turns.
template <typename Pixel>
class Counts {
 public:
  static constexpr int64_t VALUES = int64_t{1} << (8 * sizeof(Pixel));
  static constexpr int64_t TURNS = sizeof(Pixel) == 1 ? 4 : 1;

  Counts() : counts_(TURNS * VALUES) {}

  void add(const Pixel* row, int64_t width) {
    uint32_t* counts = counts_.data();
    int64_t x = 0;
    for (; x + TURNS <= width; x += TURNS) {
      for (int64_t turn = 0; turn < TURNS; turn += 1) counts[turn * VALUES + row[x + turn]] += 1;
    }
    for (; x < width; x += 1) counts[row[x]] += 1;
  }

  uint64_t of(int64_t value) const {
    uint64_t count = 0;
    for (int64_t turn = 0; turn < TURNS; turn += 1) count += counts_[turn * VALUES + value];
    return count;
  }

 private:
  std::vector<uint32_t> counts_;
};

// A piece of a side that is cut in `count`: never empty, so that the pieces of a short side lie over each other.
struct Piece {
  int64_t first, end;

  Piece(int64_t length, int64_t count, int64_t index)
      : first(index * length / count), end(std::max(first + 1, (index + 1) * length / count)) {}
};

template <typename Pixel>
void add_counts(const Counts<Pixel>& counts, double max_value, const Statistics& to) {
  std::fill(to.levels, to.levels + to.level_count, 0);
  uint64_t count = 0, sum = 0, squares = 0;
  for (int64_t value = 0; value < Counts<Pixel>::VALUES; value += 1) {
    const uint64_t pixels = counts.of(value);
    if (pixels == 0) continue;
    const auto grey = static_cast<uint64_t>(value);
    count += pixels, sum += grey * pixels, squares += grey * grey * pixels;
    // Held below 1 before it becomes a place.
    const double share = std::min(1.0, static_cast<double>(value) / max_value);
    const auto level = static_cast<int64_t>(share * static_cast<double>(to.level_count));
    to.levels[std::min(to.level_count - 1, level)] += static_cast<double>(pixels);
  }
  to.moments[COUNT] = static_cast<double>(count);
  to.moments[SUM] = static_cast<double>(sum);
  to.moments[SQUARES] = static_cast<double>(squares);
}

template <typename Pixel>
void look_at_rows(const Pixel* pixels, int64_t width, int64_t height, double max_value, const Statistics& to) {
  Counts<Pixel> counts;
  uint64_t steps = 0;
  std::vector<uint32_t> columns(static_cast<size_t>(width));
  for (int64_t down = 0; down < to.side; down += 1) {
    const Piece band(height, to.side, down);
    const int64_t rows = std::min(ROWS_OF_BLOCK, band.end - band.first);
    std::fill(columns.begin(), columns.end(), 0);
    for (int64_t i = 0; i < rows; i += 1) {
      const Pixel* row = pixels + (band.first + (2 * i + 1) * (band.end - band.first) / (2 * rows)) * width;
      counts.add(row, width);
      steps += sum_of_steps(row, width);
      add_to_columns(row, width, columns.data());
    }
    for (int64_t across = 0; across < to.side; across += 1) {
      const Piece block(width, to.side, across);
      uint64_t sum = 0;
      for (int64_t x = block.first; x < block.end; x += 1) sum += columns[static_cast<size_t>(x)];
      const auto count = static_cast<double>(rows * (block.end - block.first));
      to.grid[down * to.side + across] = static_cast<double>(sum) / count / max_value;
    }
  }
  add_counts(counts, max_value, to);
  to.moments[STEPS] = static_cast<double>(steps);
}

}  // namespace

void look_at(const uint8_t* pixels, int64_t width, int64_t height, double max_value, const Statistics& to) {
  look_at_rows(pixels, width, height, max_value, to);
}

void look_at(const uint16_t* pixels, int64_t width, int64_t height, double max_value, const Statistics& to) {
  look_at_rows(pixels, width, height, max_value, to);
}

}  // namespace hilum
