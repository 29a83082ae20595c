/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernels, written once and instantiated for each vector width. */
#include "kernels.h"

#define KERNELS(suffix, bytes, isa)                                                                \
    typedef double vec_##suffix __attribute__((vector_size(bytes)));                               \
    __attribute__((target(isa))) static void copy_##suffix(double *c, const double *a, size_t n)   \
    {                                                                                              \
        vec_##suffix *vc = (vec_##suffix *)c;                                                      \
        const vec_##suffix *va = (const vec_##suffix *)a;                                          \
        for (size_t i = 0; i < n / (bytes / 8); i++)                                               \
            vc[i] = va[i];                                                                         \
    }                                                                                              \
    __attribute__((target(isa))) static void scale_##suffix(double *b, const double *c, double q,  \
                                                            size_t n)                              \
    {                                                                                              \
        vec_##suffix *vb = (vec_##suffix *)b;                                                      \
        const vec_##suffix *vc = (const vec_##suffix *)c;                                          \
        for (size_t i = 0; i < n / (bytes / 8); i++)                                               \
            vb[i] = q * vc[i];                                                                     \
    }                                                                                              \
    __attribute__((target(isa))) static void add_##suffix(double *c, const double *a,              \
                                                          const double *b, size_t n)               \
    {                                                                                              \
        vec_##suffix *vc = (vec_##suffix *)c;                                                      \
        const vec_##suffix *va = (const vec_##suffix *)a, *vb = (const vec_##suffix *)b;           \
        for (size_t i = 0; i < n / (bytes / 8); i++)                                               \
            vc[i] = va[i] + vb[i];                                                                 \
    }                                                                                              \
    __attribute__((target(isa))) static void triad_##suffix(double *a, const double *b,            \
                                                            const double *c, double q, size_t n)   \
    {                                                                                              \
        vec_##suffix *va = (vec_##suffix *)a;                                                      \
        const vec_##suffix *vb = (const vec_##suffix *)b, *vc = (const vec_##suffix *)c;           \
        for (size_t i = 0; i < n / (bytes / 8); i++)                                               \
            va[i] = vb[i] + q * vc[i];                                                             \
    }

/* NO_IDIOMS of rules.mk keeps copy from becoming a call to memcpy. */
KERNELS(sse2, 16, "sse2")
KERNELS(avx2, 32, "avx2")

static const struct kernels sse2 = {"SSE2", copy_sse2, scale_sse2, add_sse2, triad_sse2};
static const struct kernels avx2 = {"AVX2", copy_avx2, scale_avx2, add_avx2, triad_avx2};

const struct kernels *kernels_for_this_cpu(void)
{
    return __builtin_cpu_supports("avx2") ? &avx2 : &sse2;
}
