/* The report's figures: distributions, bars, stages, facts.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/figure.h"
#include "page/page.h"
#include "results/boots.h"
#include "results/results.h"
#include "show/findings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One row on all platforms that have it. */
static struct shown shown(const struct view *v, const char *suite, const char *name)
{
    struct column columns[VIEW_COLUMNS];
    int count = view_columns(v, suite, columns);
    struct shown all = {.name = name};

    for (int i = 0; i < count; i++)
        figure_add(&all, &columns[i], v->result, suite);
    return all;
}

/* How to read the plots. */
const char plot_key[] =
    "<p class=\"intro\">A bin's height is the square root of its share, so that the rare can be "
    "seen; below a name stand its median, the interval and n; where the range is wide, the scale "
    "is "
    "logarithmic.</p>\n"
    "<svg class=\"key p0\" viewBox=\"0 0 410 92\" role=\"img\" aria-label=\"Key to the plots: "
    "the shape shows the samples, dashed lines the two modes; below it ticks for the least sample, "
    "p95 and p99 where there are samples enough, a thick bar for the median and its 95 % interval, "
    "dots for the greatest samples\">"
    "<title>Key to the plots</title>\n"
    "<path d=\"M20,52V44H34V20H48V30H62V42H76V48H104V34H118V46H132V52Z\" fill=\"var(--c)\" "
    "fill-opacity=\".45\" stroke=\"var(--c)\"/>\n"
    "<path d=\"M41,52V10M111,52V10\" stroke=\"var(--soft)\" stroke-dasharray=\"2,4\"/>\n"
    "<path d=\"M20,60H240M20,57V63M180,57V63M240,55V65\" stroke=\"var(--c)\" "
    "stroke-width=\"1.25\"/>\n"
    "<path d=\"M36,60H66M46,54V66\" stroke=\"var(--c)\" stroke-width=\"3.5\"/>\n"
    "<path d=\"M300,60h.1M318,60h.1M400,60h.1\" stroke=\"var(--c)\" stroke-width=\"4\" "
    "stroke-linecap=\"round\"/>\n"
    "<g font-size=\"13\" fill=\"currentColor\" text-anchor=\"middle\">"
    "<text x=\"142\" y=\"20\" text-anchor=\"start\">two modes, where there are two</text>"
    "<text x=\"12\" y=\"82\">min</text>"
    "<text x=\"98\" y=\"82\">median, interval</text><text x=\"180\" y=\"82\">p95</text>"
    "<text x=\"240\" y=\"82\">p99</text><text x=\"350\" y=\"82\">greatest samples</text>"
    "</g></svg>\n";

/* What the figures tell of two platforms, in sentences. */
void draw_findings(const struct view *v, struct buf *out)
{
    struct args all = {0};

    if (!facts_text(v->result->facts, "side")[0])
        findings_list(v->result, &all);
    buf_str(out, all.n ? "<ul class=\"findings\">\n" : "");
    for (size_t i = 0; i < all.n; i++) {
        buf_str(out, "<li>");
        html_text(out, all.v[i]);
        buf_str(out, "</li>\n");
    }
    buf_str(out, all.n ? "</ul>\n" : "");
    args_free(&all);
}

static void plot_figures(const struct view *v, const char *suite, const struct args *names,
                         bool key, struct buf *out)
{
    struct buf figures = {0};

    for (size_t i = 0; i < names->n; i++) {
        struct shown all = shown(v, suite, names->v[i]);

        figure_plot(&all, &figures);
    }
    if (figures.len) {
        buf_str(out, key ? plot_key : "");
        buf_printf(out, "<div class=\"plots\">\n%s</div>\n", figures.data);
    }
    buf_free(&figures);
}

void draw_basic(const struct view *v, struct buf *out)
{
    struct args names = {0};

    for (const struct suite_row *row = suite_find("basic")->rows; row->name; row++)
        if (row->class == ROW_MAIN)
            args_add(&names, row->name);
    view_names(v, "basic", &names);
    plot_figures(v, "basic", &names, true, out);
    args_free(&names);
}

/* Of the rows that have samples. */
void draw_plots(const struct view *v, const char *suite, struct buf *out)
{
    struct args names = {0}, sampled = {0};

    view_names(v, suite, &names);
    for (size_t i = 0; i < names.n; i++)
        if (view_row(v, suite, names.v[i])->histogram)
            args_add(&sampled, names.v[i]);
    plot_figures(v, suite, &sampled, true, out);
    args_free(&names);
    args_free(&sampled);
}

