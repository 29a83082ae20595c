/* SPDX-License-Identifier: BSD-2-Clause */
/* tgamma(), tgammaf(): musl's (tools/setup/newlib.sh), which set no errno. */
#include <errno.h>
#include <math.h>

double __ieee754_tgamma(double x);
float __ieee754_tgammaf(float x);

/* As glibc has it: a pole at zero is a range, one below an input that has no result. */
static void tell(int finite, int zero, double x)
{
    if (!isfinite(x))
        errno = isinf(x) && x < 0 ? EDOM : errno;
    else if (!finite && x < 0 && floor(x) == x)
        errno = EDOM;
    else if (!finite || zero)
        errno = ERANGE;
}

double tgamma(double x)
{
    double y = __ieee754_tgamma(x);
    if (!isfinite(y) || y == 0)
        tell(isfinite(y), y == 0, x);
    return y;
}

float tgammaf(float x)
{
    float y = __ieee754_tgammaf(x);
    if (!isfinite(y) || y == 0)
        tell(isfinite(y), y == 0, (double)x);
    return y;
}
