#include "kernels.h"

#include <cstring>
#include <utility>

#define NAME plain
#define LANES 4
#define VECTORS 4
#define PIXELS 3
#include "kernels.inc"

namespace hilum {

const Kernels PLAIN_KERNELS = KERNELS_OF(plain);

const Kernels* find_kernels(const char* name) {
  struct Candidate {
    const Kernels* kernels;
    bool runs_here;
  };
  const Candidate best_first[] = {
#if defined(__x86_64__)
      {&AVX512_KERNELS, __builtin_cpu_supports("avx512f") != 0},
      {&AVX2_KERNELS, __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0},
#endif
      {&PLAIN_KERNELS, true},
  };
  for (const Candidate& candidate : best_first) {
    if (candidate.runs_here && (name == nullptr || std::strcmp(name, candidate.kernels->name) == 0)) {
      return candidate.kernels;
    }
  }
  return nullptr;
}

}  // namespace hilum
