/* The report's tables with a line for each row, skip or fact.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/disturbance.h"
#include "page/page.h"
#include "results/results.h"

#include <stdlib.h>
#include <string.h>

/* The suite, name and platform of a row, the beginning of a line. */
static void row_head(const struct view *v, struct sheet *s, json_t *row)
{
    sheet_cell(s, json_text(row, "name"), json_text(row, "suite"));
    sheet_cell(s, view_title(v, row), NULL);
}

struct reason {
    const char *name;
    double count;
};

static int by_count(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;

    return (x->count < y->count) - (x->count > y->count);
}

/* "io 10, npf 2", the most frequent first. Caller frees. */
static char *reasons_text(json_t *reasons)
{
    struct reason list[64];
    struct buf text = {0};
    size_t n = 0;
    const char *name;
    json_t *count;

    json_object_foreach(reasons, name, count) if (n < sizeof list / sizeof *list) list[n++] =
        (struct reason){name, json_number_value(count)};
    qsort(list, n, sizeof *list, by_count);
    buf_add(&text, "", 0);
    for (size_t i = 0; i < n; i++) {
        buf_printf(&text, "%s%s ", i ? ", " : "", list[i].name);
        number_text(&text, list[i].count);
    }
    return text.data;
}

static bool tells_exits(json_t *row)
{
    return json_object_get(row, "exits") || json_object_get(row, "no_exits");
}

/* Is it the first of its suite and name that tells of exits, or why not? */
static bool first_of_name(const struct view *v, json_t *row)
{
    json_t *other;
    size_t i;

    for (i = 0; (other = json_array_get(json_object_get(v->result, "rows"), i)) != row; i++)
        if (tells_exits(other) && !strcmp(json_text(other, "suite"), json_text(row, "suite")) &&
            !strcmp(json_text(other, "name"), json_text(row, "name")))
            return false;
    return true;
}

/* The platforms with rows that tell of exits, or why not. Returns how many. */
static int exit_columns(const struct view *v, struct column out[PAGE_COLUMNS])
{
    json_t *row;
    size_t i;
    int n = 0;

    for (int c = 0; c < v->count; c++)
        for (i = 0; (row = json_array_get(json_object_get(v->result, "rows"), i)); i++)
            if (tells_exits(row) && !strcmp(json_text(row, "platform"), v->columns[c].name)) {
                out[n++] = v->columns[c];
                break;
            }
    return n;
}

/* A row's exits on all platforms. */
static void exit_line(const struct view *v, struct sheet *s, json_t *row,
                      const struct column *columns, int count)
{
    const char *suite = json_text(row, "suite"), *name = json_text(row, "name");
    struct buf note = {0};

    buf_str(&note, suite);
    if (json_object_get(row, "calls")) {
        buf_str(&note, ", ");
        number_text(&note, json_number(row, "calls"));
        buf_str(&note, " calls");
    }
    sheet_cell(s, name, note.data);
    buf_free(&note);
    for (int c = 0; c < count; c++) {
        json_t *own = results_row(v->result, suite, name, columns[c].name);
        json_t *exits = json_object_get(own, "exits");
        char *by_reason = reasons_text(json_object_get(exits, "reasons"));

        if (exits)
            sheet_number(s, json_number(exits, "total"), by_reason);
        else
            sheet_cell(s, "–", NULL);
        free(by_reason);
    }
}

/* The last line: the reasons of the dashes, each once. */
static void no_exits(const struct view *v, struct sheet *s, const struct column *columns, int count)
{
    json_t *row;
    size_t i;

    sheet_cell(s, "why not", NULL);
    for (int c = 0; c < count; c++) {
        struct buf why = {0};

        buf_add(&why, "", 0);
        for (i = 0; (row = json_array_get(json_object_get(v->result, "rows"), i)); i++) {
            const char *reason = json_text(row, "no_exits");

            if (reason[0] && !strcmp(json_text(row, "platform"), columns[c].name) &&
                !strstr(why.data, reason))
                buf_printf(&why, "%s%s", why.len ? "; " : "", reason);
        }
        sheet_cell(s, why.len ? "" : "–", why.data);
        buf_free(&why);
    }
}

void fill_exits(const struct view *v, struct sheet *s)
{
    struct column columns[PAGE_COLUMNS];
    int count = exit_columns(v, columns);
    json_t *row;
    size_t i;

    if (!count)
        return;
    s->columns = (size_t)count + 1;
    s->words = 1;
    sheet_cell(s, "exits", NULL);
    for (int c = 0; c < count; c++)
        sheet_cell(s, columns[c].title, NULL);
    for (i = 0; (row = json_array_get(json_object_get(v->result, "rows"), i)); i++)
        if (tells_exits(row) && first_of_name(v, row))
            exit_line(v, s, row, columns, count);
    no_exits(v, s, columns, count);
}

/* Numbers in a list, and "…" when there are more. Caller frees. */
static char *list_text(json_t *numbers, double count)
{
    struct buf text = {0};
    json_t *number;
    size_t i;

    buf_add(&text, "", 0);
    for (i = 0; (number = json_array_get(numbers, i)); i++) {
        buf_str(&text, i ? "; " : "");
        number_text(&text, json_number_value(number));
    }
    if (i && (double)i < count)
        buf_str(&text, "; …");
    return text.data;
}

