/* Figures with their intervals: which is less, how several rank, whether two rankings agree.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_RANK_H
#define LIMPET_RANK_H

#include "base/buf.h"

#include <stdbool.h>

/* Figures within 10 % of each other are alike: no machine of today gives them more exactly. */
#define RANK_NEAR 1.10

struct figure {
    const char *title; /* "KVM" */
    double value;      /* 0: there is none */
    double low, high;  /* its interval; both are value where none is known */
    double grain;      /* it is known in steps of so much; 0: exactly */
    const char *place; /* only figures of the same place are ranked: "lab", … */
    bool apart;        /* shown, but held against no other */
};

enum likeness { UNLIKE, LIKE_INTERVAL, LIKE_GRAIN, LIKE_NEAR };

/* Are two figures the same, and by which measure: one lies in the other's interval or the intervals
 * overlap; they differ by no more than a step; they are within 10 %. */
enum likeness rank_like(const struct figure *a, const struct figure *b);

/* -1: a is less than b; 0: alike; 1: greater. */
int rank_compare(const struct figure *a, const struct figure *b);

/* Ours beside theirs in words: "12 × faster", "2.5 × less", "the same within the interval".
 * more: more is better. */
void rank_judgement(const struct figure *theirs, const struct figure *ours, bool more,
                    struct buf *out);

/* Appends "KVM < PVH ≈ HVM < QEMU", and with several places "lab: KVM < PVH; native: QEMU". "≈"
 * stands between neighbours that are alike. Nothing for no figures. */
#define RANK_MAX 8
void rank_format(const struct figure *figures, int n, struct buf *out);

/* Does the ranking hold? Looks at every pair of one place, in both (same index)
 * and appends: "holds in every pair", "holds in 2 of 3 pairs; not KVM < HVM (here >)", or
 * why there is nothing to see. Returns whether all pairs agree (true without any). */
bool rank_match(const struct figure *theirs, const struct figure *ours, int n, struct buf *out);

#endif
