/* A result's rows as ratios to those of one of its platforms.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/norm.h"
#include "vm/platforms.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Is each run's figure above 0? That of a difference need not be, and then has no ratio. */
static bool is_positive(const struct row *row)
{
    for (size_t i = 0; row && i < row->runs.n; i++)
        if (!(row->runs.v[i] > 0))
            return false;
    return row;
}

struct estimate norm_ratio(const struct result *result, const char *suite, const char *name,
                           const char *platform, const char *norm)
{
    const struct row *row = results_row(result, suite, name, platform);
    const struct row *of_norm = results_row(result, suite, name, norm);
    struct estimate own = estimate_figure(row), base = estimate_figure(of_norm);

    if (!is_positive(row) || !is_positive(of_norm))
        own.known = false;
    return estimate_ratio(&base, &own, row && row->more);
}

static void add_once(struct args *names, const char *name)
{
    size_t k = 0;

    while (k < names->n && strcmp(names->v[k], name) != 0)
        k++;
    if (k == names->n)
        args_add(names, name);
}

/* "NAME time" and "NAME, time": in seconds what row NAME says in cycles, or as a rate. */
static bool is_again(const struct result *result, const struct row *row)
{
    size_t n = strlen(row->name);

    if (!ends_in(row->name, " time"))
        return false;
    n -= strlen(" time");
    n -= n && row->name[n - 1] == ',';
    for (size_t i = 0; i < result->rows.n; i++) {
        const struct row *other = result->rows.v[i];

        if (!strcmp(other->suite, row->suite) && strlen(other->name) == n &&
            !strncmp(other->name, row->name, n))
            return true;
    }
    return false;
}

static bool is_normalized(const struct result *result, const struct row *row, bool counted)
{
    return row->counts.known == counted && !row->stage && !is_again(result, row) &&
           !(counted && ends_in(row->name, NORM_WHOLE));
}

void norm_names(const struct result *result, const char *suite, bool counted, struct args *names)
{
    size_t n = strlen(suite);

    for (size_t i = 0; i < result->rows.n; i++) {
        const struct row *row = result->rows.v[i];
        bool of_suite = counted ? !strncmp(row->name, suite, n) && row->name[n] == ':'
                                : !strcmp(row->suite, suite);

        if (of_suite && is_normalized(result, row, counted))
            add_once(names, row->name);
    }
}

/* Adds the logarithms of a row's runs, all above 0, to those of the rows before. Returns how many
 * runs all have. */
static size_t add_logs(const struct row *row, double *logs, size_t runs)
{
    size_t n = row->runs.n < runs ? row->runs.n : runs;

    for (size_t i = 0; i < n; i++)
        logs[i] += row->more ? -log(row->runs.v[i]) : log(row->runs.v[i]);
    return n;
}

/* The median of the runs' own geometric means, of the rows that have a ratio. */
static struct estimate runs_mean(const struct result *result, const char *suite,
                                 const struct args *names, const char *const sides[2], int side)
{
    struct estimate e = {.unit = ""};
    size_t runs = (size_t)-1, rows = 0;
    double *logs = NULL, ci[2];

    for (size_t k = 0; k < names->n; k++) {
        const struct row *row = results_row(result, suite, names->v[k], sides[side]);

        if (!norm_ratio(result, suite, names->v[k], sides[0], sides[1]).known)
            continue;
        if (!rows++) {
            logs = xrealloc(NULL, (row->runs.n + 1) * sizeof *logs);
            memset(logs, 0, (row->runs.n + 1) * sizeof *logs);
            runs = row->runs.n;
        }
        runs = add_logs(row, logs, runs);
    }
    if (rows && runs) {
        for (size_t i = 0; i < runs; i++)
            logs[i] = exp(logs[i] / (double)rows);
        e.known = true;
        e.n = runs;
        e.value = stats_median(logs, runs, ci, &e.coverage);
        e.low = ci[0];
        e.high = ci[1];
    }
    free(logs);
    return e;
}

bool norm_has_mean(const char *suite)
{
    return strcmp(suite, "boot") != 0 && strcmp(suite, "qemu-cfi") != 0;
}

