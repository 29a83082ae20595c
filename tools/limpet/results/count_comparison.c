/* Two sides' counts held against each other: see count_comparison.h.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/count_comparison.h"
#include "tools/status.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool same_number(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

static void judge(struct count_judged *j, double within)
{
    bool more = false, less = false;

    if (!same_number(j->a->calls, j->b->calls)) {
        j->word = COUNTED_UNLIKE;
        return;
    }
    for (int i = 0; i < COUNTS; i++) {
        double a = j->a->counts.v[i], b = j->b->counts.v[i];

        if (fabs(b - a) <= a * within)
            continue;
        more |= b > a;
        less |= b < a;
        j->most = fmax(j->most, a > 0 ? b / a - 1 : b > 0 ? INFINITY : 0);
    }
    j->word = more ? COUNTED_WORSE : less ? COUNTED_BETTER : COUNTED_SAME;
}

/* Is a row among those named? */
static bool wanted(const struct row *row, const char *rows)
{
    const char *colon = strstr(row->name, ": "), *own = colon ? colon + 2 : row->name;

    for (size_t n; rows && *rows; rows += n + (rows[n] == ',')) {
        n = strcspn(rows, ",");
        if ((strlen(row->name) == n && !strncmp(row->name, rows, n)) ||
            (strlen(own) == n && !strncmp(own, rows, n)))
            return true;
    }
    return !rows;
}

static void note_alone(struct count_comparison *c, const struct result *has,
                       const struct result *other, char side, const char *rows)
{
    for (size_t i = 0; i < has->rows.n; i++) {
        const struct row *row = has->rows.v[i];

        if (row->counts.known && wanted(row, rows) &&
            !results_row(other, row->suite, row->name, row->platform))
            args_addf(&c->alone, "%s on %s: only %c has it", row->name, row->platform, side);
    }
    for (size_t i = 0; i < has->skip_count; i++)
        args_addf(&c->alone, "%s of %c: %s", has->skips[i].platform, side, has->skips[i].reason);
}

struct count_comparison count_comparison_of(const struct result *a, const struct result *b,
                                            double within, const char *rows)
{
    struct count_comparison c = {.a = a, .b = b};

    for (size_t i = 0; i < a->rows.n; i++) {
        const struct row *row = a->rows.v[i],
                         *other = results_row(b, row->suite, row->name, row->platform);
        struct count_judged j = {.a = row, .b = other};

        if (!row->counts.known || !other || !other->counts.known || !wanted(row, rows))
            continue;
        judge(&j, within);
        c.count[j.word]++;
        c.rows = list_grown(c.rows, c.n, sizeof *c.rows);
        c.rows[c.n++] = j;
    }
    note_alone(&c, a, b, 'A', rows);
    note_alone(&c, b, a, 'B', rows);
    return c;
}

void count_comparison_free(struct count_comparison *c)
{
    free(c->rows);
    args_free(&c->alone);
}

static int by_change(const void *x, const void *y)
{
    const struct function_change *a = x, *b = y;
    double of_a = fabs(a->b - a->a), of_b = fabs(b->b - b->a);

    return of_a != of_b ? (of_a < of_b) - (of_a > of_b) : strcmp(a->name, b->name);
}

size_t count_changes(const struct count_judged *row, struct function_change **out)
{
    const struct counts *a = &row->a->counts, *b = &row->b->counts;
    struct function_change *list = xrealloc(NULL, (a->n + b->n + 1) * sizeof *list);
    size_t n = 0;

    for (size_t i = 0, k = 0; i < a->n || k < b->n;) { /* both are in order */
        int order = i == a->n   ? 1
                    : k == b->n ? -1
                                : strcmp(a->functions[i].name, b->functions[k].name);
        struct function_change f = {.name =
                                        order <= 0 ? a->functions[i].name : b->functions[k].name};

        f.a = order <= 0 ? a->functions[i++].n : 0;
        f.b = order >= 0 ? b->functions[k++].n : 0;
        if (f.a != f.b)
            list[n++] = f;
    }
    qsort(list, n, sizeof *list, by_change);
    *out = list;
    return n;
}

int count_comparison_status(const struct count_comparison *c, double fail_above)
{
    if (!c->n)
        return ST_UNLIKE;
    for (size_t i = 0; i < c->n; i++)
        if (c->rows[i].word == COUNTED_WORSE && c->rows[i].most > fail_above)
            return ST_WORSE;
    return c->count[COUNTED_UNLIKE] ? ST_UNSURE : ST_OK;
}
