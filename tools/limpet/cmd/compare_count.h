/* limpet compare --count: sides that are counted rather than timed.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_COMPARE_COUNT_H
#define LIMPET_COMPARE_COUNT_H

#include "cmd/options.h"
#include "measure/turns.h"

/* Does what is asked go with --count? If not, a message. */
bool compare_count_accepts(const struct options *o);

/* Shows what differs between two results' counts. Returns the exit status. */
int compare_count_show(const struct result *a, const struct result *b, const struct options *o);

/* Counts both sides, which are prepared, and shows it. */
int compare_count_sides(const struct turns *t, const struct options *o, const char *command);

#endif
