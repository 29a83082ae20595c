/* The lines by which an image tells of itself (kernel/observe/observe.h), taken out of its console:
 * all else goes on as it came.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_OBSERVED_H
#define LIMPET_OBSERVED_H

#include "base/buf.h"
#include "vm/console.h"

/* Zero-initialize, set the first four, listen, finish. */
struct observed {
    const char *what;             /* "profile " or "coverage ": lines that begin with LIMPET: so */
    struct console_listener rest; /* of all others: bytes alone */
    void (*told)(void *ctx, const char *line); /* what stands behind that, without the end */
    void *ctx;
    struct buf line, out; /* a line that may be one of those; what goes on */
    bool cr, crlf;        /* held back: a CR; CR LF, which may be the kernel's */
    enum { LINE_UNKNOWN, LINE_THEIRS, LINE_OURS } kind;
};

/* What listens to the console. */
struct console_listener observed_listener(struct observed *o);
void observed_finish(struct observed *o); /* what was held back, and the memory */

#endif
