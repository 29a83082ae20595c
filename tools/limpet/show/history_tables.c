/* A history as a table of changes, and in words.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/differences.h"
#include "show/history.h"
#include "show/text.h"
#include "vm/platforms.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 80
#define DATE  10 /* characters of a day */

/* One change of a series. */
struct told {
    const struct series *series;
    size_t i, session; /* the first with the new level */
};

static int newest_first(const void *x, const void *y)
{
    const struct told *a = x, *b = y;
    bool later = a->session<b->session, earlier = a->session> b->session;

    if (later || earlier)
        return later ? 1 : -1;
    return a->series == b->series ? (a->i < b->i) - (a->i > b->i)
                                  : (a->series > b->series) - (a->series < b->series);
}

/* All changes, the newest first; caller frees. */
static struct told *all_told(const struct history *h, size_t *n)
{
    struct told *told = NULL;

    *n = 0;
    for (size_t k = 0; k < h->series_count; k++)
        for (size_t i = 0; i < h->series[k].change_count; i++) {
            const struct series *s = &h->series[k];

            told = list_grown(told, *n, sizeof *told);
            told[(*n)++] = (struct told){s, i, s->points[s->changes[i].at].session};
        }
    if (*n)
        qsort(told, *n, sizeof *told, newest_first);
    return told;
}

static const char *platform_title(const char *name)
{
    const struct platform *p = platform_find(name);

    return p ? p->title : name;
}

void history_title(const struct series *s, struct buf *out)
{
    buf_printf(out, "%s on %s", s->name, platform_title(s->platform));
    if (s->several)
        buf_printf(out, " (%s%s%s)", s->host, s->host[0] ? ", " : "", s->like);
}

void history_when(const struct session *session, struct buf *out)
{
    const char *created = facts_text(session->result->facts, "created");
    const char *t = strchr(created, 'T');

    if (t)
        buf_printf(out, "%.*s %.5s", (int)(t - created), created, t + 1);
    else
        buf_str(out, created);
}

static bool is_worse(const struct series *s, size_t i)
{
    return (history_level_of(s, i + 1).value > history_level_of(s, i).value) != s->more;
}

void history_change(const struct series *s, size_t i, struct buf *change, struct buf *interval)
{
    struct estimate from = history_level_of(s, i), to = history_level_of(s, i + 1);
    struct estimate ratio = estimate_ratio(&to, &from, true);

    if (ratio.known)
        buf_printf(change, "%+.1f %%, ", (ratio.value - 1) * 100);
    buf_str(change, is_worse(s, i) ? "worse" : "better");
    if (ratio.known && ratio.coverage >= STATS_CONFIDENCE)
        buf_printf(interval, "%+.1f … %+.1f", (ratio.low - 1) * 100, (ratio.high - 1) * 100);
    else
        buf_str(interval, "-");
}

static void chance_text(const struct history *h, const struct change *change, struct buf *out)
{
    double chance = history_chance(h, change);

    buf_printf(out, chance < 0.01 ? "< %.0f %%" : "%.0f %%", fmax(ceil(chance * 100), 1));
}

void fill_history(const struct history *h, bool text, struct sheet *s)
{
    static const char *const heads[] = {"Since (UTC)", "Row",           "From",      "To",
                                        "Change",      "95 % interval", "By chance", NULL};
    size_t n;
    struct told *told = all_told(h, &n);

    if (n)
        sheet_begin(s, heads, 1 << 1);
    for (size_t i = 0; i < n; i++) {
        const struct series *series = told[i].series;
        struct estimate from = history_level_of(series, told[i].i),
                        to = history_level_of(series, told[i].i + 1);
        struct buf words[5] = {{0}};

        history_when(&h->sessions[told[i].session], &words[0]);
        history_title(series, &words[1]);
        buf_printf(&words[1], " [%s]", series->unit);
        history_change(series, told[i].i, &words[2], &words[3]);
        chance_text(h, &series->changes[told[i].i], &words[4]);
        sheet_cell(s, "%s", words[0].data);
        sheet_cell(s, "%s", words[1].data);
        sheet_estimate(s, text ? CELL_VALUE : CELL_FIGURE, &from);
        sheet_estimate(s, text ? CELL_VALUE : CELL_FIGURE, &to);
        for (int k = 2; k < 5; k++)
            sheet_cell(s, "%s", words[k].data);
        for (int k = 0; k < 5; k++)
            buf_free(&words[k]);
    }
    free(told);
}

