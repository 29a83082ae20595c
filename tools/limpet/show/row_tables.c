/* Tables with a line for each row, skip or fact.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/boots.h"
#include "results/disturbance.h"
#include "results/results.h"
#include "show/fill.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The name, suite and platform of a row, the beginning of a line. */
static void row_head(const struct view *v, struct sheet *s, const struct row *row)
{
    struct buf place = {0};

    view_place(results_run_of(v->result, row), &place);
    cell_note(sheet_cell(s, "%s", row->name), "%s", row->suite);
    cell_note(sheet_cell(s, "%s", view_title(v, row->platform)), "%s",
              place.len ? place.data + 2 : "");
    buf_free(&place);
}

static bool tells_exits(const struct row *row) { return row->exits.known || row->no_exits; }

/* Is it the first of its suite and name that tells of exits, or why not? */
static bool first_of_name(const struct view *v, const struct row *row)
{
    const struct row *other;
    size_t i;

    for (i = 0; (other = rows_at(&v->result->rows, i)) != row; i++)
        if (tells_exits(other) && !strcmp(other->suite, row->suite) &&
            !strcmp(other->name, row->name))
            return false;
    return true;
}

/* The platforms with rows that tell of exits, or why not. Returns how many. */
static int exit_columns(const struct view *v, struct column out[VIEW_COLUMNS])
{
    const struct row *row;
    size_t i;
    int n = 0;

    for (int c = 0; c < v->count; c++)
        for (i = 0; (row = rows_at(&v->result->rows, i)); i++)
            if (tells_exits(row) && !strcmp(row->platform, v->columns[c].name)) {
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
static size_t add_reasons(const struct exit_counts *exits, struct reason *list, size_t n,
                          size_t most)
{
    for (size_t k = 0; k < exits->n; k++) {
        const struct exit_reason *reason = &exits->reasons[k];
        size_t i = 0;

        while (i < n && strcmp(list[i].name, reason->name) != 0)
            i++;
        if (i == most)
            continue;
        if (i == n)
            list[n++] = (struct reason){reason->name, 0};
        if (reason->count > list[i].count)
            list[i].count = reason->count;
    }
    return n;
}

/* A cell with a platform's exits for a reason. */
static void reason_cell(struct sheet *s, const struct exit_counts *exits, const char *reason)
{
    for (size_t i = 0; i < exits->n; i++)
        if (!strcmp(exits->reasons[i].name, reason)) {
            sheet_number(s, exits->reasons[i].count);
            return;
        }
    sheet_none(s);
}

/* Were they counted in other calls than the row's? */
static bool own_calls(const struct exit_counts *const *exits, int count)
{
    bool any = false;

    for (int c = 0; c < count; c++)
        any |= exits[c]->calls > 0;
    return any;
}

/* In how many calls a row's exits were counted, which not every platform did as often. */
static void calls_line(const struct view *v, struct sheet *s, const struct row *row,
                       const struct column *columns, int count)
{
    sheet_cell(s, "    in so many calls");
    for (int c = 0; c < count; c++) {
        const struct row *own = results_row(v->result, row->suite, row->name, columns[c].name);

        if (own && own->exits.known)
            sheet_number(s, own->exits.calls > 0 ? own->exits.calls : own->calls);
        else
            sheet_none(s);
    }
}

/* A row's exits on all platforms: all, then by reason, the most frequent first. Nothing for a row
 * of which no platform's were counted. */
static void exit_lines(const struct view *v, struct sheet *s, const struct row *row,
                       const struct column *columns, int count)
{
    const char *suite = row->suite, *name = row->name;
    static const struct exit_counts none;
    const struct exit_counts *exits[VIEW_COLUMNS];
    struct reason list[64] = {{0}};
    struct cell *label;
    size_t n = 0;
    bool any = false;

    for (int c = 0; c < count; c++) {
        const struct row *own = results_row(v->result, suite, name, columns[c].name);

        exits[c] = own ? &own->exits : &none;
        any |= exits[c]->known;
        n = add_reasons(exits[c], list, n, sizeof list / sizeof *list);
    }
    if (!any)
        return;
    label = sheet_cell(s, "%s", name);
    cell_note(label, "%s", suite);
    if (!isnan(row->calls) && !own_calls(exits, count)) {
        struct buf calls = {0};

        number_text(&calls, row->calls);
        cell_note(label, "%s calls", calls.data);
        buf_free(&calls);
    }
    for (int c = 0; c < count; c++)
        if (exits[c]->known)
            sheet_number(s, exits[c]->total);
        else
            sheet_none(s);
    if (own_calls(exits, count))
        calls_line(v, s, row, columns, count);
    qsort(list, n, sizeof *list, by_count);
    for (size_t i = 0; i < n; i++) {
        sheet_cell(s, "    %s", list[i].name);
        for (int c = 0; c < count; c++)
            reason_cell(s, exits[c], list[i].name);
    }
}

/* The last line: the reasons of the dashes, each once. */
static void no_exits(const struct view *v, struct sheet *s, const struct column *columns, int count)
{
    const struct row *row;
    size_t i;

    sheet_cell(s, "why not");
    for (int c = 0; c < count; c++) {
        struct cell *cell = sheet_none(s);

        for (i = 0; (row = rows_at(&v->result->rows, i)); i++) {
            const char *reason = row->no_exits;

            if (reason && !strcmp(row->platform, columns[c].name) &&
                (!cell->note || !strstr(cell->note, reason)))
                cell_note(cell, "%s", reason);
        }
    }
}

void fill_exits(const struct view *v, struct sheet *s)
{
    struct column columns[VIEW_COLUMNS];
    int count = exit_columns(v, columns);
    const struct row *row;
    size_t i;

    if (!count)
        return;
    s->columns = (size_t)count + 1;
    sheet_cell(s, "exits");
    for (int c = 0; c < count; c++)
        sheet_cell(s, "%s", columns[c].title);
    for (i = 0; (row = rows_at(&v->result->rows, i)); i++)
        if (tells_exits(row) && first_of_name(v, row))
            exit_lines(v, s, row, columns, count);
    no_exits(v, s, columns, count);
}

/* Numbers in a list, and "…" when there are more. Caller frees. */
static char *list_text(const double *numbers, size_t n, size_t count)
{
    struct buf text = {0};

    buf_add(&text, "", 0);
    for (size_t i = 0; i < n; i++) {
        buf_str(&text, i ? "; " : "");
        number_text(&text, numbers[i]);
    }
    if (n && n < count)
        buf_str(&text, "; …");
    return text.data;
}

static void oddity(const struct view *v, struct sheet *s, const struct row *row, const char *apart)
{
    const struct stats *stats = &row->stats;
    struct estimate e = estimate_median(row);
    size_t count = stats->low + stats->high;
    char *modes_text = list_text(stats->modes, stats->two_modes ? 2 : 0, 0),
         *values_text = list_text(stats->extremes, stats->extreme_count, count);
    struct buf note = {0};

    row_head(v, s, row);
    sheet_estimate(s, CELL_COUNT, &e);
    sheet_words(s, apart);
    cell_note(sheet_words(s, modes_text), "%s", modes_text[0] ? e.unit : "");
    if (count > 0) {
        sheet_number(s, (double)count);
        number_text(&note, (double)stats->low);
        buf_str(&note, " low, ");
        number_text(&note, (double)stats->high);
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
    const struct row *row;
    size_t i;

    for (i = 0; (row = rows_at(&v->result->rows, i)); i++) {
        struct buf apart = {0};

        buf_str(&apart, "");
        disturbance_text(row, results_run_of(v->result, row), NUMBER_PEOPLE, &apart);
        if (row_two_modes(row) || row->stats.low + row->stats.high > 0 || apart.len) {
            if (!s->n)
                sheet_begin(s, heads, ~0u);
            oddity(v, s, row, apart.data);
        }
        buf_free(&apart);
    }
}

/* The figure to quote and the median of all samples, each with its interval and n: six cells. own:
 * without the figure where it is the same as the median. */
static void estimates(struct sheet *s, const struct row *row, bool own)
{
    static const enum cell_kind parts[] = {CELL_VALUE, CELL_INTERVAL, CELL_COUNT};
    struct estimate value = estimate_value(row), median = estimate_median(row);
    bool other_unit = row->sample_unit != NULL;
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
static void spread(struct sheet *s, const struct row *row)
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
    const struct row *row;
    size_t i;

    for (i = 0; (row = rows_at(&v->result->rows, i)); i++) {
        if (row->counts.known) /* in a table of their own */
            continue;
        if (!s->n)
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
    const struct row *row;
    size_t i;

    for (i = 0; (row = rows_at(&v->result->rows, i)); i++) {
        const char *unit = row->unit;

        if (strcmp(row->suite, suite) != 0 || row->stage)
            continue;
        if (!s->n)
            sheet_begin(s, heads, 0);
        sheet_cell(s, strcmp(unit, "cycles") ? "%s [%s]" : "%s", row->name, unit_text(unit));
        sheet_cell(s, "%s", view_title(v, row->platform));
        estimates(s, row, true);
        spread(s, row);
    }
    sheet_drop_empty(s, 2);
}

void fill_times(const struct view *v, struct sheet *s)
{
    static const char *const heads[] = {"row", "", "avg", "min", "max", NULL};
    const struct row *row;
    size_t i;

    for (i = 0; (row = rows_at(&v->result->rows, i)); i++) {
        if (strcmp(row->suite, "stream") != 0)
            continue;
        if (!s->n)
            sheet_begin(s, heads, 0);
        sheet_cell(s, "%s", row->name);
        sheet_cell(s, "%s", view_title(v, row->platform));
        sheet_cell(s, "%.6f", row->avg_s);
        sheet_cell(s, "%.6f", row->min_s);
        sheet_cell(s, "%.6f", row->max_s);
    }
}

void fill_stages(const struct view *v, struct sheet *s)
{
    static const char *const heads[] = {"platform", "stage", "ms", "share", NULL};
    struct boot_stages stages;

    for (int c = 0; c < v->count; c++) {
        if (!boots_stages(v->result, v->columns[c].name, &stages))
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
            share_text(&text, stage ? stages.v[i].share : 1);
            sheet_cell(s, "%s", text.data);
            buf_free(&text);
        }
    }
}

void fill_skipped(const struct view *v, struct sheet *s)
{
    static const char *const heads[] = {"suite", "platform", "why", NULL};

    for (size_t i = 0; i < v->result->skip_count; i++) {
        const struct skip *skip = &v->result->skips[i];

        if (!s->n)
            sheet_begin(s, heads, ~0u);
        sheet_cell(s, "%s", skip->suite);
        sheet_cell(s, "%s", view_title(v, skip->platform));
        sheet_cell(s, "%s", skip->reason);
    }
}

static void facts(struct sheet *s, const char *suite, const char *platform, const struct facts *of)
{
    struct args facts = {0};

    facts_list(of, &facts);
    for (size_t i = 0; i + 1 < facts.n; i += 2)
        sheet_cells(s, (const char *[]){suite, platform, facts.v[i], facts.v[i + 1], NULL});
    args_free(&facts);
}

void fill_provenance(const struct view *v, struct sheet *s)
{
    static const char *const heads[] = {"suite", "platform", "fact", "value", NULL};
    const struct facts *run;
    size_t i;

    sheet_begin(s, heads, ~0u);
    facts(s, "all", "", v->result->facts);
    for (i = 0; i < v->result->run_count && (run = v->result->runs[i]); i++)
        facts(s, facts_text(run, "suite"), view_title(v, facts_text(run, "platform")), run);
}
