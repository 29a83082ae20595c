/* Rounds, in each of which every target has its turn.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_ROUNDS_H
#define LIMPET_ROUNDS_H

#include "measure/target.h"

/* Runs an app so many rounds (0: as usual) on all targets, in every round in another random order.
 * in_turn: the targets are held against each other round by round, so that a round counts only when
 * all of them did well in it; the first that fails ends the rounds, and what was before it stays.
 */
void rounds_run(const struct suite *suite, const struct suite_app *app, struct target *targets,
                int count, unsigned rounds, bool in_turn, unsigned long long *random);

#endif
