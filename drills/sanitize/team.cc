// `team ROUNDS SEED`: networks of random sizes, computed by several threads, which must give what one thread gives. For the
// thread sanitizer.
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "network.h"

using namespace hilum;

namespace {

struct Made {
  Program program;
  std::vector<uint8_t> grey;
};

Made make(std::mt19937& random) {
  const auto below = [&](int32_t limit) { return static_cast<int32_t>(random() % limit); };
  Made made;
  Program& p = made.program;
  const int32_t side = 6 + below(20);
  p.buffers.push_back({1, side, side, 1, 1});
  const int32_t count = 3 + below(3);
  for (int32_t i = 0; i < count; i += 1) p.buffers.push_back({1 + below(3), side, side, 1, BLOCK});
  const auto view = [&](int32_t buffer) { return View{buffer, 0, p.buffers[buffer].blocks}; };
  for (int32_t i = 0; i < count; i += 1) {
    const int32_t size = below(2) ? 3 : 1;
    p.steps.push_back({CONVOLUTION, view(i), view(i + 1), size, 1, (size - 1) / 2, 0, 0, -1, -1, -1, 0, below(2), 0});
  }
  p.parameters.resize(9 * 48 * 48);
  for (float& value : p.parameters) value = static_cast<float>(random() % 2001) / 1000 - 1;
  p.scale = {1.0f / 255};
  p.offset = {0};
  p.features = view(count);
  p.explained = {view(count), view(count), view(count), 0, 0};
  made.grey.resize(side * side);
  for (uint8_t& value : made.grey) value = static_cast<uint8_t>(random() % 256);
  return made;
}

std::vector<float> answer(const Made& made, int threads) {
  Network network(made.program, *find_kernels(nullptr), threads);
  std::vector<float> all(network.logits() + network.features() + network.maps());
  float* features = all.data() + network.logits();
  for (int again = 0; again < 3; again += 1) {
    network.run(made.grey.data(), {all.data(), features, features + network.features()});
  }
  return all;
}

}  // namespace

int main(int, char** arguments) {
  const int rounds = std::atoi(arguments[1]);
  std::mt19937 random(std::atoi(arguments[2]));
  for (int round = 0; round < rounds; round += 1) {
    const Made made = make(random);
    if (answer(made, 4) != answer(made, 1)) {
      std::fprintf(stderr, "team: round %d: four threads give other values than one\n", round);
      return 1;
    }
  }
  std::printf("team: %d networks by four threads as by one, no word of a sanitizer\n", rounds);
}
