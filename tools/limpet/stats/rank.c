/* Figures with their intervals: which is less, how several rank, whether two rankings agree.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "stats/rank.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDING (1 + 1e-9) /* 1.1 × 10 is a little more than 11 in binary */

enum likeness rank_like(const struct figure *a, const struct figure *b)
{
    double least = a->value < b->value ? a->value : b->value,
           greatest = a->value < b->value ? b->value : a->value,
           grain = a->grain > b->grain ? a->grain : b->grain;

    if (a->low <= b->high && b->low <= a->high)
        return LIKE_INTERVAL;
    if (greatest - least <= grain * ROUNDING)
        return LIKE_GRAIN;
    return greatest <= least * RANK_NEAR * ROUNDING ? LIKE_NEAR : UNLIKE;
}

int rank_compare(const struct figure *a, const struct figure *b)
{
    if (rank_like(a, b) != UNLIKE)
        return 0;
    return a->value < b->value ? -1 : 1;
}

void rank_judgement(const struct figure *theirs, const struct figure *ours, bool more,
                    struct buf *out)
{
    bool greater = ours->value > theirs->value;
    double times = greater ? ours->value / theirs->value : theirs->value / ours->value;

    switch (rank_like(theirs, ours)) {
    case LIKE_INTERVAL:
        buf_str(out, "the same within the interval");
        break;
    case LIKE_GRAIN:
        buf_printf(out, "the same within their resolution, %g", theirs->grain);
        break;
    case LIKE_NEAR:
        buf_str(out, "the same within 10 %");
        break;
    default:
        buf_printf(out, times < 10 ? "%.1f × %s" : "%.0f × %s", times,
                   more ? (greater ? "more" : "less") : (greater ? "slower" : "faster"));
    }
}

static int ascending(const void *a, const void *b)
{
    const struct figure *x = a, *y = b;

    return (x->value > y->value) - (x->value < y->value);
}

static bool is_at(const struct figure *f, const char *place)
{
    return f->value > 0 && f->place && !strcmp(f->place, place);
}

/* One place's figures. */
static void chain(const struct figure *figures, int n, const char *place, struct buf *out)
{
    struct figure sorted[RANK_MAX] = {0};
    int count = 0;

    for (int i = 0; i < n && count < RANK_MAX; i++)
        if (is_at(&figures[i], place))
            sorted[count++] = figures[i];
    qsort(sorted, (size_t)count, sizeof *sorted, ascending);
    for (int i = 0; i < count; i++) {
        if (i)
            buf_str(out, rank_compare(&sorted[i - 1], &sorted[i]) ? " < " : " ≈ ");
        buf_str(out, sorted[i].title);
    }
}

/* The index of the first figure of a place that none before it has, from a start; n: there is none.
 */
static int next_place(const struct figure *figures, int n, int from)
{
    for (; from < n; from++) {
        int before = 0;

        if (!figures[from].place || !is_at(&figures[from], figures[from].place))
            continue;
        while (before < from && !is_at(&figures[before], figures[from].place))
            before++;
        if (before == from)
            break;
    }
    return from;
}

void rank_format(const struct figure *figures, int n, struct buf *out)
{
    int first = next_place(figures, n, 0);
    bool several = next_place(figures, n, first + 1) < n;

    for (int i = first; i < n; i = next_place(figures, n, i + 1)) {
        if (i != first)
            buf_str(out, "; ");
        if (several)
            buf_printf(out, "%s: ", figures[i].place);
        chain(figures, n, figures[i].place, out);
    }
}

static bool comparable(const struct figure *a, const struct figure *b)
{
    return !a->apart && !b->apart && a->place && b->place && a->value > 0 && b->value > 0 &&
           !strcmp(a->place, b->place);
}

bool rank_match(const struct figure *theirs, const struct figure *ours, int n, struct buf *out)
{
    static const char *const signs[] = {"<", "≈", ">"};
    struct buf wrong = {0};
    int pairs = 0, agree = 0;

    for (int a = 0; a < n; a++)
        for (int b = a + 1; b < n; b++) {
            int there, here;

            if (!comparable(&theirs[a], &theirs[b]) || !comparable(&ours[a], &ours[b]))
                continue;
            there = rank_compare(&theirs[a], &theirs[b]);
            here = rank_compare(&ours[a], &ours[b]);
            pairs++;
            agree += there == here;
            if (there != here)
                buf_printf(&wrong, "%s %s %s %s (here %s)", wrong.len ? "," : "", ours[a].title,
                           signs[there + 1], ours[b].title, signs[here + 1]);
        }
    if (!pairs)
        buf_str(out, "no two figures of one place");
    else if (agree == pairs)
        buf_printf(out, "holds%s", pairs == 1 ? "" : " in every pair");
    else
        buf_printf(out, "holds in %d of %d pairs; not%s", agree, pairs, wrong.data);
    buf_free(&wrong);
    return agree == pairs;
}
