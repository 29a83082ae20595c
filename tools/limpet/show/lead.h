/* The sentence of result that a report begins with.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_LEAD_H
#define LIMPET_LEAD_H

#include "base/buf.h"
#include "results/results.h"

/*
 * Appends which platform is the fastest, by how much and how sure that is, place by place, of the
 * first row worth a sentence (suite.h) that two platforms of one place have; else of the first that
 * one has. Nothing where there is none.
 *
 * The fastest is named alone if its ratio to each of the others is told (estimate_told); those of
 * which it is not are named with it. Each interval is 95 % of its own: docs/method.md tells how
 * often, of platforms that are equal, one is named.
 */
void lead_sentence(const struct result *result, struct buf *out);

#endif