/* Of the rows that are worth a sentence. */
void draw_boot(const struct view *v, struct buf *out)
{
    struct column columns[VIEW_COLUMNS];
    struct args names = {0};

    for (const struct suite_row *row = suite_find("boot")->rows; row->name; row++)
        if (row->does)
            args_add(&names, row->name);
    plot_figures(v, "boot", &names, !view_columns(v, "basic", columns), out);
    args_free(&names);
}

/* The greatest value of a suite's rows in a unit: their bars share one scale. */
static double greatest(const struct view *v, const char *suite, const char *unit)
{
    double most = 0;
    const struct row *row;
    size_t i;

    for (i = 0; (row = rows_at(&v->result->rows, i)); i++)
        if (!strcmp(row->suite, suite) && !strcmp(row->unit, unit))
            most = row->value > most ? row->value : most;
    return most;
}

/* One row on all platforms as bars, as a figure. */
static void bars(const struct view *v, const char *suite, const char *name, struct buf *out)
{
    struct shown all = shown(v, suite, name);
    double most = all.count ? greatest(v, suite, all.rows[0]->unit) : 0;

    if (most <= 0)
        return;
    figure_begin(&all, out);
    buf_str(out, "<ul class=\"bars\">\n");
    for (int i = 0; i < all.count; i++) {
        struct estimate e = estimate_value(all.rows[i]);

        buf_str(out, "<li><span>");
        html_text(out, all.columns[i].title);
        buf_printf(out,
                   "</span><span class=\"track\"><i class=\"p%d\" style=\"width:%.2f%%\"></i>"
                   "</span><span>",
                   all.columns[i].colour, fmax(0, 100 * e.value / most));
        estimate_text(out, &e, NUMBER_PEOPLE);
        estimate_html(out, &e);
        buf_str(out, "</span></li>\n");
    }
    buf_str(out, "</ul></figure>\n");
}

void draw_bars(const struct view *v, const char *suite, struct buf *out)
{
    struct args names = {0};

    view_names(v, suite, &names);
    if (names.n) {
        buf_str(out, "<div class=\"plots\">\n");
        for (size_t i = 0; i < names.n; i++)
            bars(v, suite, names.v[i], out);
        buf_str(out, "</div>\n");
    }
    args_free(&names);
}

/* The bar of a boot's stages. Narrow ones carry no number; the table below has them all. */
static void stack(const struct column *c, const struct boot_stages *s, struct buf *out)
{
    double whole = s->sum_ms > s->total_ms ? s->sum_ms : s->total_ms;

    buf_printf(out, "<div class=\"stack p%d\" role=\"img\" aria-label=\"", c->colour);
    html_text(out, c->title);
    for (size_t i = 0; i < s->count; i++) {
        buf_str(out, i ? "; " : ": ");
        html_text(out, s->v[i].name);
        buf_printf(out, " %.1f %%", 100 * s->v[i].share);
    }
    buf_str(out, "\">");
    for (size_t i = 0; i < s->count; i++) {
        double share = 100 * s->v[i].ms / whole;

        buf_printf(out, "<i%s style=\"width:%.4f%%\">", share >= 1 ? " class=\"wide\"" : "",
                   share > 0 ? share : 0);
        if (share >= 5)
            buf_printf(out, "<b>%zu</b>", i + 1);
        if (share >= 20) {
            buf_str(out, " ");
            html_text(out, s->v[i].name);
        }
        buf_str(out, "</i>");
    }
    buf_str(out, "</div>\n");
}

static void stage_rows(const struct boot_stages *s, struct buf *out)
{
    for (size_t i = 0; i < s->count; i++) {
        buf_printf(out, "<tr><td>%zu</td><th scope=\"row\">", i + 1);
        html_text(out, s->v[i].name);
        buf_str(out, "</th><td>");
        decimal_text(out, s->v[i].ms, 3);
        buf_str(out, s->v[i].ms < 0 ? " ms, noise</td><td>" : " ms</td><td>");
        share_text(out, s->v[i].share);
        buf_str(out, "</td></tr>\n");
    }
}

