/* Is a guest's time-stamp counter fit to measure with? (apps/ruler)
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_RULER_H
#define LIMPET_RULER_H

#include <jansson.h>

#define RULER_TOLERANCE 0.01

/* facts: what the guest found; ticks: pairs of its TSC and the host's clock in seconds. Returns
 * what goes into a run's record, or NULL with the reason (caller frees). Pure. */
json_t *ruler_check(json_t *facts, json_t *ticks, char **why);

/* The TSC's frequency by the host's clock: the median of the slopes between all pairs of ticks
 * (Theil and Sen), which a late arrival or two do not move; half: half the distance of their
 * quartiles, as a share. 0 with fewer than three ticks. */
double ruler_host_hz(json_t *ticks, double *half);

#endif
