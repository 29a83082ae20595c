/* A profile as a page: a flame graph and its table.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_FLAME_H
#define LIMPET_FLAME_H

#include "results/profile.h"

/* The flame graph alone, an SVG file: the outermost callers at the bottom, a box as wide as the
 * samples in which its function was on the stack, there. Brendan Gregg, "The Flame Graph",
 * Communications of the ACM 59 (6), 2016. No idle samples. */
void flame_svg(const struct profile *p, const struct functions *f, const char *title,
               struct buf *out);

/* The page. title: what was profiled, where; emulated: as in show/profile_table.h. */
void flame_html(const struct profile *p, const struct functions *f, const char *title,
                const char *emulated, struct buf *out);

#endif
