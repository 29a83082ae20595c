/* Fuzzes what an image tells of itself: the lines taken out of its console, its profile, what it
 * covered. What goes on does not depend on the pieces in which it comes. The first byte is how
 * large they are. SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_tool.h"

#include "results/told.h"
#include "results/profile.h"
#include "vm/observed.h"

struct heard {
    struct buf shown;
    struct profile profile;
    struct told coverage;
};

static void bytes(void *ctx, const char *data, size_t n)
{
    struct heard *h = ctx;

    buf_add(&h->shown, data, n);
}

static void sampled(void *ctx, const char *line)
{
    struct heard *h = ctx;

    profile_take(&h->profile, line);
}

static void covered(void *ctx, const char *line)
{
    struct heard *h = ctx;

    told_take(&h->coverage, line);
}

static void listen(const uint8_t *data, size_t size, size_t piece, struct heard *h)
{
    struct observed outer = {
        .what = "coverage ", .rest = {.ctx = h, .bytes = bytes}, .told = covered, .ctx = h};
    struct observed o = {
        .what = "profile ", .rest = observed_listener(&outer), .told = sampled, .ctx = h};
    struct console_listener in = observed_listener(&o);

    for (size_t at = 0; at < size; at += piece)
        in.bytes(in.ctx, (const char *)data + at, size - at < piece ? size - at : piece);
    observed_finish(&o);
    observed_finish(&outer);
}

static void look(const struct heard *h)
{
    struct functions none = {.n = 0};
    struct profile_row *rows;
    struct buf folded = {0};
    uint64_t self = 0, counted = 0;
    size_t n = profile_rows(&h->profile, &none, &rows);

    rule(n <= 1, "no function but the unknown one");
    for (size_t i = 0; i < n; i++) {
        self += rows[i].self;
        rule(rows[i].self <= rows[i].total, "self is a part of the total");
    }
    for (size_t i = 0; i < h->profile.n; i++)
        counted += h->profile.stacks[i].idle ? 0 : h->profile.stacks[i].count;
    rule(self == counted, "every sample is in one row");
    rule(!h->profile.whole || h->profile.begun, "what has not begun does not end");
    profile_folded(&h->profile, &none, &folded);
    buf_free(&folded);
    free(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct heard whole = {.shown.len = 0}, parts = {.shown.len = 0};
    struct functions f;

    if (size) {
        listen(data + 1, size - 1, size, &whole);
        listen(data + 1, size - 1, 1 + data[0], &parts);
        rule(whole.shown.len <= size - 1, "nothing is added");
        rule(whole.shown.len == parts.shown.len &&
                 (!whole.shown.len || !memcmp(whole.shown.data, parts.shown.data, whole.shown.len)),
             "what is shown is the same");
        rule(whole.profile.n == parts.profile.n && whole.coverage.n == parts.coverage.n,
             "what is told is the same");
        look(&whole);
    }
    if (functions_parse(data, size, &f))
        for (size_t i = 0; i < f.n; i++)
            rule(functions_find(&f, f.at[i]) == i && strlen(f.name[i]) < size, "each is found");
    functions_free(&f);
    profile_free(&whole.profile);
    profile_free(&parts.profile);
    told_free(&whole.coverage);
    told_free(&parts.coverage);
    buf_free(&whole.shown);
    buf_free(&parts.shown);
    return 0;
}
