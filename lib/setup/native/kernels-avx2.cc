#include <utility>

#include "kernels.h"

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif

#define NAME avx2
#define LANES 8
#define VECTORS 2
#define PIXELS 6
#include "kernels.inc"

#if defined(__clang__)
#pragma clang attribute pop
#endif

namespace hilum {
const Kernels AVX2_KERNELS = KERNELS_OF(avx2);
}
#endif
