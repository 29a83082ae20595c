/* The lines by which an image tells of itself, taken out of its console.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/observed.h"

#include <string.h>

#define WORD "LIMPET: "
#define LINE_MAX                                                                                   \
    8192 /* the kernel's have less: no guest fills our memory by a line without end                \
          */

/* What may a line that begins so still be? */
static int kind_of(const struct observed *o)
{
    const size_t word = sizeof WORD - 1, n = o->line.len, all = word + strlen(o->what);
    const char *line = o->line.data;

    if (memcmp(line, WORD, n < word ? n : word) ||
        (n > word && memcmp(line + word, o->what, (n < all ? n : all) - word)))
        return LINE_THEIRS;
    return n < all ? LINE_UNKNOWN : LINE_OURS;
}

/* The app's own bytes; what was held back before them is its own, too. */
static void give(struct observed *o)
{
    if (o->crlf)
        buf_str(&o->out, "\r\n");
    o->crlf = false;
    if (o->line.len)
        buf_add(&o->out, o->line.data, o->line.len);
    buf_clear(&o->line);
}

/* A line of ours that ends in a carriage return stands behind one that the app left open: the end
 * of that was the kernel's. */
static void tell(struct observed *o)
{
    char *end = o->line.data + o->line.len - 1;

    if (o->crlf && *end != '\r')
        buf_str(&o->out, "\r\n");
    o->crlf = false;
    if (*end == '\r')
        *end = '\0';
    o->told(o->ctx, o->line.data + sizeof WORD - 1 + strlen(o->what));
    buf_clear(&o->line);
}

static void end_line(struct observed *o)
{
    if (o->kind == LINE_OURS) {
        tell(o);
    } else {
        give(o);
        o->crlf = o->cr;
        if (!o->cr)
            buf_str(&o->out, "\n");
    }
    o->cr = false;
    o->kind = LINE_UNKNOWN;
}

static void take(struct observed *o, char c)
{
    if (c == '\n') {
        end_line(o);
        return;
    }
    if (o->cr)
        buf_str(&o->out, "\r");
    o->cr = false;
    if (o->kind != LINE_OURS && c == '\r') {
        give(o);
        o->kind = LINE_THEIRS;
        o->cr = true;
        return;
    }
    buf_add(&o->line, &c, 1);
    if (o->kind == LINE_UNKNOWN)
        o->kind = kind_of(o);
    if (o->line.len > LINE_MAX)
        o->kind = LINE_THEIRS;
    if (o->kind == LINE_THEIRS)
        give(o);
}

static void flush(struct observed *o)
{
    if (o->out.len && o->rest.bytes)
        o->rest.bytes(o->rest.ctx, o->out.data, o->out.len);
    buf_clear(&o->out);
}

static void bytes(void *ctx, const char *data, size_t n)
{
    struct observed *o = ctx;

    for (size_t i = 0; i < n; i++)
        take(o, data[i]);
    flush(o);
}

struct console_listener observed_listener(struct observed *o)
{
    return (struct console_listener){.ctx = o, .bytes = bytes, .show_exit = o->rest.show_exit};
}

void observed_finish(struct observed *o)
{
    give(o);
    if (o->cr)
        buf_str(&o->out, "\r");
    o->cr = false;
    flush(o);
    buf_free(&o->line);
    buf_free(&o->out);
}
