/* Two results held against each other, row by row.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/comparison.h"
#include "tools/status.h"
#include "results/results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What makes two rows unlike (caller frees), or NULL. */
static char *unlike(const struct facts *run_a, const struct facts *run_b)
{
    static const char *const keys[] = {"cpu_model", "vcpus",   "mem_mib",
                                       "mode",      "nesting", "emulated_by"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char *of_a, *of_b, *why;

        if (facts_alike(run_a, run_b, keys[i]))
            continue;
        of_a = facts_quoted(run_a, keys[i]);
        of_b = facts_quoted(run_b, keys[i]);
        why = xasprintf("%s differs: %s, %s", keys[i], of_a, of_b);
        free(of_a);
        free(of_b);
        return why;
    }
    return NULL;
}

/* A row's figures, one a run. Of a run of many loops the least counts: what others do on the
 * machine can only add to it. */
static const struct numbers *runs_of(const struct row *row)
{
    return row->least.n ? &row->least : &row->runs;
}

/* The runs of each part of a row; caller frees. *count is 0 for a row that is not in parts. */
static size_t *parts_of(const struct row *row, size_t runs, size_t *count)
{
    size_t n = row->parts.n, sum = 0, *each = xrealloc(NULL, (n + 1) * sizeof *each);

    *count = n;
    for (size_t i = 0; i < n && *count; i++) {
        double part = row->parts.v[i];

        if (!(part >= 1) || part > (double)(runs - sum))
            *count = 0;
        else
            sum += each[i] = (size_t)part;
    }
    if (sum != runs)
        *count = 0;
    return each;
}

/* What a row's runs are, to compare; free its parts. row: may be NULL, which has none. */
static struct figures figures_of(const struct row *row)
{
    struct figures f = {0};

    if (!row)
        return f;
    f.v = runs_of(row)->v;
    f.n = runs_of(row)->n;
    f.parts = parts_of(row, f.n, &f.part_count);
    return f;
}

/* How two rows differ; the word comes later. */
static struct judged differ(const struct row *row_a, const struct row *row_again,
                            const struct row *row_b)
{
    bool loops = row_a->least.n > 0;
    struct best which = {.upper = row_a->more, .share = loops ? BEST_LOOPS : BEST_BOOTS};
    struct figures a = figures_of(row_a), again = figures_of(row_again), b = figures_of(row_b);
    size_t parts = a.part_count < b.part_count ? a.part_count : b.part_count;
    struct judged j = {.row = row_a, .n = a.n < b.n ? a.n : b.n};

    j.d = row_again ? difference_in_turn(a, again, b, which.upper) : difference_apart(a, b, which);
    j.parts = !row_again && parts >= DIFFERENCE_LEAST_PARTS ? parts : 0;
    free((size_t *)a.parts);
    free((size_t *)again.parts);
    free((size_t *)b.parts);
    return j;
}

/* Files have no more than RESULT_PARTS parts: what these do not level out no number of runs does.
 */
static unsigned runs_of_parts(const struct judged *j)
{
    double noise = difference_noise(&j->d) / DIFFERENCE_SMALL,
           parts = ceil((double)j->parts * noise * noise);

    return parts <= RESULT_PARTS ? (unsigned)parts * RESULT_PART_RUNS : 0;
}

static void set_word(struct judged *j)
{
    if (j->d.real)
        j->word = (j->d.change > 0) == j->row->more ? WORD_BETTER : WORD_WORSE;
    else
        j->word = difference_is_noisy(&j->d) ? WORD_UNSURE : WORD_SAME;
    if (j->word == WORD_UNSURE)
        j->needed = j->parts && j->d.known ? runs_of_parts(j) : difference_runs_needed(&j->d, j->n);
}

/* Rows that were measured apart share the least of their floors. */
static void share_floors(struct group *g)
{
    struct difference *all = xrealloc(NULL, (g->n + 1) * sizeof *all);

    for (size_t i = 0; i < g->n; i++)
        all[i] = g->rows[i].d;
    difference_raise_floors(all, g->n);
    for (size_t i = 0; i < g->n; i++)
        g->rows[i].d = all[i];
    free(all);
}

/* All rows of a suite on a platform that both sides have. */
static void fill_group(struct comparison *c, struct group *g)
{
    const struct rows *rows = &c->a->rows;

    g->rows = xrealloc(NULL, (rows->n + 1) * sizeof *g->rows);
    for (size_t i = 0; i < rows->n; i++) {
        const struct row *row = rows->v[i], *again = NULL, *b;
        const char *on = g->platform->name;

        if (strcmp(row->suite, g->suite) != 0 || strcmp(row->platform, on) != 0)
            continue;
        if (c->again)
            again = results_row(c->again, g->suite, row->name, on);
        b = results_row(c->b, g->suite, row->name, on);
        if (!b || (c->again && !again))
            continue;
        if (g->refused)
            c->refused++;
        else
            g->rows[g->n++] = differ(row, again, b);
    }
    if (!c->again)
        share_floors(g);
    for (size_t i = 0; i < g->n; i++) {
        set_word(&g->rows[i]);
        c->count[g->rows[i].word]++;
    }
}

struct comparison comparison_of(const struct result *a, const struct result *again,
                                const struct result *b, bool force)
{
    struct comparison c = {.a = a, .again = again, .b = b};

    for (const struct platform *const *p = platforms; *p; p++)
        for (size_t i = 0; i < a->run_count; i++) {
            const struct facts *run_a = a->runs[i], *run_b;
            const char *suite = facts_text(run_a, "suite");
            struct group *g;

            run_b = results_find_run(b, suite, (*p)->name);
            if (run_a != results_find_run(a, suite, (*p)->name) || !run_b)
                continue;
            c.groups = xrealloc(c.groups, (c.n + 1) * sizeof *c.groups);
            g = &c.groups[c.n++];
            *g = (struct group){.suite = suite, .platform = *p};
            g->refused = force ? NULL : unlike(run_a, run_b);
            fill_group(&c, g);
        }
    return c;
}

void comparison_free(struct comparison *c)
{
    for (size_t i = 0; i < c->n; i++) {
        free(c->groups[i].refused);
        free(c->groups[i].rows);
    }
    free(c->groups);
    *c = (struct comparison){0};
}

bool comparison_find(const struct results *results, const struct result *sides[3])
{
    static const char *const names[3] = {"A", "A again", "B"};
    size_t n = results->n;

    for (size_t i = 0; i < 3; i++) {
        sides[i] = n >= 3 ? results->v[n - 3 + i] : NULL;
        if (!sides[i] || strcmp(facts_text(sides[i]->facts, "side"), names[i]) != 0 ||
            !facts_alike(sides[i]->facts, sides[0]->facts, "seed"))
            return false;
    }
    return true;
}

int comparison_status(const struct comparison *c)
{
    unsigned all = c->refused;

    for (int i = 0; i < WORDS; i++)
        all += c->count[i];
    if (!all || c->refused)
        return ST_FAILED;
    if (c->count[WORD_WORSE])
        return ST_WORSE;
    return c->count[WORD_UNSURE] ? ST_UNSURE : ST_OK;
}