/* "QEMU, vmm version: 7.2.22 → 8.1.0" of each that differs but the load, which always does. */
static void add_with(const struct history *h, const struct series *s, size_t before, size_t after,
                     struct buf *out)
{
    const struct result *both[] = {h->sessions[before].result, h->sessions[after].result};
    const struct platform *platform = platform_find(s->platform);
    struct args differ = {0};

    differences_of(both, 2, &differ);
    if (platform)
        differences_of_run(both, 2, s->suite, platform, &differ);
    for (size_t i = 0; i + 2 < differ.n; i += 3)
        if (strcmp(differ.v[i], "host, load") != 0)
            buf_printf(out, "%s%s: %s → %s", out->len ? "; " : "", differ.v[i], differ.v[i + 1],
                       differ.v[i + 2]);
    args_free(&differ);
}

void history_with(const struct history *h, struct args *out)
{
    size_t n;
    struct told *told = all_told(h, &n);

    for (size_t i = 0; i < n; i++) {
        const struct series *s = told[i].series;
        size_t before = s->points[s->changes[told[i].i].at - 1].session, k = 0;
        struct buf with = {0}, line = {0};

        add_with(h, s, before, told[i].session, &with);
        buf_str(&line, "Between ");
        history_when(&h->sessions[before], &line);
        buf_str(&line, " and ");
        history_when(&h->sessions[told[i].session], &line);
        buf_printf(&line, ": %s.", with.len ? with.data : "nothing that is recorded differs");
        while (k < out->n && strcmp(out->v[k], line.data) != 0)
            k++;
        if (k == out->n)
            args_add(out, line.data);
        buf_free(&with);
        buf_free(&line);
    }
    free(told);
}

void history_sentence(const struct history *h, struct buf *out)
{
    size_t changes = 0, changed = 0, worse = 0;

    for (size_t k = 0; k < h->series_count; k++) {
        const struct series *s = &h->series[k];

        changes += s->change_count;
        changed += s->change_count > 0;
        for (size_t i = 0; i < s->change_count; i++)
            worse += is_worse(s, i);
    }
    buf_printf(out, "%zu session%s, ", h->n, h->n == 1 ? "" : "s");
    if (h->n)
        buf_printf(out, "%.*s to %.*s, ", DATE, facts_text(h->sessions[0].result->facts, "created"),
                   DATE, facts_text(h->sessions[h->n - 1].result->facts, "created"));
    buf_printf(out, "%zu rows: ", h->series_count);
    if (!changes)
        buf_str(out, "no change of level is told.");
    else
        buf_printf(out, "%zu change%s of level in %zu of them, %zu for the worse.", changes,
                   changes == 1 ? "" : "s", changed, worse);
}

/* What is no session of its own. */
static void left_out(const struct history *h, struct buf *out)
{
    struct {
        size_t n;
        const char *one, *several;
    } kinds[] = {{h->sides, "side of a comparison", "sides of comparisons"},
                 {h->twice, "copy", "copies"},
                 {h->undated, "without a date", "without a date"}};
    const char *begin = " Left out: ";

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].n) {
            buf_printf(out, "%s%zu %s", begin, kinds[i].n,
                       kinds[i].n == 1 ? kinds[i].one : kinds[i].several);
            begin = ", ";
        }
    if (h->sides + h->twice + h->undated)
        buf_str(out, ".");
}

void history_basis(const struct history *h, struct buf *out)
{
    size_t least = changes_least(history_level(h)), few = 0;

    for (size_t k = 0; k < h->series_count; k++)
        few += h->series[k].n < least;
    buf_printf(out,
               "A history without a change shows any in %.0f %% of cases at most, all rows "
               "together (docs/method.md).",
               HISTORY_ERROR * 100);
    if (few)
        buf_printf(out, " %zu row%s fewer than %zu sessions, of which no change can be told.", few,
                   few == 1 ? " has" : "s have", least);
    left_out(h, out);
}

void history_format(const struct history *h, struct buf *out)
{
    struct buf sentence = {0}, basis = {0};
    struct args with = {0};
    struct sheet s = {0};

    fill_history(h, true, &s);
    sheet_text(&s, out);
    history_with(h, &with);
    for (size_t i = 0; i < with.n; i++) {
        buf_str(out, i ? "" : "\n");
        text_wrap(with.v[i], WIDTH, out);
    }
    history_sentence(h, &sentence);
    history_basis(h, &basis);
    buf_str(out, s.n ? "\n" : "");
    text_wrap(basis.data, WIDTH, out);
    text_wrap(sentence.data, WIDTH, out);
    args_free(&with);
    sheet_free(&s);
    buf_free(&sentence);
    buf_free(&basis);
}
