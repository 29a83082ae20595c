/* The boot time line of each platform as a text table.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_TIME_LINE_H
#define LIMPET_TIME_LINE_H

#include "base/buf.h"
#include "show/view.h"

/*
 * Appends the time lines of a result's boots, one column each. A line is that of one boot, the one
 * whose "start to exit" is the median, so that its stages add up to its own time; below stand their
 * sum as a share of that time, the error of joining the host's clock with the guest's, and the
 * longest stage.
 */
void time_line_format(const struct view *view, struct buf *out);

#endif
