/* One more run of an app, whose VM exits are counted and which is not timed.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_EXITS_COUNT_H
#define LIMPET_EXITS_COUNT_H

#include "measure/target.h"

/* Hands what it counts to the rows of the timed runs. */
void exits_count(const struct suite *suite, const struct suite_app *app,
                 const struct target *target, struct rows *rows);

#endif
