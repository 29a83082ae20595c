/* A history as a page with a small plot of every row, and as Markdown.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/page.h"
#include "show/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of a plot's drawing, which the page scales. */
#define PLOT_WIDTH  300
#define PLOT_LEFT   48 /* of the first session, */
#define PLOT_RIGHT  292
#define PLOT_TOP    12 /* of the greatest figure, */
#define PLOT_BOTTOM 78
#define PLOT_HEIGHT 98

/* What a series is drawn to. */
struct scale {
    double low, high; /* figures */
    size_t sessions;
};

static double x_of(const struct scale *s, double session)
{
    double most = s->sessions > 1 ? (double)(s->sessions - 1) : 1;

    return PLOT_LEFT + session / most * (PLOT_RIGHT - PLOT_LEFT);
}

static double y_of(const struct scale *s, double figure)
{
    double share = s->high > s->low ? (figure - s->low) / (s->high - s->low) : 0.5;

    return PLOT_BOTTOM - fmin(fmax(share, 0), 1) * (PLOT_BOTTOM - PLOT_TOP);
}

static struct scale scale_of(const struct history *h, const struct series *s)
{
    struct scale scale = {INFINITY, -INFINITY, h->n};

    for (size_t k = 0; k < s->n; k++) {
        scale.low = fmin(scale.low, s->points[k].e.value);
        scale.high = fmax(scale.high, s->points[k].e.value);
    }
    return scale;
}

/* What a reader who does not see it is told. */
static void label_of(const struct history *h, const struct series *s, struct buf *out)
{
    struct estimate last = history_level_of(s, s->change_count);

    history_title(s, out);
    buf_printf(out, ": %zu session%s, ", s->n, s->n == 1 ? "" : "s");
    for (size_t i = 0; i < s->change_count; i++) {
        struct estimate from = history_level_of(s, i);

        estimate_text(out, &from, NUMBER_PEOPLE);
        buf_str(out, " until ");
        history_when(&h->sessions[s->points[s->changes[i].at].session], out);
        buf_str(out, ", then ");
    }
    estimate_text(out, &last, NUMBER_PEOPLE);
    buf_printf(out, " %s", s->unit);
}

static void dots(const struct scale *scale, const struct series *s, struct buf *out)
{
    buf_printf(out, "<path stroke=\"var(--c)\" stroke-width=\"%s\" stroke-linecap=\"round\" d=\"",
               s->n > 200 ? "2" : "3.6");
    for (size_t k = 0; k < s->n; k++)
        buf_printf(out, "M%.1f,%.1fh0", x_of(scale, (double)s->points[k].session),
                   y_of(scale, s->points[k].e.value));
    buf_str(out, "\"/>\n");
}

/* The levels as lines, the changes between them as broken ones. */
static void levels(const struct scale *scale, const struct series *s, struct buf *out)
{
    buf_str(out, "<path stroke=\"var(--c)\" stroke-opacity=\".75\" stroke-width=\"1.6\" d=\"");
    for (size_t i = 0; i <= s->change_count; i++) {
        size_t from = i ? s->changes[i - 1].at : 0;
        size_t end = i < s->change_count ? s->changes[i].at : s->n;

        buf_printf(out, "M%.1f,%.1fH%.1f", x_of(scale, (double)s->points[from].session),
                   y_of(scale, history_level_of(s, i).value),
                   x_of(scale, (double)s->points[end - 1].session));
    }
    buf_str(out, "\"/>\n<path stroke=\"currentColor\" stroke-dasharray=\"2,3\" d=\"");
    for (size_t i = 0; i < s->change_count; i++) {
        const struct point *p = &s->points[s->changes[i].at];

        buf_printf(out, "M%.1f,%dV%d",
                   (x_of(scale, (double)p[-1].session) + x_of(scale, (double)p->session)) / 2,
                   PLOT_TOP - 6, PLOT_BOTTOM + 6);
    }
    buf_str(out, "\"/>\n");
}

