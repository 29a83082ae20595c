/* Two sides held against each other, row by row.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/comparison.h"
#include "results/estimate.h"
#include "tools/status.h"

#include <math.h>
#include <stdint.h>
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
static const struct numbers *runs_of(const struct row *row, unsigned tail)
{
    if (tail)
        return &row->tails;
    return row->least.n ? &row->least : &row->runs;
}

/* The runs of each part of a row, its n runs in all; caller frees. *count is 0 for a row that is
 * not in parts. */
static size_t *parts_of(const struct row *row, size_t n, size_t *count)
{
    size_t sum = 0, *each = xrealloc(NULL, (row->parts.n + 1) * sizeof *each);

    *count = row->parts.n;
    for (size_t i = 0; i < row->parts.n && *count; i++) {
        double part = row->parts.v[i];

        if (!(part >= 1) || part > (double)(n - sum))
            *count = 0;
        else
            sum += each[i] = (size_t)part;
    }
    if (sum != n)
        *count = 0;
    return each;
}

static double median_of(const double *v, size_t n)
{
    double *copy = xrealloc(NULL, n * sizeof *copy), none[2], coverage, median;

    memcpy(copy, v, n * sizeof *copy);
    median = stats_median(copy, n, none, &coverage);
    free(copy);
    return median;
}

/* Sides that took turns: the rounds that all of them have. */
static struct difference in_turn(const struct row *const rows[3], unsigned tail)
{
    const double *v[3];
    size_t n = SIZE_MAX, count, *parts;
    struct difference d;

    for (int i = 0; i < 3; i++) {
        const struct numbers *runs = runs_of(rows[i], tail);

        v[i] = runs->v;
        n = runs->n < n ? runs->n : n;
    }
    parts = parts_of(rows[0], n, &count);
    d = difference_in_turn(v, n, rows[0]->more, parts, count);
    free(parts);
    return d;
}

/* The row of this suite, name and platform in one of a side's results, or NULL. */
static const struct row *row_in(const struct side *side, size_t i, const struct row *like)
{
    return results_row(side->v[i], like->suite, like->name, like->platform);
}

/* A side's figures: of each unit that was started anew, a boot of a lab or a file, its median run;
 * and all runs. */
static void units_of(const struct side *side, const struct row *like, unsigned tail,
                     struct numbers *units, struct numbers *all)
{
    for (size_t i = 0; i < side->n; i++) {
        const struct row *row = row_in(side, i, like);
        const struct facts *run = results_run_of(side->v[i], row);
        const struct numbers *runs = runs_of(row, tail);
        size_t count, *parts = parts_of(row, runs->n, &count);
        const double *v = runs->v;

        for (size_t k = 0; k < runs->n; k++)
            numbers_add(all, v[k]);
        if (strcmp(facts_text(run, "mode"), "lab") != 0 || !count) {
            parts[0] = runs->n;
            count = runs->n > 0;
        }
        for (size_t k = 0; k < count; v += parts[k++])
            numbers_add(units, median_of(v, parts[k]));
        free(parts);
    }
}

/* Of too few units the runs' own medians, with an interval that knows of no other session. */
static void tell_runs(struct difference *d, const struct numbers *a, const struct numbers *b)
{
    const struct numbers *sides[] = {a, b};
    struct estimate of[2], ratio;

    for (int i = 0; i < 2; i++) {
        struct estimate *e = &of[i];
        double ci[2];

        *e = (struct estimate){.known = true, .n = sides[i]->n, .unit = ""};
        e->value = stats_median(sides[i]->v, e->n, ci, &e->coverage);
        e->low = ci[0];
        e->high = ci[1];
    }
    ratio = estimate_ratio(&of[1], &of[0], true);
    d->a = of[0].value;
    d->b = of[1].value;
    d->change = ratio.known ? ratio.value - 1 : 0;
    if (ratio.coverage < STATS_CONFIDENCE)
        return;
    d->interval[0] = ratio.low - 1;
    d->interval[1] = ratio.high - 1;
    d->half = log(ratio.high / ratio.low) / 2;
}

static struct difference apart(const struct comparison *c, const struct row *like, unsigned tail)
{
    struct numbers units[2] = {{0}, {0}}, all[2] = {{0}, {0}};
    struct difference d;

    units_of(&c->a, like, tail, &units[0], &all[0]);
    units_of(&c->b, like, tail, &units[1], &all[1]);
    d = difference_apart(units[0].v, units[0].n, units[1].v, units[1].n);
    if (d.state == DIFFERENCE_FEW)
        tell_runs(&d, &all[0], &all[1]);
    for (int i = 0; i < 2; i++) {
        free(units[i].v);
        free(all[i].v);
    }
    return d;
}

