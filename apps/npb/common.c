/* SPDX-License-Identifier: BSD-2-Clause */
/* What all of NPB's programs need: see npb.h. */
#include "npb.h"
#include "figures.h"
#include "../../tools/cost/marks.h"
#include <math.h>

#define TWO23 0x1p23
#define TWO46 0x1p46

static double whole(double x) { return (double)(int64_t)x; } /* of what is not negative */

/* a x mod 2^46 by halves of 23 bits, so that no product is beyond the 53 bits of a double. */
static inline double times(double x, double a)
{
    double a1 = whole(a / TWO23), a2 = a - a1 * TWO23;
    double x1 = whole(x / TWO23), x2 = x - x1 * TWO23;
    double middle = a1 * x2 + a2 * x1;
    double low = middle - whole(middle / TWO23) * TWO23;
    double sum = low * TWO23 + a2 * x2;
    return sum - whole(sum / TWO46) * TWO46;
}

double npb_random(double *x, double a)
{
    *x = times(*x, a);
    return *x / TWO46;
}

void npb_randoms(size_t n, double *x, double *out)
{
    double at = *x;
    for (size_t i = 0; i < n; i++) {
        at = times(at, NPB_MULTIPLIER);
        out[i] = at / TWO46;
    }
    *x = at;
}

double npb_power(double a, uint64_t n)
{
    double result = 1;
    for (; n != 0; n >>= 1) {
        if (n & 1)
            result = times(result, a);
        a = times(a, a);
    }
    return result;
}

bool npb_near(double value, double expected, double error)
{
    return fabs(value - expected) <= error * fabs(expected); /* false of what is no number */
}

void npb_begin(struct npb_result *result)
{
    result->seconds = -figure_clock();
    MARK(MARK_BEGIN);
}

void npb_end(struct npb_result *result)
{
    MARK(MARK_END);
    result->seconds += figure_clock();
}
