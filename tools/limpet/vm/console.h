/* The guest's console as a stream of lines, and what its last one says.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_CONSOLE_H
#define LIMPET_CONSOLE_H

#include "base/buf.h"

#include <stdbool.h>

enum last_line_kind { LAST_LINE_NONE, LAST_LINE_EXIT, LAST_LINE_PANIC };

struct last_line {
    enum last_line_kind kind;
    int status;   /* LAST_LINE_EXIT: 0..255 */
    char *reason; /* LAST_LINE_PANIC: the text after "LIMPET: panic: "; owned by who holds it
                   */
};

/* Reads one line (without its newline; a carriage return at its end is ignored). The old reason is
 * freed. */
void last_line_parse(const char *line, size_t n, struct last_line *v);

/* Who listens to a console. Either function may be NULL. */
struct console_listener {
    void *ctx;
    void (*bytes)(void *ctx, const char *data, size_t n); /* to show, as they come */
    void (*line)(void *ctx, const char *line,
                 size_t n); /* every complete line, NUL-terminated, without newline */
    bool show_exit;         /* show the last line "LIMPET: exit N" too */
};

/* Zero-initialize, set listener, feed, finish. Bytes that may become the last line "LIMPET: exit N"
 * are held back until it is known that they are not. Where the app left its last line open, the
 * kernel ends it by CR LF, and so its own (kernel/sys/syscall.c, _exit()): that is not the app's.
 */
struct console {
    struct console_listener listener;
    struct buf line, out, pending;
    bool open; /* the line is no last line: its bytes are given out as they come */
    bool cr;   /* held back: a CR that ended what came */
    enum { HELD_NOTHING, HELD_NEWLINE, HELD_EXIT } held; /* in pending: CR LF; a last line too */
    struct last_line last_line;                          /* of the last line that is not blank */
};

void console_feed(struct console *c, const char *data, size_t n);
void console_finish(struct console *c); /* end of stream: a last line without newline counts */
void console_free(struct console *c);

#endif
