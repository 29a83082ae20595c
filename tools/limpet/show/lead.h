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
 * Slower is who is told to be (estimate_told) against the best and against all that the best is not
 * told from; the others are named as those that may be the fastest. docs/method.md says how often
 * that is wrong.
 */
void lead_sentence(const struct result *result, struct buf *out);

#endif
