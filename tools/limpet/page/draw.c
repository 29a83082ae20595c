/* The report's figures: distributions, bars, stages, facts.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/page.h"
#include "results/boots.h"
#include "results/results.h"
#include "show/findings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "KVM: median 122 cycles (98–122), n 3,000, p99 147, greatest 59,902", for those who hear the
 * page.
 */
static void describe(const struct column *c, const struct row *row, struct buf *out)
{
    struct estimate e = estimate_median(row);
    double p99, max;

    buf_printf(out, "; %s: median ", c->title);
    estimate_text(out, &e, NUMBER_PEOPLE);
    if (e.coverage > 0) {
        buf_str(out, " (");
        estimate_interval(out, &e, NUMBER_PEOPLE);
        buf_str(out, ")");
    }
    buf_str(out, ", n ");
    number_text(out, (double)e.n);
    if (estimate_stat(row, "p99", &p99)) {
        buf_str(out, ", p99 ");
        estimate_beside(out, &e, p99, NUMBER_PEOPLE);
    }
    if (estimate_stat(row, "max", &max)) {
        buf_str(out, ", greatest ");
        estimate_beside(out, &e, max, NUMBER_PEOPLE);
    }
}

/* What a plot's caption says of a row that has two modes or outliers. */
static void remarks(const struct column *c, const struct row *row, struct buf *out)
{
    double outliers = (double)(row->stats.low + row->stats.high);

    if (!row->stats.two_modes && outliers <= 0)
        return;
    buf_printf(out, "%s%s: ", out->len ? "; " : "", c->title);
    if (row->stats.two_modes) {
        buf_str(out, "two modes, ");
        number_text(out, row->stats.modes[0]);
        buf_str(out, " and ");
        number_text(out, row->stats.modes[1]);
        buf_str(out, outliers > 0 ? ", " : "");
    }
    if (outliers > 0) {
        number_text(out, outliers);
        buf_str(out, outliers > 1 ? " outliers" : " outlier");
    }
}

/* Which of a suite's platforms something is true of: "emulated: all", "lab: KVM, PVH". */
static void mark(const struct view *v, const char *suite, const char *what,
                 bool (*is)(const struct facts *run), struct buf *out)
{
    struct column columns[VIEW_COLUMNS];
    int count = view_columns(v, suite, columns), n = 0;
    struct buf names = {0};

    for (int i = 0; i < count; i++)
        if (is(results_find_run(v->result, suite, columns[i].name)))
            buf_printf(&names, "%s%s", n++ ? ", " : "", columns[i].title);
    if (n) {
        buf_printf(out, " <b class=\"mark\">%s: ", what);
        html_text(out, n == count ? "all" : names.data);
        buf_str(out, "</b>");
    }
    buf_free(&names);
}

static bool is_lab(const struct facts *run) { return !strcmp(facts_text(run, "mode"), "lab"); }
static bool is_emulated(const struct facts *run) { return facts_true(run, "emulated"); }

/* Ends a drawing's caption with what must not be missed. */
static void marks(const struct view *v, const char *suite, struct buf *out)
{
    mark(v, suite, "lab", is_lab, out);
    mark(v, suite, "emulated", is_emulated, out);
    buf_str(out, "</figcaption>\n");
}

/* One row's distributions on all platforms, as a figure; nothing where no samples were kept. */
static void plot_figure(const struct view *v, const char *suite, const char *name, struct buf *out)
{
    struct column columns[VIEW_COLUMNS];
    const struct row *rows[VIEW_COLUMNS], *first = NULL;
    struct buf label = {0}, said = {0};
    int count = view_columns(v, suite, columns), n = 0;
    double value, often;

    for (int i = 0; i < count; i++) {
        const struct row *row = results_row(v->result, suite, name, columns[i].name);

        if (!row)
            continue;
        first = first ? first : row;
        if (!label.len)
            buf_printf(&label, "Distribution of %s, %s", name, row_unit(row));
        describe(&columns[i], row, &label);
        remarks(&columns[i], row, &said);
        if (estimate_sample(row, 0, &value, &often)) {
            columns[n] = columns[i];
            rows[n++] = row;
        }
    }
    if (n) {
        buf_str(out, "<figure><figcaption><strong>");
        html_text(out, name);
        buf_str(out, "</strong> <span>");
        html_text(out, row_unit(first));
        if (first->note && first->note[0]) {
            buf_str(out, ": ");
            html_text(out, first->note);
        }
        buf_str(out, "</span>");
        marks(v, suite, out);
        plot_svg(columns, rows, n, label.data, out);
        if (said.len) {
            buf_str(out, "<p class=\"note\">");
            html_text(out, said.data);
            buf_str(out, "</p>\n");
        }
        buf_str(out, "</figure>\n");
    }
    buf_free(&label);
    buf_free(&said);
}

/* How to read the plots. */
static const char plot_key[] =
    "<p class=\"intro\">A bin's height is the square root of its share, so that the rare can be "
    "seen; below a platform's name stand its median, the interval and n; where the range is wide, "
    "the scale is "
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
    "<text x=\"16\" y=\"82\">min</text>"
    "<text x=\"92\" y=\"82\">median, 95 % interval</text><text x=\"180\" y=\"82\">p95</text>"
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

    for (size_t i = 0; i < names->n; i++)
        plot_figure(v, suite, names->v[i], &figures);
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
    struct column columns[VIEW_COLUMNS];
    int count = view_columns(v, suite, columns);
    const struct row *row, *any = NULL;
    struct estimate e;
    double most;

    for (int i = 0; i < count && !any; i++)
        any = results_row(v->result, suite, name, columns[i].name);
    most = any ? greatest(v, suite, any->unit) : 0;
    if (most <= 0)
        return;
    buf_str(out, "<figure><figcaption><strong>");
    html_text(out, name);
    buf_str(out, "</strong> <span>");
    html_text(out, row_unit(any));
    buf_str(out, "</span>");
    marks(v, suite, out);
    buf_str(out, "<ul class=\"bars\">\n");
    for (int i = 0; i < count; i++) {
        if (!(row = results_row(v->result, suite, name, columns[i].name)))
            continue;
        buf_str(out, "<li><span>");
        html_text(out, columns[i].title);
        buf_printf(out,
                   "</span><span class=\"track\"><i class=\"p%d\" style=\"width:%.2f%%\"></i>"
                   "</span><span>",
                   columns[i].colour, fmax(0, 100 * row->value / most));
        e = estimate_value(row);
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
    if (is_lab(run) || is_emulated(run))
        buf_printf(out, " <b class=\"mark\">%s%s%s</b>", is_lab(run) ? "lab" : "",
                   is_lab(run) && is_emulated(run) ? ", " : "", is_emulated(run) ? "emulated" : "");
    buf_str(out, "</figcaption>\n");
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