struct estimate norm_mean(const struct result *result, const char *suite, const struct args *names,
                          const char *platform, const char *norm)
{
    const char *const sides[2] = {platform, norm};
    struct estimate mean = {.unit = ""}, own, base, of_runs;
    double sum = 0;

    for (size_t k = 0; k < names->n && norm_has_mean(suite); k++) {
        struct estimate e = norm_ratio(result, suite, names->v[k], platform, norm);

        sum += e.known ? log(e.value) : 0;
        mean.n += e.known;
    }
    if (!mean.n)
        return mean;
    mean.known = true;
    mean.value = exp(sum / (double)mean.n);
    own = runs_mean(result, suite, names, sides, 0);
    base = runs_mean(result, suite, names, sides, 1);
    of_runs = estimate_ratio(&base, &own, false);
    if (of_runs.known && of_runs.coverage > 0) {
        mean.low = mean.value * fmin(of_runs.low / of_runs.value, 1);
        mean.high = mean.value * fmax(of_runs.high / of_runs.value, 1);
        mean.coverage = of_runs.coverage;
    }
    return mean;
}

/* NULL where it is unknown. */
static json_t *ratio_json(const char *suite, const char *name, const char *platform,
                          const struct estimate *e)
{
    json_t *j;

    if (!e->known)
        return NULL;
    j = json_pack("{s:s,s:s,s:f,s:I}", "suite", suite, "platform", platform, "ratio", e->value, "n",
                  (json_int_t)e->n);
    if (name)
        json_object_set_new(j, "name", json_string(name));
    json_object_set_new(j, "interval",
                        e->coverage > 0 ? json_pack("[f,f]", e->low, e->high) : json_null());
    json_object_set_new(j, "coverage", json_real(e->coverage));
    return j;
}

static void add_json(json_t *list, const char *suite, const char *name, const char *platform,
                     struct estimate e)
{
    json_t *j = ratio_json(suite, name, platform, &e);

    if (j)
        json_array_append_new(list, j);
}

/* The suites of a result, each once: those of timed rows, or of counted ones. */
static void suites_of(const struct result *result, bool counted, struct args *names)
{
    for (size_t i = 0; i < result->rows.n; i++) {
        const struct row *row = result->rows.v[i];
        const char *stop = strchr(row->name, ':');
        char *suite = counted && stop ? xasprintf("%.*s", (int)(stop - row->name), row->name)
                                      : xstrdup(row->suite);

        if (row->counts.known == counted)
            add_once(names, suite);
        free(suite);
    }
}

/* All of one kind: suite, what its rows say theirs is; mean, the name of the mean, or NULL. */
static void add_all(json_t *rows, json_t *means, const struct result *result, const char *suite,
                    const struct args *names, const char *mean, const char *norm)
{
    const struct platform *all[PLATFORMS_MAX];
    int count = platform_every(all);

    for (int p = 0; p < count; p++) {
        if (!strcmp(all[p]->name, norm))
            continue;
        for (size_t k = 0; k < names->n; k++)
            add_json(rows, suite, names->v[k], all[p]->name,
                     norm_ratio(result, suite, names->v[k], all[p]->name, norm));
        add_json(means, suite, mean, all[p]->name,
                 norm_mean(result, suite, names, all[p]->name, norm));
    }
}

char *norm_json(const struct result *result, const char *norm)
{
    json_t *rows = json_array(), *means = json_array(), *j;
    char *text;

    for (int counted = 0; counted < 2; counted++) {
        struct args suites = {0};

        suites_of(result, counted, &suites);
        for (size_t s = 0; s < suites.n; s++) {
            struct args names = {0};

            norm_names(result, suites.v[s], counted, &names);
            add_all(rows, means, result, counted ? NORM_COUNTED : suites.v[s], &names,
                    counted ? suites.v[s] : NULL, norm);
            args_free(&names);
        }
        args_free(&suites);
    }
    j = json_pack("{s:s,s:s,s:s,s:o,s:o}", "schema", "limpet-ratios-1", "created",
                  facts_text(result->facts, "created"), "norm", norm, "rows", rows, "means", means);
    text = json_dumps(j, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
    json_decref(j);
    return text;
}
