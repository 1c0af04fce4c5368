#include <utility>

#include "kernels.h"

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,fma"))), apply_to = function)
#else
#pragma GCC target("avx512f,fma")
#endif

#define NAME avx512
#define LANES 16
#define VECTORS 2
#define PIXELS 14
#include "kernels.inc"

#if defined(__clang__)
#pragma clang attribute pop
#endif

namespace hilum {
const Kernels AVX512_KERNELS = KERNELS_OF(avx512);
}
#endif
