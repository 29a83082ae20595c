/* The report: a result as a page (HTML), as Markdown, as CSV. The room draws plots and bars, and
 * writes the tables that show/ fills (fill.h) with three pens. It may use show/ and what is below.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_PAGE_H
#define LIMPET_PAGE_H

#include "measure/suites.h"
#include "page/pens.h"
#include "results/comparison.h"
#include "show/across.h"
#include "show/fill.h"
#include "show/history.h"
#include "show/view.h"

/* The parts of a report, in their order. */
struct part {
    const char *section;                               /* begins one, or NULL */
    const char *title, *intro;                         /* intro: one or two sentences, or NULL */
    void (*fill)(const struct view *, struct sheet *); /* leaves it empty when there is nothing */
    /* HTML only. Writes nothing when there is nothing. */
    void (*draw)(const struct view *, struct buf *out);
    bool folded;               /* HTML: to be opened */
    bool md_alone;             /* the table is not in the page: there it is drawn */
    const struct suite *suite; /* its own part: fill and draw are NULL */
};

#define PAGE_PARTS (SUITES_MAX + 20)
struct part_list {
    struct part v[PAGE_PARTS];
    size_t n;
};
void page_parts(struct part_list *list);
void comparison_parts(struct part_list *list); /* of a comparison, before those of its sides */
/* Its title: of a program of the user's own with the program's name, not escaped. Caller frees. */
char *part_title(const struct part *part, const struct view *view);

void part_fill(const struct part *part, const struct view *view, struct sheet *sheet);
void part_draw(const struct part *part, const struct view *view, struct buf *out);

/* The sentence that a result begins with; of a comparison also what one must know to believe it. */
void page_lead(const struct view *view, struct buf *sentence, struct buf *basis);

/* Figures (draw.c). */
void draw_bars(const struct view *view, const char *suite, struct buf *out);
void draw_plots(const struct view *view, const char *suite, struct buf *out);
void draw_changes(const struct view *view, struct buf *out); /* of a comparison, sides.c */
void draw_sides(const struct view *view, struct buf *out);
void draw_findings(const struct view *view, struct buf *out);
void draw_basic(const struct view *view, struct buf *out);
void draw_stages(const struct view *view, struct buf *out);
void draw_phases(const struct view *view, struct buf *out);                    /* chart.c */
void draw_all_phases(const struct view *views, size_t count, struct buf *out); /* of several */
void draw_boot(const struct view *view, struct buf *out);
void draw_provenance(const struct view *view, struct buf *out);

/* Appends the distributions of n rows, which have samples, as SVG. label: for those who do not see
 * it. */
void plot_svg(const struct column *columns, const struct row *const *rows, int n, const char *label,
              struct buf *out);

/* How to read the distributions. */
extern const char plot_key[];

extern const char page_style[], page_script[];

/* What is around every page's articles. title: ours; date: of which the day is shown. */
void page_begin(const char *title, const char *date, struct buf *out);
void page_end(struct buf *out);

/* A history (history.c). */
void history_html(const struct history *history, struct buf *out);
void history_md(const struct history *history, struct buf *out);

/* The whole report in one of its forms. */
void page_html(const struct view *views, size_t count, struct buf *out);
void page_md(const struct view *views, size_t count, struct buf *out);
/* All tables as text, of which limpet bench shows those of one suite. */
void page_tables(const struct view *views, size_t count, struct buf *out);
/* Several results side by side: an article of the page, a section of the Markdown. */
void across_html(const struct across *across, struct buf *out);
void across_md(const struct across *across, struct buf *out);
/* A comparison alone, for a pull request. */
void comparison_md(const struct comparison *c, struct buf *out);

/* One of counts. */
struct count_comparison;
void count_comparison_md(const struct count_comparison *c, struct buf *out);
void page_csv(const struct view *views, size_t count, struct buf *out);
/* Every ratio to the views' norm as a line of CSV. */
void norm_csv(const struct view *views, size_t count, struct buf *out);
/* Every sample as a line of CSV (docs/results.md). */
void page_samples(const struct view *views, size_t count, struct buf *out);

#endif