/* Is a name in a list by commas? Some names have a comma themselves, with a blank behind. */
static bool is_listed(const char *list, const char *name)
{
    size_t n = strlen(name);

    for (const char *at = list; (at = strstr(at, name)); at++)
        if ((at == list || at[-1] == ',') && (!at[n] || (at[n] == ',' && at[n + 1] != ' ')))
            return true;
    return false;
}

void judged_name(const struct judged *j, struct buf *out)
{
    buf_str(out, j->row->name);
    if (j->tail)
        buf_printf(out, ", p%u", j->tail);
}

static bool is_asked(const struct comparison *c, const struct judged *j)
{
    struct buf name = {0};
    bool is;

    judged_name(j, &name);
    is = !c->judging.rows || is_listed(c->judging.rows, name.data);
    buf_free(&name);
    return is;
}

/* How long a round of all three sides takes, s; 0: unknown. */
static double round_of(const struct comparison *c, const struct row *const rows[3])
{
    const struct result *sides[] = {c->a.v[0], c->again, c->b.v[0]};
    double sum = 0;

    for (int i = 0; i < 3; i++)
        sum += facts_number(results_run_of(sides[i], rows[i]), "busy.wall_s");
    return rows[0]->runs.n ? sum / (double)rows[0]->runs.n : 0;
}

/* Adds a row that all results have, as it is or its tail; words come when all rows are known. */
static void add_row(struct comparison *c, struct group *g, const struct row *row, unsigned tail)
{
    const struct row *rows[3] = {row, NULL, row_in(&c->b, 0, row)};
    double within = tail ? WITHIN_TAIL : WITHIN;
    struct judged j = {.row = row, .tail = tail, .adjusted = 1, .turns = c->again};

    if (!is_asked(c, &j))
        return;
    if (g->refused) {
        c->refused++;
        return;
    }
    j.within = c->judging.within > 0 ? c->judging.within : within;
    if (c->again) {
        rows[1] = results_row(c->again, row->suite, row->name, row->platform);
        j.d = in_turn(rows, tail);
        j.round_s = round_of(c, rows);
    } else {
        j.d = apart(c, row, tail);
    }
    g->rows = list_grown(g->rows, g->n, sizeof *g->rows);
    g->rows[g->n++] = j;
    c->judged += j.d.state == DIFFERENCE_TOLD;
    c->few = j.d.n < c->few ? j.d.n : c->few;
}

/* Have all results a row, and if so with such a tail (0: whether or not)? */
static bool all_have(const struct comparison *c, const struct row *like, unsigned tail)
{
    const struct side sides[] = {c->a, {&c->again, c->again != NULL}, c->b};

    for (int s = 0; s < 3; s++)
        for (size_t i = 0; i < sides[s].n; i++) {
            const struct row *row = row_in(&sides[s], i, like);

            if (!row || (tail && row->tail != tail))
                return false;
        }
    return true;
}

/* All rows of a suite on a platform that all results have. */
static void fill_group(struct comparison *c, struct group *g)
{
    const struct rows *rows = &c->a.v[0]->rows;

    for (size_t i = 0; i < rows->n; i++) {
        const struct row *row = rows->v[i];

        if (strcmp(row->suite, g->suite) != 0 || strcmp(row->platform, g->platform->name) != 0 ||
            !all_have(c, row, 0))
            continue;
        add_row(c, g, row, 0);
        if (row->tail && all_have(c, row, row->tail))
            add_row(c, g, row, row->tail);
    }
}

#define FOR_ROWS(c, j)                                                                             \
    for (size_t group_ = 0; group_ < (c)->n; group_++)                                             \
        for (struct judged *j = (c)->groups[group_].rows;                                          \
             j != NULL && j < (c)->groups[group_].rows + (c)->groups[group_].n; j++)

/* Where the figures' steps are wider than that, but not than the margin, as wide as a step. */
static double wanted_of(const struct comparison *c, const struct judged *j)
{
    double wanted = difference_wanted(j->within, c->judged);

    return j->d.step < log1p(j->within) ? fmax(wanted, j->d.step) : wanted;
}

/* How many rounds would give it a word: the same, or that it is not, which takes few where it is
 * far from it. */
static unsigned needed_of(const struct comparison *c, const struct judged *j)
{
    double telling = difference_telling(&j->d, c->judged);
    unsigned needed = difference_needed(&j->d, fmax(j->wanted, telling));

    return needed && c->again ? difference_judging(needed, c->judged) : needed;
}

