/* Small bars for a terminal.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "bars.h"

#include <math.h>

void bar(struct buf *out, double value, double most)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
    double share = most > 0 && value > 0 ? fmin(value / most, 1) : 0;
    unsigned n = (unsigned)lround(share * BAR_CELLS * 8);

    if (!n && share > 0)
        n = 1;
    for (; n >= 8; n -= 8)
        buf_str(out, eighths[8]);
    buf_str(out, eighths[n]);
}
