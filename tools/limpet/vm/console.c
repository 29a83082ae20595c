/* The guest's console as a stream of lines, and what its last one says.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/console.h"

#include <stdlib.h>
#include <string.h>

#define EXIT_WORDS     "LIMPET: exit "
#define PANIC_WORDS    "LIMPET: panic: "
#define PENDING_BYTES  65536       /* of a last line and the blank ones behind it, held back */
#define LINE_MAX_BYTES (64u << 20) /* more of a line is only shown: a guest must not exhaust us */

static int parse_exit(const char *line, size_t n)
{
    size_t i = sizeof EXIT_WORDS - 1;
    int value = 0;

    if (n <= i || n > i + 3 || memcmp(line, EXIT_WORDS, i))
        return -1;
    for (; i < n; i++) {
        if (line[i] < '0' || line[i] > '9')
            return -1;
        value = value * 10 + line[i] - '0';
    }
    return value <= 255 ? value : -1;
}

void last_line_parse(const char *line, size_t n, struct last_line *v)
{
    size_t words = sizeof PANIC_WORDS - 1;
    int status;

    if (n && line[n - 1] == '\r')
        n--;
    free(v->reason);
    *v = (struct last_line){0};
    status = parse_exit(line, n);
    if (status >= 0) {
        v->kind = LAST_LINE_EXIT;
        v->status = status;
    } else if (n >= words && !memcmp(line, PANIC_WORDS, words)) {
        v->kind = LAST_LINE_PANIC;
        v->reason = xasprintf("%.*s", (int)(n - words), line + words);
    }
}

/* Can this beginning of a line still become "LIMPET: exit N"? */
static bool may_be_exit(const char *line, size_t n)
{
    size_t words = sizeof EXIT_WORDS - 1;

    if (n && line[n - 1] == '\r')
        n--;
    if (n <= words)
        return !memcmp(line, EXIT_WORDS, n);
    return parse_exit(line, n) >= 0;
}

static bool is_blank(const char *line, size_t n) { return n == 0 || (n == 1 && line[0] == '\r'); }

static void give(struct console *c, const char *data, size_t n)
{
    if (!n)
        return;
    if (c->cr)
        buf_str(&c->out, "\r");
    c->cr = data[n - 1] == '\r' && !c->listener.show_exit;
    buf_add(&c->out, data, n - c->cr);
}

/* Gives out what was held back. */
static void release(struct console *c)
{
    if (c->pending.len)
        buf_add(&c->out, c->pending.data, c->pending.len);
    buf_clear(&c->pending);
    c->held = HELD_NOTHING;
}

/* The last line, as it seems. A carriage return at its end says that so has the end of the line
 * before, if any, and that both are the kernel's. */
static void hold_exit(struct console *c, const char *line, size_t n)
{
    if (c->held == HELD_EXIT || !n || line[n - 1] != '\r')
        release(c);
    buf_add(&c->pending, line, n);
    c->held = HELD_EXIT;
}

static void end_line(struct console *c, bool newline)
{
    const char *line = c->line.data ? c->line.data : "";
    size_t n = c->line.len;
    bool hide = !c->listener.show_exit && !c->open;

    if (c->listener.line)
        c->listener.line(c->listener.ctx, line, n);
    if (!is_blank(line, n))
        last_line_parse(line, n, &c->last_line);
    if (hide && parse_exit(line, n - (n && line[n - 1] == '\r')) >= 0) {
        hold_exit(c, line, n);
    } else if (hide && is_blank(line, n) && c->held == HELD_EXIT &&
               c->pending.len < PENDING_BYTES) {
        buf_add(&c->pending, line, n);
    } else if (!c->open) {
        release(c);
        give(c, line, n);
    }
    if (newline && c->held == HELD_EXIT) {
        buf_str(&c->pending, "\n");
    } else if (newline && c->cr) {
        buf_str(&c->pending, "\r\n");
        c->held = HELD_NEWLINE;
        c->cr = false;
    } else if (newline) {
        buf_str(&c->out, "\n");
    }
    buf_clear(&c->line);
    c->open = false;
}

/* Adds bytes without newline to the current line and gives out what need not be held back. */
static void add_to_line(struct console *c, const char *data, size_t n)
{
    if (n > LINE_MAX_BYTES - c->line.len)
        buf_add(&c->line, data, LINE_MAX_BYTES - c->line.len);
    else
        buf_add(&c->line, data, n);
    if (c->open) {
        give(c, data, n);
    } else if (n && (c->listener.show_exit || !may_be_exit(c->line.data, c->line.len))) {
        release(c);
        give(c, c->line.data, c->line.len);
        c->open = true;
    }
}

static void flush(struct console *c)
{
    if (c->out.len && c->listener.bytes)
        c->listener.bytes(c->listener.ctx, c->out.data, c->out.len);
    buf_clear(&c->out);
}

void console_feed(struct console *c, const char *data, size_t n)
{
    while (n) {
        const char *end = memchr(data, '\n', n);
        size_t part = end ? (size_t)(end - data) : n;

        add_to_line(c, data, part);
        if (end)
            end_line(c, true);
        part += end != NULL;
        data += part;
        n -= part;
    }
    flush(c);
}

void console_finish(struct console *c)
{
    if (c->line.len)
        end_line(c, false);
    if (c->held == HELD_NEWLINE)
        release(c);
    if (c->cr)
        buf_str(&c->out, "\r");
    c->cr = false;
    flush(c);
}

void console_free(struct console *c)
{
    buf_free(&c->line);
    buf_free(&c->out);
    buf_free(&c->pending);
    free(c->last_line.reason);
    c->last_line = (struct last_line){0};
}