static void oddity(const struct view *v, struct sheet *s, json_t *row, const char *apart)
{
    json_t *stats = json_object_get(row, "stats"), *modes = json_object_get(stats, "modes");
    json_t *outliers = json_object_get(stats, "outliers");
    struct estimate e = estimate_median(row);
    double count = json_number(outliers, "count");
    char *modes_text = list_text(modes, 0),
         *values_text = list_text(json_object_get(outliers, "values"), count);
    struct buf note = {0};

    row_head(v, s, row);
    sheet_number(s, (double)e.n, NULL);
    sheet_cell(s, apart[0] ? apart : "–", NULL);
    sheet_cell(s, modes_text[0] ? modes_text : "–", modes_text[0] ? e.unit : NULL);
    if (count > 0) {
        sheet_number(s, count, NULL);
        number_text(&note, json_number(outliers, "low"));
        buf_str(&note, " low, ");
        number_text(&note, json_number(outliers, "high"));
        buf_printf(&note, " high; %s", e.unit);
        sheet_cell(s, values_text, note.data);
    } else {
        sheet_cell(s, "–", NULL);
        sheet_cell(s, "", NULL);
    }
    buf_free(&note);
    free(modes_text);
    free(values_text);
}

void fill_oddities(const struct view *v, struct sheet *s)
{
    static const char *const heads[] = {"row",          "platform", "samples", "mean and median",
                                        "two modes at", "outliers", "which"};
    json_t *row;
    size_t i;

    for (i = 0; (row = json_array_get(json_object_get(v->result, "rows"), i)); i++) {
        json_t *outliers = json_object_get(json_object_get(row, "stats"), "outliers");
        struct buf apart = {0};

        buf_str(&apart, "");
        disturbance_text(row, view_run(v, row), NUMBER_PEOPLE, &apart);
        s->columns = s->words = sizeof heads / sizeof *heads;
        if (row_two_modes(row) || json_number(outliers, "count") > 0 || apart.len) {
            for (size_t k = 0; !s->n || k % s->columns; k++)
                sheet_cell(s, heads[k], NULL);
            oddity(v, s, row, apart.data ? apart.data : "");
        }
        buf_free(&apart);
    }
}

/* A statistic beside a row's median, or a dash. */
static void stat_cell(struct sheet *s, json_t *row, const struct estimate *median, const char *key)
{
    struct buf text = {0};
    double value;

    if (estimate_stat(row, key, &value))
        estimate_beside(&text, median, value, NUMBER_PEOPLE);
    sheet_cell(s, text.len ? text.data : "–", NULL);
    buf_free(&text);
}

/* A median, its interval and n: three cells. */
static void estimate_cells(struct sheet *s, const struct estimate *e, bool unit)
{
    struct buf text = {0}, interval = {0};

    if (e->known)
        estimate_text(&text, e, NUMBER_PEOPLE);
    if (e->known && unit)
        buf_printf(&text, " %s", e->unit);
    estimate_interval(&interval, e, NUMBER_PEOPLE);
    sheet_cell(s, text.len ? text.data : "–", NULL);
    sheet_cell(s, interval.len ? interval.data : "–", NULL);
    sheet_number(s, (double)e->n, NULL);
    buf_free(&text);
    buf_free(&interval);
}

static void all_of(const struct view *v, struct sheet *s, json_t *row)
{
    static const char *const keys[] = {"min", "p95", "p99", "p999", "max", "mean"};
    struct estimate value = estimate_value(row), median = estimate_median(row);
    bool other_unit = json_text(row, "sample_unit")[0] != '\0';

    row_head(v, s, row);
    estimate_cells(s, &value, true);
    estimate_cells(s, &median, other_unit);
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        stat_cell(s, row, &median, keys[k]);
}

void fill_all(const struct view *v, struct sheet *s)
{
    static const char *const heads[] = {
        "row",           "platform", "figure", "95 % interval", "runs", "median of all samples",
        "95 % interval", "samples",  "min",    "p95",           "p99",  "p99.9",
        "max",           "mean"};
    json_t *row;
    size_t i;

    s->columns = sizeof heads / sizeof *heads;
    s->words = 2;
    for (i = 0; (row = json_array_get(json_object_get(v->result, "rows"), i)); i++) {
        for (size_t k = 0; k < s->columns && s->n < s->columns; k++)
            sheet_cell(s, heads[k], NULL);
        all_of(v, s, row);
    }
}

void fill_skipped(const struct view *v, struct sheet *s)
{
    json_t *skip;
    size_t i;

    for (i = 0; (skip = json_array_get(json_object_get(v->result, "skipped"), i)); i++) {
        if (!s->n) {
            s->columns = s->words = 3;
            sheet_cell(s, "suite", NULL);
            sheet_cell(s, "platform", NULL);
            sheet_cell(s, "why", NULL);
        }
        sheet_cell(s, json_text(skip, "suite"), json_text(skip, "name"));
        sheet_cell(s, view_title(v, skip), NULL);
        sheet_cell(s, json_text(skip, "reason"), NULL);
    }
}

static void facts(struct sheet *s, const char *suite, const char *platform, json_t *object)
{
    struct args facts = {0};

    view_facts(&facts, "", object);
    for (size_t i = 0; i + 1 < facts.n; i += 2) {
        sheet_cell(s, suite, NULL);
        sheet_cell(s, platform, NULL);
        sheet_cell(s, facts.v[i], NULL);
        sheet_cell(s, facts.v[i + 1], NULL);
    }
    args_free(&facts);
}

void fill_provenance(const struct view *v, struct sheet *s)
{
    json_t *run, *whole = view_whole(v);
    size_t i;

    s->columns = s->words = 4;
    sheet_cell(s, "suite", NULL);
    sheet_cell(s, "platform", NULL);
    sheet_cell(s, "fact", NULL);
    sheet_cell(s, "value", NULL);
    facts(s, "all", "", whole);
    json_decref(whole);
    for (i = 0; (run = json_array_get(json_object_get(v->result, "runs"), i)); i++)
        facts(s, json_text(run, "suite"), view_title(v, run), run);
}