static void axis_number(const struct series *s, double value, double y, struct buf *out)
{
    struct estimate level = history_level_of(s, 0);

    buf_printf(out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", PLOT_LEFT - 8, y + 3.5);
    estimate_beside(out, &level, value, NUMBER_PEOPLE);
    buf_str(out, "</text>\n");
}

static void axis_date(const struct history *h, size_t session, const char *anchor, double x,
                      struct buf *out)
{
    char *day = xasprintf("%.10s", facts_text(h->sessions[session].result->facts, "created"));

    buf_printf(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">", x, PLOT_HEIGHT - 3, anchor);
    html_text(out, day);
    free(day);
    buf_str(out, "</text>\n");
}

static void axes(const struct history *h, const struct scale *scale, const struct series *s,
                 struct buf *out)
{
    buf_str(out, "<g fill=\"var(--soft)\" font-size=\"10\">\n");
    axis_number(s, scale->high, y_of(scale, scale->high), out);
    if (scale->high > scale->low)
        axis_number(s, scale->low, y_of(scale, scale->low), out);
    axis_date(h, 0, "start", PLOT_LEFT, out);
    if (h->n > 1)
        axis_date(h, h->n - 1, "end", PLOT_RIGHT, out);
    buf_str(out, "</g>\n");
}

/* The changes of a series in its caption: "+10.5 %, worse". */
static void caption(const struct series *s, struct buf *out)
{
    struct estimate last = history_level_of(s, s->change_count);
    struct buf title = {0}, text = {0};

    history_title(s, &title);
    buf_str(out, "<figcaption><strong>");
    html_text(out, title.data);
    buf_str(out, "</strong> <span>");
    estimate_text(&text, &last, NUMBER_PEOPLE);
    buf_printf(&text, " %s", s->unit);
    if (last.coverage > 0) {
        buf_str(&text, " (");
        estimate_interval(&text, &last, NUMBER_PEOPLE);
        buf_str(&text, ")");
    }
    buf_printf(&text, ", n %zu", last.n);
    for (size_t i = 0; i < s->change_count; i++) {
        struct buf interval = {0};

        buf_str(&text, "; ");
        history_change(s, i, &text, &interval);
        buf_free(&interval);
    }
    html_text(out, text.data);
    buf_str(out, "</span></figcaption>\n");
    buf_free(&title);
    buf_free(&text);
}

static void plot(const struct history *h, const struct series *s, struct buf *out)
{
    const struct platform *known[PLATFORMS_MAX];
    struct scale scale = scale_of(h, s);
    int n = platform_every(known), colour = 0;
    struct buf label = {0};

    while (colour < n && strcmp(known[colour]->name, s->platform) != 0)
        colour++;
    label_of(h, s, &label);
    buf_printf(out, "<figure class=\"p%d\">\n",
               colour < VIEW_COLOURS - 1 ? colour : VIEW_COLOURS - 1);
    caption(s, out);
    buf_printf(out, "<svg role=\"img\" viewBox=\"0 0 %d %d\" fill=\"none\" aria-label=\"",
               PLOT_WIDTH, PLOT_HEIGHT);
    html_text(out, label.data);
    buf_str(out, "\"><title>");
    html_text(out, label.data);
    buf_str(out, "</title>\n");
    axes(h, &scale, s, out);
    levels(&scale, s, out);
    dots(&scale, s, out);
    buf_str(out, "</svg></figure>\n");
    buf_free(&label);
}

/* The rows of a suite, those with a change first, or else those without. */
static void plots(const struct history *h, const char *suite, bool changed, struct buf *out)
{
    for (size_t k = 0; k < h->series_count; k++) {
        const struct series *s = &h->series[k];

        if (s->n && !strcmp(s->suite, suite) && (s->change_count > 0) == changed)
            plot(h, s, out);
    }
}

/* A section for each suite, where its first row stands. */
static void sections(const struct history *h, struct buf *out)
{
    for (size_t k = 0; k < h->series_count; k++) {
        const char *name = h->series[k].suite;
        const struct suite *suite = suite_find(name);
        size_t first = 0;

        while (strcmp(h->series[first].suite, name) != 0)
            first++;
        if (first != k)
            continue;
        buf_str(out, "<section><h3>");
        html_text(out, suite ? suite->title : name);
        buf_str(out, "</h3>\n<div class=\"plots\">\n");
        plots(h, name, true, out);
        plots(h, name, false, out);
        buf_str(out, "</div>\n</section>\n");
    }
}

static void changes(const struct history *h, struct buf *out)
{
    struct sheet sheet = {0};
    struct args with = {0};

    fill_history(h, false, &sheet);
    history_with(h, &with);
    if (sheet.n)
        sheet_html(&sheet, "Changes of level", out);
    for (size_t i = 0; i < with.n; i++) {
        buf_str(out, "<p class=\"intro\">");
        html_text(out, with.v[i]);
        buf_str(out, "</p>\n");
    }
    args_free(&with);
    sheet_free(&sheet);
}

void history_html(const struct history *h, struct buf *out)
{
    struct buf sentence = {0}, basis = {0};

    history_sentence(h, &sentence);
    history_basis(h, &basis);
    page_begin("Limpet history",
               h->n ? facts_text(h->sessions[h->n - 1].result->facts, "created") : "", out);
    buf_str(out, "<article>\n<h2>");
    html_text(out, sentence.data);
    buf_str(out, "</h2>\n<p class=\"intro\">");
    html_text(out, basis.data);
    buf_str(out,
            " Each plot has a dot for each session, in order of time and not to its scale, and "
            "a line for each level; a broken line is a change. Its scale goes from the least "
            "figure to the greatest, so that small changes look great.</p>\n");
    changes(h, out);
    sections(h, out);
    buf_str(out, "</article>\n");
    page_end(out);
    buf_free(&sentence);
    buf_free(&basis);
}

void history_md(const struct history *h, struct buf *out)
{
    struct buf sentence = {0}, basis = {0};
    struct args with = {0};
    struct sheet sheet = {0};

    history_sentence(h, &sentence);
    history_basis(h, &basis);
    fill_history(h, false, &sheet);
    history_with(h, &with);
    buf_str(out, "**");
    md_text(out, sentence.data);
    buf_str(out, "**\n\n");
    if (sheet.n)
        sheet_md(&sheet, out);
    for (size_t i = 0; i < with.n; i++) {
        buf_str(out, "- ");
        md_text(out, with.v[i]);
        buf_str(out, "\n");
    }
    buf_str(out, with.n ? "\n" : "");
    md_text(out, basis.data);
    buf_str(out, "\n");
    args_free(&with);
    sheet_free(&sheet);
    buf_free(&sentence);
    buf_free(&basis);
}
