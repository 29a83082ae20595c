/* The boot time line of each platform as a text table.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_TIME_LINE_H
#define LIMPET_TIME_LINE_H

#include "base/buf.h"
#include "show/view.h"

/*
 * Finds the boot that stands for all of a platform: that with the median of all lengths, of an even
 * number the shorter one. Returns NULL, or why there is no time line (static): "" for no boots.
 */
const char *median_boot(json_t *result, const char *platform, size_t *boot);

/*
 * Appends the time lines of a result's boots, one column each. A line is that of one boot, the one
 * whose "start to exit" is the median, so that its stages add up to its own time; below stand their
 * sum as a share of that time, the error of joining the host's clock with the guest's, and the
 * longest stage.
 */
void time_line_format(const struct view *view, struct buf *out);

#endif
