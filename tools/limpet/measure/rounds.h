/* Rounds, in each of which every target has its turn.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_ROUNDS_H
#define LIMPET_ROUNDS_H

#include "measure/target.h"

/* An app's rounds on some targets, which outlive them. */
struct rounds;

/* in_turn: the targets are held against each other round by round, so that a round counts only when
 * all of them did well in it; the first that fails ends the rounds, and what was before it stays.
 * most: rounds at most; 0: as usual. */
struct rounds *rounds_begin(const struct suite *suite, const struct suite_app *app,
                            struct target *targets, int count, unsigned most, bool in_turn);

/* How many runs of an app there are to be on one target, in a lab or not. */
double rounds_wanted(const struct suite_app *app, const struct platform *platform,
                     const struct measure_plan *plan, unsigned most, bool lab);

/* How many steps of progress an app's rounds are on one target. lab: in one. */
double rounds_steps(const struct suite_app *app, const struct platform *platform,
                    const struct measure_plan *plan, unsigned most, bool lab);

/* Goes on until there were so many rounds, in every one of which the targets come in another random
 * order. Returns false when there will be no more: of a target that failed, or an interruption. */
bool rounds_go_on(struct rounds *rounds, unsigned until, unsigned long long *random);

/* Adds a copy of what there is so far to the results, one for each target. */
void rounds_look(const struct rounds *rounds, struct result *const results[]);

/* Adds it to the targets' own results. */
void rounds_end(struct rounds *rounds);

/* All of it: so many rounds. */
void rounds_run(const struct suite *suite, const struct suite_app *app, struct target *targets,
                int count, unsigned rounds, unsigned long long *random);

#endif
