/* A figure of one row: its caption, and its distributions under each other.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/figure.h"
#include "page/page.h"
#include "results/busy.h"
#include "results/results.h"

#include <string.h>

void figure_add(struct shown *s, const struct column *column, const struct result *result,
                const char *suite)
{
    const struct row *row = results_row(result, suite, s->name, column->name);

    if (!row || s->count == VIEW_COLUMNS)
        return;
    s->columns[s->count] = *column;
    s->rows[s->count] = row;
    s->runs[s->count++] = results_run_of(result, row);
}

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

static bool is_lab(const struct facts *run) { return !strcmp(facts_text(run, "mode"), "lab"); }
static bool is_busy(const struct facts *run) { return busy_tell(run, NULL); }
static bool is_emulated(const struct facts *run) { return facts_true(run, "emulated"); }

/* Of which columns something is true: "emulated: all", "lab: KVM, PVH". */
static void mark(const struct facts *const *runs, const struct column *columns, int count,
                 const char *what, bool (*is)(const struct facts *run), struct buf *out)
{
    struct buf names = {0};
    int n = 0;

    for (int i = 0; i < count; i++)
        if (is(runs[i]))
            buf_printf(&names, "%s%s", n++ ? ", " : "", columns[i].title);
    if (n) {
        buf_printf(out, " <b class=\"mark\">%s%s", what, n < count ? ": " : "");
        html_text(out, n < count ? names.data : "");
        buf_str(out, "</b>");
    }
    buf_free(&names);
}

void figure_marks(const struct facts *const *runs, const struct column *columns, int count,
                  struct buf *out)
{
    mark(runs, columns, count, "lab", is_lab, out);
    mark(runs, columns, count, "emulated", is_emulated, out);
    mark(runs, columns, count, "a busy machine", is_busy, out);
    buf_str(out, "</figcaption>\n");
}

void figure_begin(const struct shown *s, struct buf *out)
{
    buf_str(out, "<figure><figcaption><strong>");
    html_text(out, s->name);
    buf_str(out, "</strong> <span>");
    html_text(out, row_unit(s->rows[0]));
    if (s->rows[0]->note && s->rows[0]->note[0]) {
        buf_str(out, ": ");
        html_text(out, s->rows[0]->note);
    }
    if (s->also) {
        buf_str(out, "; ");
        html_text(out, s->also);
    }
    buf_str(out, "</span>");
    figure_marks(s->runs, s->columns, s->count, out);
}

void figure_plot(const struct shown *s, struct buf *out)
{
    struct column columns[VIEW_COLUMNS];
    const struct row *rows[VIEW_COLUMNS];
    struct buf label = {0}, said = {0};
    double value, often;
    int n = 0;

    for (int i = 0; i < s->count; i++) {
        if (!i)
            buf_printf(&label, "Distribution of %s, %s", s->name, row_unit(s->rows[0]));
        describe(&s->columns[i], s->rows[i], &label);
        remarks(&s->columns[i], s->rows[i], &said);
        if (estimate_sample(s->rows[i], 0, &value, &often)) {
            columns[n] = s->columns[i];
            rows[n++] = s->rows[i];
        }
    }
    if (n) {
        figure_begin(s, out);
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
