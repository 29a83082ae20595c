/* Fuzzes a guest's console and its JSON lines. What is shown does not depend on the pieces in which
 * it comes. The first byte is how large they are, and whether the last line is shown.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_tool.h"

#include "vm/console.h"
#include "results/guest_lines.h"

struct heard {
    struct buf shown;
    struct guest_lines report;
};

static void bytes(void *ctx, const char *data, size_t n)
{
    struct heard *h = ctx;

    buf_add(&h->shown, data, n);
}

static void line(void *ctx, const char *text, size_t n)
{
    struct heard *h = ctx;

    rule(text[n] == '\0', "a line ends with NUL");
    guest_lines_take(&h->report, text, n);
}

static struct last_line listen(const uint8_t *data, size_t size, size_t piece, bool show_exit,
                               struct heard *h)
{
    struct console c = {
        .listener = {.ctx = h, .bytes = bytes, .line = line, .show_exit = show_exit}};
    struct last_line v;

    guest_lines_init(&h->report);
    for (size_t at = 0; at < size; at += piece)
        console_feed(&c, (const char *)data + at, size - at < piece ? size - at : piece);
    console_finish(&c);
    v = c.last_line;
    v.reason = NULL;
    console_free(&c);
    return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct heard whole = {.shown.len = 0}, parts = {.shown.len = 0};
    struct last_line a, b;

    if (size) {
        a = listen(data + 1, size - 1, size, data[0] & 1, &whole);
        b = listen(data + 1, size - 1, 1 + data[0] / 2, data[0] & 1, &parts);
        rule(a.kind == b.kind && a.status == b.status, "one last line");
        rule(a.status >= 0 && a.status <= 255, "a status");
        rule(whole.shown.len <= size - 1, "nothing is added");
        rule(whole.shown.len == parts.shown.len &&
                 (!whole.shown.len || !memcmp(whole.shown.data, parts.shown.data, whole.shown.len)),
             "what is shown is the same");
        rule(!whole.report.ledger.known || whole.report.ledger.main >= whole.report.ledger.door,
             "main comes behind the door");
        guest_lines_free(&whole.report);
        guest_lines_free(&parts.report);
    }
    buf_free(&whole.shown);
    buf_free(&parts.shown);
    return 0;
}