/* The words, now that all rows are known. */
static void judge(struct comparison *c)
{
    double *p = xrealloc(NULL, (2 * c->judged + 1) * sizeof *p), *adjusted = p + c->judged;
    size_t n = 0;

    FOR_ROWS(c, j)
    {
        if (j->d.state == DIFFERENCE_TOLD)
            p[n++] = j->d.p;
    }
    difference_holm(p, n, adjusted);
    n = 0;
    FOR_ROWS(c, j)
    {
        j->wanted = wanted_of(c, j);
        if (j->d.state == DIFFERENCE_TOLD)
            j->adjusted = adjusted[n++];
        j->word = difference_verdict(&j->d, j->within, j->adjusted, j->row->more);
        if (j->word == VERDICT_UNSURE && j->d.state == DIFFERENCE_TOLD)
            j->needed = needed_of(c, j);
        c->count[j->word]++;
    }
    free(p);
}

/* Why a group is not compared (caller frees), or NULL: all results are held against A's first. */
static char *why_refused(const struct comparison *c, const struct group *g)
{
    const struct facts *first = results_find_run(c->a.v[0], g->suite, g->platform->name);
    const struct side sides[] = {c->a, c->b};
    char *why = NULL;

    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < sides[s].n && !why; i++)
            why = unlike(first, results_find_run(sides[s].v[i], g->suite, g->platform->name));
    return why;
}

/* Is it measured in all results? */
static bool all_ran(const struct comparison *c, const char *suite, const char *platform)
{
    const struct side sides[] = {c->a, c->b};

    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < sides[s].n; i++)
            if (!results_find_run(sides[s].v[i], suite, platform))
                return false;
    return true;
}

struct comparison comparison_of(struct side a, const struct result *again, struct side b,
                                const struct judging *judging)
{
    struct comparison c = {.a = a, .again = again, .b = b, .judging = *judging, .few = SIZE_MAX};
    const struct result *first = a.v[0];
    const char *rows = facts_text(first->facts, "judged_rows");

    if (!(c.judging.within > 0))
        c.judging.within = facts_number(first->facts, "within");
    if (!c.judging.rows && rows[0])
        c.judging.rows = rows;
    for (const struct platform *const *p = platforms; *p; p++)
        for (size_t i = 0; i < first->run_count; i++) {
            const char *suite = facts_text(first->runs[i], "suite");
            struct group *g;

            if (first->runs[i] != results_find_run(first, suite, (*p)->name) ||
                !all_ran(&c, suite, (*p)->name))
                continue;
            c.groups = xrealloc(c.groups, (c.n + 1) * sizeof *c.groups);
            g = &c.groups[c.n++];
            *g = (struct group){.suite = suite, .platform = *p};
            g->refused = judging->force ? NULL : why_refused(&c, g);
            fill_group(&c, g);
        }
    judge(&c);
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

char *comparison_unknown(const struct comparison *c)
{
    char *left = xstrdup(c->judging.rows ? c->judging.rows : ""), *first = left, *unknown = NULL;

    FOR_ROWS(c, j)
    {
        struct buf name = {0};
        char *at = left;

        judged_name(j, &name);
        while ((at = strstr(at, name.data))) { /* blanked where it stands as a whole */
            char *end = at + name.len;

            if ((at == left || at[-1] == ',') && (!*end || (*end == ',' && end[1] != ' ')))
                memset(at, ',', name.len);
            at = end;
        }
        buf_free(&name);
    }
    first += strspn(first, ",");
    if (*first && !c->refused)
        unknown = xasprintf("%.*s", (int)strcspn(first, ","), first);
    free(left);
    return unknown;
}

bool comparison_is_told(const struct comparison *c, const char *suite,
                        const struct platform *platform, unsigned budget)
{
    FOR_ROWS(c, j)
    {
        const struct group *g = &c->groups[group_];
        bool asked = !suite || (!strcmp(g->suite, suite) && g->platform == platform);

        if (asked && j->d.state == DIFFERENCE_TOLD && j->d.half > j->wanted) {
            unsigned needed = difference_needed(&j->d, j->wanted);

            if (needed && needed <= budget)
                return false;
        }
    }
    return true;
}

/* Is the interval of a row that is worse wholly beyond a share? */
static bool is_beyond(const struct judged *j, double share)
{
    return j->row->more ? j->d.interval[1] < -share : j->d.interval[0] > share;
}

int comparison_status(const struct comparison *c, double fail_above, bool unsure_ok)
{
    unsigned all = 0;
    bool worse = false;

    for (int i = 0; i < VERDICTS; i++)
        all += c->count[i];
    if (!all || c->refused)
        return ST_UNLIKE;
    FOR_ROWS(c, j)
    {
        worse |= j->word == VERDICT_WORSE && (fail_above <= 0 || is_beyond(j, fail_above));
    }
    if (worse)
        return ST_WORSE;
    return c->count[VERDICT_UNSURE] && !unsure_ok ? ST_UNSURE : ST_OK;
}
