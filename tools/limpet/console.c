/* The guest's console as a stream of lines, and the verdict in its last one.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "console.h"
#include "limpet.h"

#include <stdlib.h>
#include <string.h>

#define EXIT_WORDS     "LIMPET: exit "
#define PANIC_WORDS    "LIMPET: panic: "
#define PENDING_BYTES  65536       /* of a last line and the blank ones behind it, held back */
#define LINE_MAX_BYTES (64u << 20) /* a longer line is cut: a guest must not exhaust the host */

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

void verdict_parse(const char *line, size_t n, struct verdict *v)
{
    size_t words = sizeof PANIC_WORDS - 1;
    int status;

    if (n && line[n - 1] == '\r')
        n--;
    free(v->reason);
    *v = (struct verdict){0};
    status = parse_exit(line, n);
    if (status >= 0) {
        v->kind = VERDICT_EXIT;
        v->status = status;
    } else if (n >= words && !memcmp(line, PANIC_WORDS, words)) {
        v->kind = VERDICT_PANIC;
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

/* Gives out what was held back. */
static void release(struct console *c)
{
    if (c->pending.len)
        buf_add(&c->out, c->pending.data, c->pending.len);
    buf_clear(&c->pending);
}

static void end_line(struct console *c, bool newline)
{
    const char *line = c->line.data ? c->line.data : "";
    size_t n = c->line.len;
    bool hidden;

    if (c->listener.line)
        c->listener.line(c->listener.ctx, line, n);
    if (!is_blank(line, n))
        verdict_parse(line, n, &c->verdict);
    hidden = !c->listener.show_exit && c->pending.len < PENDING_BYTES &&
             (parse_exit(line, n - (n && line[n - 1] == '\r')) >= 0 ||
              (is_blank(line, n) && c->pending.len));
    if (hidden) {
        buf_add(&c->pending, line, n);
        if (newline)
            buf_add(&c->pending, "\n", 1);
    } else {
        release(c);
        if (n > c->shown)
            buf_add(&c->out, line + c->shown, n - c->shown);
        if (newline)
            buf_add(&c->out, "\n", 1);
    }
    buf_clear(&c->line);
    c->shown = 0;
}

/* Adds bytes without newline to the current line and gives out what need not be held back. */
static void add_to_line(struct console *c, const char *data, size_t n)
{
    bool hold;

    if (!n || c->line.len + n > LINE_MAX_BYTES)
        return;
    buf_add(&c->line, data, n);
    hold = c->listener.show_exit ? false : may_be_exit(c->line.data, c->line.len);
    if (!is_blank(c->line.data, c->line.len))
        release(c);
    if (!hold) {
        buf_add(&c->out, c->line.data + c->shown, c->line.len - c->shown);
        c->shown = c->line.len;
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
    flush(c);
}

void console_free(struct console *c)
{
    buf_free(&c->line);
    buf_free(&c->out);
    buf_free(&c->pending);
    free(c->verdict.reason);
    c->verdict = (struct verdict){0};
}
