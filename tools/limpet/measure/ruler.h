/* Is a guest's time-stamp counter fit to measure with? (apps/ruler)
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_RULER_H
#define LIMPET_RULER_H

#include "results/guest_lines.h"

#define RULER_TOLERANCE 0.01

/* What the guest found and its ticks. Returns what goes into a run's record, or NULL with the
 * reason (caller frees). On a busy machine ticks are seen so late that they tell less than
 * RULER_TOLERANCE (the record's host_error_ppm): what they cannot tell is no reason. Pure. */
struct facts *ruler_check(const struct guest_lines *lines, char **why);

/* The TSC's frequency by the host's clock, which is about nominal_hz: from the tick of the first
 * half to that of the second half which were seen soonest (a tick can be seen late, never early).
 * error: by how much the soonest of a half differ, as a share. 0 with fewer than four ticks. */
double ruler_host_hz(const struct tick *ticks, size_t n, double nominal_hz, double *error);

#endif
