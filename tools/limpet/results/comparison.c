/* Two results held against each other, row by row.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/comparison.h"
#include "base/msg.h"
#include "tools/status.h"
#include "results/results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What makes two rows unlike (caller frees), or NULL. */
static char *unlike(json_t *run_a, json_t *run_b)
{
    static const char *const keys[] = {"cpu_model", "vcpus",   "mem_mib",
                                       "mode",      "nesting", "emulated_by"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        json_t *x = json_object_get(run_a, keys[i]), *y = json_object_get(run_b, keys[i]);
        char *of_a, *of_b, *why;

        if (json_equal(x, y) || (!x && !y))
            continue;
        of_a = x ? json_dumps(x, JSON_ENCODE_ANY) : NULL;
        of_b = y ? json_dumps(y, JSON_ENCODE_ANY) : NULL;
        why = xasprintf("%s differs: %s, %s", keys[i], of_a ? of_a : "none", of_b ? of_b : "none");
        free(of_a);
        free(of_b);
        return why;
    }
    return NULL;
}

/* A row's figures, one a run; caller frees. Of a run of many loops the least counts: what others do
 * on the machine can only add to it. */
static double *runs_of(json_t *row, size_t *n)
{
    json_t *least = json_object_get(row, "least");
    json_t *runs = least ? least : json_object_get(row, "runs");
    double *numbers;

    *n = json_array_size(runs);
    numbers = xrealloc(NULL, (*n + 1) * sizeof *numbers);
    for (size_t i = 0; i < *n; i++)
        numbers[i] = json_number_value(json_array_get(runs, i));
    return numbers;
}

static bool more_is_better(json_t *row) { return !strcmp(json_text(row, "better"), "more"); }

/* The runs of each part of a row; caller frees. *count is 0 for a row that is not in parts. */
static size_t *parts_of(json_t *row, size_t runs, size_t *count)
{
    json_t *parts = json_object_get(row, "parts");
    size_t n = json_array_size(parts), sum = 0, *each = xrealloc(NULL, (n + 1) * sizeof *each);

    *count = n;
    for (size_t i = 0; i < n && *count; i++) {
        each[i] = (size_t)json_integer_value(json_array_get(parts, i));
        if (!each[i] || each[i] > runs - sum)
            *count = 0;
        else
            sum += each[i];
    }
    if (sum != runs)
        *count = 0;
    return each;
}

/* What a row's runs are, to compare; figures_free() it. */
static struct figures figures_of(json_t *row)
{
    struct figures f;

    f.v = runs_of(row, &f.n);
    f.parts = parts_of(row, f.n, &f.part_count);
    return f;
}

static void figures_free(struct figures f)
{
    free((double *)f.v);
    free((size_t *)f.parts);
}

/* How two rows differ; the word comes later. */
static struct judged differ(json_t *row_a, json_t *row_again, json_t *row_b)
{
    json_t *least = json_object_get(row_a, "least");
    bool loops = least && !json_equal(least, json_object_get(row_a, "runs"));
    struct best which = {.upper = more_is_better(row_a), .share = loops ? BEST_LOOPS : BEST_BOOTS};
    struct figures a = figures_of(row_a), again = figures_of(row_again), b = figures_of(row_b);
    size_t parts = a.part_count < b.part_count ? a.part_count : b.part_count;
    struct judged j = {.row = row_a, .n = a.n < b.n ? a.n : b.n};

    j.d = row_again ? difference_in_turn(a, again, b, which.upper) : difference_apart(a, b, which);
    j.parts = !row_again && parts >= VERDICT_LEAST_PARTS ? parts : 0;
    figures_free(a);
    figures_free(again);
    figures_free(b);
    return j;
}

/* Files have no more than RESULT_PARTS parts: what these do not level out no number of runs does.
 */
static unsigned runs_of_parts(const struct judged *j)
{
    double noise = noise_of(&j->d) / VERDICT_SMALL, parts = ceil((double)j->parts * noise * noise);

    return parts <= RESULT_PARTS ? (unsigned)parts * RESULT_PART_RUNS : 0;
}

static void set_word(struct judged *j)
{
    if (j->d.real)
        j->word = (j->d.change > 0) == more_is_better(j->row) ? WORD_BETTER : WORD_WORSE;
    else
        j->word = is_noisy(&j->d) ? WORD_UNSURE : WORD_SAME;
    if (j->word == WORD_UNSURE)
        j->needed = j->parts && j->d.known ? runs_of_parts(j) : runs_needed(&j->d, j->n);
}

/* Rows that were measured apart share the least of their floors. */
static void share_floors(struct group *g)
{
    struct difference *all = xrealloc(NULL, (g->n + 1) * sizeof *all);

    for (size_t i = 0; i < g->n; i++)
        all[i] = g->rows[i].d;
    raise_floors(all, g->n);
    for (size_t i = 0; i < g->n; i++)
        g->rows[i].d = all[i];
    free(all);
}

/* All rows of a suite on a platform that both sides have. */
static void fill_group(struct comparison *c, struct group *g)
{
    json_t *rows = json_object_get(c->a, "rows"), *row;

    g->rows = xrealloc(NULL, (json_array_size(rows) + 1) * sizeof *g->rows);
    for (size_t i = 0; (row = json_array_get(rows, i)); i++) {
        const char *name = json_text(row, "name"), *on = g->platform->name;
        json_t *again = c->again ? results_row(c->again, g->suite, name, on) : NULL, *b;

        if (strcmp(json_text(row, "suite"), g->suite) != 0 ||
            strcmp(json_text(row, "platform"), on) != 0)
            continue;
        b = results_row(c->b, g->suite, name, on);
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

struct comparison comparison_of(json_t *a, json_t *again, json_t *b, bool force)
{
    struct comparison c = {.a = a, .again = again, .b = b};
    json_t *runs = json_object_get(a, "runs"), *run_a;

    for (const struct platform *const *p = platforms; *p; p++)
        for (size_t i = 0; (run_a = json_array_get(runs, i)); i++) {
            const char *suite = json_text(run_a, "suite");
            json_t *run_b = results_find_run(b, suite, (*p)->name);
            struct group *g;

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

bool comparison_find(json_t *results, json_t *sides[3])
{
    static const char *const names[3] = {"A", "A again", "B"};
    size_t n = json_array_size(results);

    for (size_t i = 0; i < 3; i++) {
        sides[i] = n >= 3 ? json_array_get(results, n - 3 + i) : NULL;
        if (strcmp(json_text(sides[i], "side"), names[i]) != 0 ||
            !json_equal(json_object_get(sides[i], "seed"), json_object_get(sides[0], "seed")))
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
