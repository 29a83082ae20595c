/* Which lines of a guest ran: the .gcda files that it told (kernel/observe/observe.h), added to
 * those that stand beside its objects, as gcov and lcov expect.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_COVERAGE_H
#define LIMPET_COVERAGE_H

#include "results/told.h"

/*
 * Adds the counts to the files (gcov-tool merge), or makes them. A guest names what is written
 * here: so only NAME.gcda beside a NAME.gcno of the same compilation is. Returns 0, or -1 with a
 * message when something could not be.
 */
int coverage_write(struct told *c);

#endif
