/* Tables with a line for each row, skip or fact.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/disturbance.h"
#include "results/results.h"
#include "show/fill.h"

#include <stdlib.h>
#include <string.h>

/* The name, suite and platform of a row, the beginning of a line. */
static void row_head(const struct view *v, struct sheet *s, json_t *row)
{
    cell_note(sheet_cell(s, "%s", json_text(row, "name")), "%s", json_text(row, "suite"));
    sheet_cell(s, "%s", view_title(v, row));
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
static int exit_columns(const struct view *v, struct column out[VIEW_COLUMNS])
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

struct reason {
    const char *name;
    double count; /* the greatest of all platforms */
};

static int by_count(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;

    return (x->count < y->count) - (x->count > y->count);
}

/* Adds a platform's reasons to the list of all. Returns how many it has. */
static size_t add_reasons(json_t *reasons, struct reason *list, size_t n, size_t most)
{
    const char *name;
    json_t *count;
    size_t i;

    json_object_foreach(reasons, name, count)
    {
        for (i = 0; i < n && strcmp(list[i].name, name) != 0;)
            i++;
        if (i == most)
            continue;
        if (i == n)
            list[n++] = (struct reason){name, 0};
        if (json_number_value(count) > list[i].count)
            list[i].count = json_number_value(count);
    }
    return n;
}

/* A row's exits on all platforms: all, then by reason, the most frequent first. */
static void exit_lines(const struct view *v, struct sheet *s, json_t *row,
                       const struct column *columns, int count)
{
    const char *suite = json_text(row, "suite"), *name = json_text(row, "name");
    json_t *exits[VIEW_COLUMNS], *number;
    struct reason list[64];
    struct cell *label;
    size_t n = 0;

    label = sheet_cell(s, "%s", name);
    cell_note(label, "%s", suite);
    if (json_object_get(row, "calls")) {
        struct buf calls = {0};

        number_text(&calls, json_number(row, "calls"));
        cell_note(label, "%s calls", calls.data);
        buf_free(&calls);
    }
    for (int c = 0; c < count; c++) {
        exits[c] = json_object_get(results_row(v->result, suite, name, columns[c].name), "exits");
        if (exits[c])
            sheet_number(s, json_number(exits[c], "total"));
        else
            sheet_none(s);
        n = add_reasons(json_object_get(exits[c], "reasons"), list, n, sizeof list / sizeof *list);
    }
    qsort(list, n, sizeof *list, by_count);
    for (size_t i = 0; i < n; i++) {
        sheet_cell(s, "    %s", list[i].name);
        for (int c = 0; c < count; c++) {
            number = json_object_get(json_object_get(exits[c], "reasons"), list[i].name);
            if (number)
                sheet_number(s, json_number_value(number));
            else
                sheet_none(s);
        }
    }
}

/* The last line: the reasons of the dashes, each once. */
static void no_exits(const struct view *v, struct sheet *s, const struct column *columns, int count)
{
    json_t *row;
    size_t i;

    sheet_cell(s, "why not");
    for (int c = 0; c < count; c++) {
        struct cell *cell = sheet_none(s);

        for (i = 0; (row = json_array_get(json_object_get(v->result, "rows"), i)); i++) {
            const char *reason = json_text(row, "no_exits");

            if (reason[0] && !strcmp(json_text(row, "platform"), columns[c].name) &&
                (!cell->note || !strstr(cell->note, reason)))
                cell_note(cell, "%s", reason);
        }
    }
}

void fill_exits(const struct view *v, struct sheet *s)
{
    struct column columns[VIEW_COLUMNS];
    int count = exit_columns(v, columns);
    json_t *row;
    size_t i;

    if (!count)
        return;
    s->columns = (size_t)count + 1;
    sheet_cell(s, "exits");
    for (int c = 0; c < count; c++)
        sheet_cell(s, "%s", columns[c].title);
    for (i = 0; (row = json_array_get(json_object_get(v->result, "rows"), i)); i++)
        if (tells_exits(row) && first_of_name(v, row))
            exit_lines(v, s, row, columns, count);
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
    sheet_estimate(s, CELL_COUNT, &e);
    sheet_words(s, apart);
    cell_note(sheet_words(s, modes_text), "%s", modes_text[0] ? e.unit : "");
    if (count > 0) {
        sheet_number(s, count);
        number_text(&note, json_number(outliers, "low"));
        buf_str(&note, " low, ");
        number_text(&note, json_number(outliers, "high"));
        buf_printf(&note, " high; %s", e.unit);
        cell_note(sheet_cell(s, "%s", values_text), "%s", note.data);
    } else {
        sheet_none(s);
        sheet_cell(s, "%s", "");
    }
    buf_free(&note);
    free(modes_text);
    free(values_text);
}

void fill_oddities(const struct view *v, struct sheet *s)
{
    static const char *const heads[] = {"row",          "platform", "samples", "mean and median",
                                        "two modes at", "outliers", "which",   NULL};
    json_t *row;
    size_t i;

    for (i = 0; (row = json_array_get(json_object_get(v->result, "rows"), i)); i++) {
        json_t *outliers = json_object_get(json_object_get(row, "stats"), "outliers");
        struct buf apart = {0};

        buf_str(&apart, "");
        disturbance_text(row, view_run(v, row), NUMBER_PEOPLE, &apart);
        if (row_two_modes(row) || json_number(outliers, "count") > 0 || apart.len) {
            if (!s->n)
                sheet_begin(s, heads, ~0u);
            oddity(v, s, row, apart.data);
        }
        buf_free(&apart);
    }
}

/* The figure to quote and the median of all samples, each with its interval and n: six cells. own:
 * without the figure where it is the same as the median. */
static void estimates(struct sheet *s, json_t *row, bool own)
{
    static const enum cell_kind parts[] = {CELL_VALUE, CELL_INTERVAL, CELL_COUNT};
    struct estimate value = estimate_value(row), median = estimate_median(row);
    bool other_unit = json_text(row, "sample_unit")[0];
    bool hide = own && value.n == median.n && !other_unit;

    for (size_t i = 0; i < 3; i++)
        if (hide)
            sheet_none(s);
        else
            sheet_estimate(s, parts[i], &value)->unit = !own;
    for (size_t i = 0; i < 3; i++)
        sheet_estimate(s, parts[i], &median)->unit = !own && other_unit;
}

/* The rest of a row's distribution. */
static void spread(struct sheet *s, json_t *row)
{
    static const char *const keys[] = {"min", "p95", "p99", "p999", "max", "mean"};
    struct estimate median = estimate_median(row);
    double value;

    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        if (estimate_stat(row, keys[k], &value))
            sheet_beside(s, &median, value);
        else
            sheet_none(s);
}

void fill_all(const struct view *v, struct sheet *s)
{
    static const char *const heads[] = {
        "row",           "platform", "figure", "95 % interval", "runs", "median of all samples",
        "95 % interval", "samples",  "min",    "p95",           "p99",  "p99.9",
        "max",           "mean",     NULL};
    json_t *row;
    size_t i;

    for (i = 0; (row = json_array_get(json_object_get(v->result, "rows"), i)); i++) {
        if (!i)
            sheet_begin(s, heads, 1 << 1);
        row_head(v, s, row);
        estimates(s, row, false);
        spread(s, row);
    }
}

void fill_distribution(const struct view *v, const char *suite, struct sheet *s)
{
    static const char *const heads[] = {
        "row", "",    "figure", "95 % interval", "runs", "median", "95 % interval", "n", "min",
        "p95", "p99", "p99.9",  "max",           "mean", NULL};
    json_t *row;
    size_t i;

    for (i = 0; (row = json_array_get(json_object_get(v->result, "rows"), i)); i++) {
        const char *unit = json_text(row, "unit");

        if (strcmp(json_text(row, "suite"), suite) != 0 || json_object_get(row, "stage"))
            continue;
        if (!s->n)
            sheet_begin(s, heads, 0);
        sheet_cell(s, strcmp(unit, "cycles") ? "%s [%s]" : "%s", json_text(row, "name"),
                   unit_text(unit));
        sheet_cell(s, "%s", view_title(v, row));
        estimates(s, row, true);
        spread(s, row);
    }
    sheet_drop_empty(s, 2);
}

void fill_times(const struct view *v, struct sheet *s)
{
    static const char *const heads[] = {"row", "", "avg", "min", "max", NULL};
    static const char *const keys[] = {"avg_s", "min_s", "max_s"};
    json_t *row;
    size_t i;

    for (i = 0; (row = json_array_get(json_object_get(v->result, "rows"), i)); i++) {
        if (strcmp(json_text(row, "suite"), "stream") != 0)
            continue;
        if (!s->n)
            sheet_begin(s, heads, 0);
        sheet_cell(s, "%s", json_text(row, "name"));
        sheet_cell(s, "%s", view_title(v, row));
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
            sheet_cell(s, "%.6f", json_number(row, keys[k]));
    }
}

void fill_stages(const struct view *v, struct sheet *s)
{
    static const char *const heads[] = {"platform", "stage", "ms", "share", NULL};
    struct stages stages;

    for (int c = 0; c < v->count; c++) {
        if (!view_stages(v, v->columns[c].name, &stages))
            continue;
        if (!s->n)
            sheet_begin(s, heads, 1 << 1);
        for (size_t i = 0; i <= stages.count; i++) {
            bool stage = i < stages.count;
            double ms = stage ? stages.v[i].ms : stages.total_ms;
            struct buf text = {0};
            struct cell *name;

            sheet_cell(s, "%s", v->columns[c].title);
            name = sheet_cell(s, "%s", stage ? stages.v[i].name : "start to exit");
            if (!stage)
                cell_note(name, "the middle one of %zu boots", stages.boots);
            decimal_text(&text, ms, 3);
            cell_note(sheet_cell(s, "%s", text.data), ms < 0 ? "noise" : "%s", "");
            buf_clear(&text);
            share_text(&text, ms / stages.total_ms);
            sheet_cell(s, "%s", text.data);
            buf_free(&text);
        }
    }
}

void fill_skipped(const struct view *v, struct sheet *s)
{
    static const char *const heads[] = {"suite", "platform", "why", NULL};
    json_t *skip;
    size_t i;

    for (i = 0; (skip = json_array_get(json_object_get(v->result, "skipped"), i)); i++) {
        if (!s->n)
            sheet_begin(s, heads, ~0u);
        cell_note(sheet_cell(s, "%s", json_text(skip, "suite")), "%s", json_text(skip, "name"));
        sheet_cell(s, "%s", view_title(v, skip));
        sheet_cell(s, "%s", json_text(skip, "reason"));
    }
}

static void facts(struct sheet *s, const char *suite, const char *platform, json_t *object)
{
    struct args facts = {0};

    view_facts(&facts, "", object);
    for (size_t i = 0; i + 1 < facts.n; i += 2)
        sheet_cells(s, (const char *[]){suite, platform, facts.v[i], facts.v[i + 1], NULL});
    args_free(&facts);
}

void fill_provenance(const struct view *v, struct sheet *s)
{
    static const char *const heads[] = {"suite", "platform", "fact", "value", NULL};
    json_t *run, *whole = view_whole(v);
    size_t i;

    sheet_begin(s, heads, ~0u);
    facts(s, "all", "", whole);
    json_decref(whole);
    for (i = 0; (run = json_array_get(json_object_get(v->result, "runs"), i)); i++)
        facts(s, json_text(run, "suite"), view_title(v, run), run);
}
