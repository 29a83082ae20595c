/* The report: a result as a page (HTML), as Markdown, as CSV, as text.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_PAGE_H
#define LIMPET_PAGE_H

#include "base/buf.h"
#include "results/estimate.h"
#include "results/results.h"

#include <jansson.h>
#include <stdbool.h>

#define PAGE_COLUMNS 16
#define PAGE_STAGES  40

/* A platform as the page shows it. */
struct column {
    const char *name, *title;
    int colour; /* number of its colour in the page's style, PAGE_COLOURS of them */
};
#define PAGE_COLOURS 8

/* A result and the platforms that it knows, in the tables' order. All is borrowed from the result.
 */
struct comparison;
struct view {
    json_t *result;
    const char *file;
    const struct comparison *comparison; /* whose side A this is, or NULL */
    struct column columns[PAGE_COLUMNS];
    int count;
};

void view_init(struct view *view, json_t *result, const char *file);

/* The platforms with rows or skips of a suite. Returns how many were written to out. */
int view_columns(const struct view *view, const char *suite, struct column out[PAGE_COLUMNS]);

/* The names of a suite's rows, each once, in the order of the result. Caller frees. */
void view_names(const struct view *view, const char *suite, struct args *names);

/* The date of a result, "2026-11-21" (10 characters of it), or "". */
const char *view_date(const struct view *view);

/* The number of an object's key; 0 when there is none (the text: json_text() of results.h). */
double json_number(json_t *object, const char *key);

/* The run that a row comes from, or NULL. */
json_t *view_run(const struct view *view, json_t *row);

/* The title of the platform that a row, run or skip is about. */
const char *view_title(const struct view *view, json_t *object);

/* The result without its lists. Caller decrefs. */
json_t *view_whole(const struct view *view);

/* Appends an object's keys and values in turn; those of objects in it as "clock, source". */
void view_facts(struct args *out, const char *prefix, json_t *object);

bool row_two_modes(json_t *row);

/* A row's unit as people write it: "µs" for "us". */
const char *row_unit(json_t *row);

/* The boot whose total is the median one, stage by stage. */
struct stages {
    const char *why; /* there are none, or NULL; "" when there were no boots */
    double total_ms, sum_ms;
    size_t boots, count;
    struct {
        const char *name;
        double ms;
    } v[PAGE_STAGES];
};

/* Returns false when the platform has no boot time line. */
bool view_stages(const struct view *view, const char *platform, struct stages *out);

/* "12.3 %", or "0.0017 %". */
void share_text(char *text, size_t size, double share);

/* Text that others wrote, made harmless for the format at hand. */
void html_text(struct buf *out, const char *text);
void md_text(struct buf *out, const char *text); /* also in a table's cell */
void csv_text(struct buf *out, const char *text);

/* A table. The first row is its heading, the first cell of each row names the row. */
struct sheet {
    size_t columns;
    struct cell {
        char *text, *note; /* note: said smaller beside or below, or NULL */
    } * cells;
    size_t n;
    size_t words; /* so many columns, from the left, hold words rather than numbers */
};

void sheet_cell(struct sheet *sheet, const char *text, const char *note);
void sheet_number(struct sheet *sheet, double value, const char *note);

/* A figure, with or without its unit; beside it its interval, n, and more (or NULL). */
void sheet_estimate(struct sheet *sheet, const struct estimate *e, bool unit, const char *more);
void sheet_free(struct sheet *sheet);
void sheet_html(const struct sheet *sheet, const char *caption, struct buf *out);
void sheet_md(const struct sheet *sheet, struct buf *out);

/* The parts of a report, in their order. */
struct part {
    const char *section;                               /* begins one, or NULL */
    const char *title, *intro;                         /* intro: one or two sentences, or NULL */
    void (*fill)(const struct view *, struct sheet *); /* leaves it empty when there is nothing */
    /* HTML only. Writes nothing when there is nothing. */
    void (*draw)(const struct view *, struct buf *out);
    bool folded;   /* HTML: to be opened */
    bool md_alone; /* the table is not in the page: there it is drawn */
};
extern const struct part page_parts[]; /* ends with a NULL title */

/* Of a comparison: the verdicts' sum, what differs between its sides, and the verdict on each row
 * (page_verdict.c). */
void fill_sum(const struct view *view, struct sheet *sheet);
void fill_sides(const struct view *view, struct sheet *sheet);
void fill_verdict(const struct view *view, struct sheet *sheet);

/* Tables with a line for each row, skip or fact (page_rows.c). */
void fill_exits(const struct view *view, struct sheet *sheet);
void fill_oddities(const struct view *view, struct sheet *sheet);
void fill_all(const struct view *view, struct sheet *sheet);
void fill_skipped(const struct view *view, struct sheet *sheet);
void fill_provenance(const struct view *view, struct sheet *sheet);

/* Figures (page_draw.c). */
void draw_basic(const struct view *view, struct buf *out);
void draw_stream(const struct view *view, struct buf *out);
void draw_stages(const struct view *view, struct buf *out);
void draw_boot(const struct view *view, struct buf *out);
void draw_throughput(const struct view *view, struct buf *out);
void draw_provenance(const struct view *view, struct buf *out);

/* Appends the distributions of n rows, which have samples, as SVG. label: for those who do not see
 * it. */
void plot_svg(const struct column *columns, json_t *const *rows, int n, const char *label,
              struct buf *out);

extern const char page_style[];

/* The whole report in one of its forms. */
void page_html(const struct view *views, size_t count, struct buf *out);
void page_md(const struct view *views, size_t count, struct buf *out);
/* All tables as text, of which limpet bench shows those of one suite. */
void page_tables(const struct view *views, size_t count, struct buf *out);
void page_csv(const struct view *views, size_t count, struct buf *out);

#endif
