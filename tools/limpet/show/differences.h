/* What is recorded of results, not measured, and differs between them.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_DIFFERENCES_H
#define LIMPET_DIFFERENCES_H

#include "base/buf.h"
#include "results/results.h"
#include "vm/platforms.h"

/*
 * Each appends what differs between n results: what it is, then a text for each of them; so n + 1
 * words for each. Nothing stands there twice. "none": it is known that there is none, or nothing
 * is known. Caller frees.
 */

/* Of the whole: label, tool and host; when they were measured, and by which command. */
void differences_of(const struct result *const *v, size_t n, struct args *out);
void differences_of_times(const struct result *const *v, size_t n, struct args *out);

/* Of a suite's run on a platform, among those that have one: what may explain other figures. */
void differences_of_run(const struct result *const *v, size_t n, const char *suite,
                        const struct platform *platform, struct args *out);

/* Of runs on it, one of each result; NULL where it has none. */
void differences_of_runs(const struct facts *const *runs, size_t n, const struct platform *platform,
                         struct args *out);

#endif
