/* The normal distribution and Student's. Pure functions.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_DISTRIBUTION_H
#define LIMPET_DISTRIBUTION_H

/* The share of the distribution that lies beyond ±t. */
double student_beyond(double t, unsigned freedom);

/* The t beyond ± of which so much of it lies: 0 < beyond < 1. */
double student_quantile(double beyond, unsigned freedom);
double normal_quantile(double beyond);

#endif
