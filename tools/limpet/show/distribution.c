/* Every row of a suite with its distribution, as a text table.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/distribution.h"
#include "results/disturbance.h"
#include "results/estimate.h"
#include "results/results.h"
#include "show/table.h"

#include <stdlib.h>
#include <string.h>

/* What a column shows: the figure to quote, the median of all samples, or a statistic of them. */
enum part { VALUE, INTERVAL, COUNT, STAT };

static const struct column {
    const char *title;
    enum part part;
    bool figure; /* of the figure to quote, which is shown where it is not the samples' median */
    const char *key; /* STAT */
} columns[] = {
    {"figure", VALUE, true, NULL},
    {"95 % interval", INTERVAL, true, NULL},
    {"runs", COUNT, true, NULL},
    {"median", VALUE, false, NULL},
    {"95 % interval", INTERVAL, false, NULL},
    {"n", COUNT, false, NULL},
    {"min", STAT, false, "min"},
    {"p95", STAT, false, "p95"},
    {"p99", STAT, false, "p99"},
    {"p99.9", STAT, false, "p999"},
    {"max", STAT, false, "max"},
    {"mean", STAT, false, "mean"},
};
#define COLUMNS (sizeof columns / sizeof *columns)

/* Are the samples of a row something else than its runs? */
static bool has_own_figure(json_t *row)
{
    return estimate_value(row).n != estimate_median(row).n || json_text(row, "sample_unit")[0];
}

static bool shows(json_t *row, const struct column *c)
{
    struct estimate e = c->figure ? estimate_value(row) : estimate_median(row);
    double value;

    if (c->figure && !has_own_figure(row))
        return false;
    return c->part == STAT ? estimate_stat(row, c->key, &value) : e.known;
}

static void add_cell(struct table *t, json_t *row, const struct column *c)
{
    struct estimate e = c->figure ? estimate_value(row) : estimate_median(row);
    struct buf text = {0};
    double value;

    if (!shows(row, c))
        buf_str(&text, "-");
    else if (c->part == VALUE)
        estimate_text(&text, &e, NUMBER_PLAIN);
    else if (c->part == INTERVAL)
        estimate_interval(&text, &e, NUMBER_PLAIN);
    else if (c->part == COUNT)
        buf_printf(&text, "%zu", e.n);
    else if (estimate_stat(row, c->key, &value))
        estimate_beside(&text, &e, value, NUMBER_PLAIN);
    table_cell(t, "%s", text.len ? text.data : "-");
    buf_free(&text);
}

/* The i-th of the table's rows with its platform, or NULL behind the last. */
static json_t *row_at(const struct distribution *d, size_t i, const struct platform **platform)
{
    json_t *row;
    size_t k;

    for (int c = 0; c < d->count; c++)
        for (k = 0; (row = json_array_get(json_object_get(d->result, "rows"), k)); k++) {
            if (row !=
                    results_row(d->result, d->suite, json_text(row, "name"), d->columns[c]->name) ||
                json_object_get(row, "stage")) /* in the time line */
                continue;
            if (!i--) {
                *platform = d->columns[c];
                return row;
            }
        }
    return NULL;
}

static void remark(const struct distribution *d, json_t *row, const struct platform *platform,
                   struct buf *out)
{
    json_t *modes = json_object_get(json_object_get(row, "stats"), "modes");
    json_t *run = json_array_get(json_object_get(d->result, "runs"),
                                 (size_t)json_integer_value(json_object_get(row, "run")));
    struct estimate e = estimate_median(row);
    struct buf apart = {0};

    if (modes) {
        buf_printf(out, "Two modes: %s on %s, at ", json_text(row, "name"), platform->title);
        estimate_beside(out, &e, json_number_value(json_array_get(modes, 0)), NUMBER_PLAIN);
        buf_str(out, " and ");
        estimate_beside(out, &e, json_number_value(json_array_get(modes, 1)), NUMBER_PLAIN);
        buf_str(out, "\n");
    }
    disturbance_text(row, run, NUMBER_PLAIN, &apart);
    if (apart.len)
        buf_printf(out, "%s on %s: %s\n", json_text(row, "name"), platform->title, apart.data);
    buf_free(&apart);
}

void distribution_format(const struct distribution *d, struct buf *out, struct buf *remarks)
{
    const struct platform *platform;
    bool shown[COLUMNS] = {false};
    struct table t = {.columns = 2};
    json_t *row;
    size_t i, k;

    for (i = 0; (row = row_at(d, i, &platform)); i++)
        for (k = 0; k < COLUMNS; k++)
            shown[k] |= shows(row, &columns[k]);
    table_cell(&t, "%s", d->title);
    table_cell(&t, "%s", "");
    for (k = 0; k < COLUMNS; k++)
        if (shown[k]) {
            table_cell(&t, "%s", columns[k].title);
            t.columns++;
        }
    for (i = 0; (row = row_at(d, i, &platform)); i++) {
        const char *unit = json_text(row, "unit");

        table_cell(&t, strcmp(unit, "cycles") ? "%s [%s]" : "%s", json_text(row, "name"),
                   unit_text(unit));
        table_cell(&t, "%s", platform->title);
        for (k = 0; k < COLUMNS; k++)
            if (shown[k])
                add_cell(&t, row, &columns[k]);
        remark(d, row, platform, remarks);
    }
    if (i) {
        table_format(&t, out);
        buf_str(out, "\n");
    }
    table_free(&t);
}

void distribution_times(const struct distribution *d, struct buf *out)
{
    static const char *const keys[] = {"avg_s", "min_s", "max_s"}, *const titles[] = {"avg", "min",
                                                                                      "max"};
    struct table t = {.columns = 5};
    json_t *row;
    size_t i;

    table_cell(&t, "%s", d->title);
    table_cell(&t, "%s", "");
    for (size_t k = 0; k < sizeof titles / sizeof *titles; k++)
        table_cell(&t, "%s", titles[k]);
    for (i = 0; (row = json_array_get(json_object_get(d->result, "rows"), i)); i++)
        for (int c = 0; c < d->count; c++) {
            if (row !=
                results_row(d->result, d->suite, json_text(row, "name"), d->columns[c]->name))
                continue;
            table_cell(&t, "%s", json_text(row, "name"));
            table_cell(&t, "%s", d->columns[c]->title);
            for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
                table_cell(&t, "%.6f", json_number_value(json_object_get(row, keys[k])));
        }
    if (t.cells.n > t.columns) {
        table_format(&t, out);
        buf_str(out, "\n");
    }
    table_free(&t);
}
