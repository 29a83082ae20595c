/* The drawings of a comparison: the change of each row, and the sides' distributions.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/figure.h"
#include "page/page.h"
#include "results/results.h"

#include <math.h>
#include <string.h>

#define LEAST_END 3 /* the scale ends no nearer than so many times what counts as the same */

/* A colour for each word (style.c). */
static const int colours[VERDICTS] = {
    [VERDICT_SAME] = 0, [VERDICT_WORSE] = 1, [VERDICT_BETTER] = 2, [VERDICT_UNSURE] = 7};

static const enum verdict order[VERDICTS] = {VERDICT_WORSE, VERDICT_BETTER, VERDICT_UNSURE,
                                             VERDICT_SAME};

/* Where the scale ends, as a share: it holds all changes that are told; what is wider goes on. */
static double end_of(const struct comparison *c, double *step)
{
    double end = WITHIN, unit;

    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->groups[i].n; k++) {
            const struct judged *j = &c->groups[i].rows[k];

            end = fmax(end, LEAST_END * (j->tail ? 0 : j->within));
            if (j->word == VERDICT_WORSE || j->word == VERDICT_BETTER)
                end = fmax(end, fmax(fabs(j->d.interval[0]), fabs(j->d.interval[1])));
        }
    unit = pow(10, floor(log10(end / 2)));
    *step = unit * (end / unit > 10 ? 5 : end / unit > 4 ? 2 : 1);
    return *step * ceil(end / *step * 0.999999);
}

/* A bar from one share to another on a scale from -end to end. */
static void bar(const char *class, double from, double to, double end, struct buf *out)
{
    double left = fmin(fmax(from, -end), end), right = fmin(fmax(to, -end), end);

    buf_printf(out, "<i class=\"%s\" style=\"left:%.2f%%;width:%.2f%%\"></i>", class,
               50 + 50 * left / end, 50 * (right - left) / end);
}

/* "WORSE", and below it "+8.3 % (+6.1 … +10.2), n 20". */
static void words(const struct judged *j, struct buf *word, struct buf *figure)
{
    judged_text(j, word);
    judged_change(j, figure);
    if (judged_has_interval(j)) {
        buf_str(figure, " (");
        judged_interval(j, figure);
        buf_str(figure, ")");
    }
    buf_printf(figure, ", n %zu", j->d.n);
}

static void change(const struct comparison *c, const struct group *g, const struct judged *j,
                   double end, struct buf *out)
{
    struct buf where = {0}, name = {0}, word = {0}, figure = {0};
    char class[] = {'p', (char)('0' + colours[j->word]), '\0'};

    group_title(c, g, &where);
    judged_name(j, &name);
    words(j, &word, &figure);
    buf_str(out, "<li><span>");
    html_text(out, name.data);
    buf_str(out, "<small><b>");
    html_text(out, where.data);
    buf_str(out, "</b></small></span><span class=\"lane\" role=\"img\" aria-label=\"");
    html_text(out, name.data);
    buf_str(out, ": ");
    html_text(out, word.data);
    buf_str(out, ", ");
    html_text(out, figure.data);
    buf_printf(out, "\"><span style=\"left:%.2f%%;width:%.2f%%\"></span>",
               50 - 50 * fmin(j->within / end, 1), 100 * fmin(j->within / end, 1));
    if (judged_has_interval(j)) {
        bar(class, j->d.interval[0], j->d.interval[1], end, out);
        if (fabs(j->d.change) <= end)
            buf_printf(out, "<b style=\"left:%.2f%%\"></b>", 50 + 50 * j->d.change / end);
    }
    buf_str(out, "</span><span>");
    html_text(out, word.data);
    buf_str(out, "<small>");
    html_text(out, figure.data);
    buf_str(out, "</small></span></li>\n");
    buf_free(&where);
    buf_free(&name);
    buf_free(&word);
    buf_free(&figure);
}

void draw_changes(const struct view *v, struct buf *out)
{
    const struct comparison *c = v->comparison;
    double step, end;
    int steps;

    if (!c || !(c->count[0] + c->count[1] + c->count[2] + c->count[3]))
        return;
    end = end_of(c, &step);
    steps = (int)(end / step + 0.5);
    buf_printf(out,
               "<figure class=\"chart\"><figcaption><strong>Changes from A to B</strong> "
               "<span>%%, 95 %% intervals, n rounds</span></figcaption>\n<ul class=\"lanes "
               "change\" style=\"--step:%.4f%%\">\n",
               50 * step / end);
    for (int w = 0; w < VERDICTS; w++)
        for (size_t i = 0; i < c->n; i++)
            for (size_t k = 0; k < c->groups[i].n; k++)
                if (c->groups[i].rows[k].word == order[w])
                    change(c, &c->groups[i], &c->groups[i].rows[k], end, out);
    buf_str(out, "<li class=\"axis\" aria-hidden=\"true\"><span></span><span>");
    for (int i = -steps; i <= steps; i++)
        buf_printf(out, !i ? "<b style=\"left:50%%\">0</b>" : "<b style=\"left:%.3f%%\">%+.3g</b>",
                   50 + 50 * i * step / end, i * step * 100);
    buf_str(out, "</span><span>%</span></li>\n</ul></figure>\n");
}

/* A row of all three sides, under the word on it. */
static void side_figure(const struct comparison *c, const struct group *g, const struct judged *j,
                        struct buf *out)
{
    const struct result *const sides[] = {c->a.v[0], c->again, c->b.v[0]};
    static const char *const titles[] = {"A", "A again", "B"};
    struct buf word = {0};
    struct shown s = {.name = j->row->name};

    buf_printf(&word, "%s on %s: ", g->suite, g->platform->title);
    judged_text(j, &word);
    s.also = word.data;
    for (int i = 0; i < 3; i++) {
        struct column column = {g->platform->name, titles[i], i / 2};

        if (sides[i])
            figure_add(&s, &column, sides[i], g->suite);
    }
    figure_plot(&s, out);
    buf_free(&word);
}

void draw_sides(const struct view *v, struct buf *out)
{
    const struct comparison *c = v->comparison;
    struct buf figures = {0};

    for (int w = 0; c && w < VERDICTS; w++)
        for (size_t i = 0; i < c->n; i++)
            for (size_t k = 0; k < c->groups[i].n; k++)
                if (!c->groups[i].rows[k].tail && c->groups[i].rows[k].word == order[w])
                    side_figure(c, &c->groups[i], &c->groups[i].rows[k], &figures);
    if (figures.len)
        buf_printf(out, "%s<div class=\"plots\">\n%s</div>\n", plot_key, figures.data);
    buf_free(&figures);
}
