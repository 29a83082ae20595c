/* Fuzzes a guest's console and its JSON lines. What is shown does not depend on the pieces in which
 * it comes. The first byte is how large they are, and whether the last line is shown.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_tool.h"

#include "vm/console.h"
#include "results/guest_lines.h"

struct heard {
    struct buf shown;
    struct report report;
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
    report_line(&h->report, text, n);
}

static struct last_line listen(const uint8_t *data, size_t size, size_t piece, bool show_exit,
                               struct heard *h)
{
    struct console c = {
        .listener = {.ctx = h, .bytes = bytes, .line = line, .show_exit = show_exit}};
    struct last_line v;

    report_init(&h->report);
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
    struct ledger ledger = {.stages = json_object()};
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
        if (report_ledger(&whole.report, &ledger))
            rule(ledger.main >= ledger.door, "main comes behind the door");
        report_free(&whole.report);
        report_free(&parts.report);
    }
    json_decref(ledger.stages);
    buf_free(&whole.shown);
    buf_free(&parts.shown);
    return 0;
}
