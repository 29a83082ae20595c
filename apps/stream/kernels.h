/* SPDX-License-Identifier: BSD-2-Clause */
/* STREAM's four kernels, in the vector width of the CPU. n is a multiple of 4, arrays of 32 bytes.
 */
#ifndef STREAM_KERNELS_H
#define STREAM_KERNELS_H

#include <stddef.h>

struct kernels {
    const char *name; /* "SSE2", "AVX2" */
    void (*copy)(double *c, const double *a, size_t n);
    void (*scale)(double *b, const double *c, double q, size_t n);
    void (*add)(double *c, const double *a, const double *b, size_t n);
    void (*triad)(double *a, const double *b, const double *c, double q, size_t n);
};

/* The widest that this CPU runs. */
const struct kernels *kernels_for_this_cpu(void);

#endif
