/* The normal distribution and Student's.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "stats/distribution.h"

#include <math.h>

#define HALVINGS 100 /* to a double's last digit */

/* Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4: exact for whole
 * degrees of freedom. */
double student_beyond(double t, unsigned freedom)
{
    double angle = atan(fabs(t) / sqrt(freedom)), cosine = cos(angle), term, sum = 0;
    unsigned odd = freedom % 2;

    term = odd ? cosine : 1;
    for (unsigned i = odd; i + 1 < freedom; i += 2) {
        sum += term;
        term *= cosine * cosine * (i + 1) / (i + 2);
    }
    sum *= sin(angle);
    return 1 - (odd ? 2 / M_PI * (angle + sum) : sum);
}

static double normal_beyond(double z, unsigned none)
{
    (void)none;
    return erfc(z / M_SQRT2);
}

static double quantile(double (*share)(double, unsigned), double beyond, unsigned freedom)
{
    double low = 0, high = 1;

    while (share(high, freedom) > beyond)
        high *= 2;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;

        *(share(middle, freedom) > beyond ? &low : &high) = middle;
    }
    return high;
}

double student_quantile(double beyond, unsigned freedom)
{
    return quantile(student_beyond, beyond, freedom);
}

double normal_quantile(double beyond) { return quantile(normal_beyond, beyond, 0); }