static void stage_figure(const struct view *v, const struct column *c, const struct boot_stages *s,
                         struct buf *out)
{
    const struct facts *run = results_find_run(v->result, "boot", c->name);
    struct estimate e = estimate_figure(results_row(v->result, "boot", "start to exit", c->name));
    double off = s->sum_ms - s->total_ms;

    buf_str(out, "<figure class=\"stages\"><figcaption><strong>");
    html_text(out, c->title);
    buf_str(out, "</strong> <span>");
    decimal_text(out, s->total_ms, 3);
    if (s->boots > 1)
        buf_printf(out, " ms, the middle one of %zu boots", s->boots);
    else
        buf_str(out, " ms, the only boot");
    buf_str(out, e.coverage > 0 ? " (" : "");
    estimate_interval(out, &e, NUMBER_PEOPLE);
    buf_str(out, e.coverage > 0 ? ")</span>" : "</span>");
    figure_marks(&run, c, 1, out);
    stack(c, s, out);
    buf_str(out, "<table><caption class=\"unseen\">");
    html_text(out, c->title);
    buf_str(out, ": stages of the median boot</caption>\n<thead class=\"unseen\"><tr>"
                 "<th scope=\"col\">Number</th><th scope=\"col\">Stage</th>"
                 "<th scope=\"col\">Time</th><th scope=\"col\">Share</th></tr></thead>\n<tbody>\n");
    stage_rows(s, out);
    buf_str(out, "</tbody></table>\n");
    if (off > 0.0005 || off < -0.0005)
        buf_printf(out,
                   "<p class=\"note\">The stages add up to %.3f ms, %.3f ms %s than the "
                   "total.</p>\n",
                   s->sum_ms, off > 0 ? off : -off, off > 0 ? "more" : "less");
    buf_str(out, "</figure>\n");
}

void draw_stages(const struct view *v, struct buf *out)
{
    struct boot_stages stages;
    struct buf notes = {0};
    bool any = false;

    for (int i = 0; i < v->count; i++) {
        if (!boots_stages(v->result, v->columns[i].name, &stages)) {
            if (stages.why && stages.why[0])
                buf_printf(&notes, "<p class=\"note\">%s: %s.</p>\n", v->columns[i].title,
                           stages.why);
            continue;
        }
        if (!any)
            buf_str(out, "<p class=\"intro\">Of each platform's boots, the one whose time from "
                         "start to exit "
                         "is the median. A bar is the whole of that boot: compare shares, not "
                         "lengths.</p>\n<div class=\"plots\">\n");
        any = true;
        stage_figure(v, &v->columns[i], &stages, out);
    }
    if (any)
        buf_str(out, "</div>\n");
    if (notes.len)
        buf_str(out, notes.data);
    buf_free(&notes);
}

static void fact_block(const struct facts *of, const char *first, const char *second,
                       struct buf *out)
{
    struct args facts = {0};

    buf_str(out, "<details><summary><strong>");
    html_text(out, first);
    buf_str(out, "</strong> ");
    html_text(out, second);
    buf_str(out, "</summary><dl>\n");
    facts_list(of, &facts);
    for (size_t i = 0; i + 1 < facts.n; i += 2) {
        buf_str(out, "<dt>");
        html_text(out, facts.v[i]);
        buf_str(out, "</dt><dd>");
        html_text(out, facts.v[i + 1]);
        buf_str(out, "</dd>\n");
    }
    args_free(&facts);
    buf_str(out, "</dl></details>\n");
}

void draw_provenance(const struct view *v, struct buf *out)
{
    const struct facts *run;
    size_t i;

    buf_str(out, "<div class=\"runs\">\n");
    fact_block(v->result->facts, "The whole", "host, command, seed", out);
    for (i = 0; i < v->result->run_count && (run = v->result->runs[i]); i++) {
        char *first = xasprintf("%s on %s", facts_text(run, "suite"),
                                view_title(v, facts_text(run, "platform")));
        char *second = xasprintf("%s %s, %s, nesting %d%s", facts_text(run, "vmm"),
                                 facts_text(run, "vmm_version"), facts_text(run, "mode"),
                                 (int)facts_number(run, "nesting"),
                                 facts_true(run, "emulated") ? ", emulated" : "");
        fact_block(run, first, second, out);
        free(first);
        free(second);
    }
    buf_str(out, "</div>\n");
}
