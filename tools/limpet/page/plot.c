/* The report's plots of distributions, as SVG.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/page.h"
#include "stats/stats.h"

#include <math.h>
#include <string.h>

#define WIDTH     400 /* of the drawing, about as wide as a phone: the page scales it */
#define RIGHT     388 /* end of the scale */
#define TOP       40  /* the first platform's histogram stands here */
#define ROW       58  /* height of a platform */
#define HEIGHT    33  /* of a histogram's highest bin */
#define BELOW     7.5 /* so far below it are the median, its interval and the other marks */
#define FOOT      22  /* from the last histogram to the end of the grid, */
#define AXIS      56  /* and to that of the drawing */
#define BINS      90
#define DOTS      20  /* so many of the greatest samples are dots of their own */
#define LOG_RANGE 8.0 /* from this ratio of greatest to least on, the scale is logarithmic */

/* The scale that all rows of a plot share. */
struct scale {
    double lo, hi; /* the least and the greatest sample */
    bool log;
    double from, to; /* what the ends of the drawing stand for, logarithms of a logarithmic scale */
    double left;     /* begin of the drawing, behind the platforms' titles */
};

static double at(double value, const struct scale *s) { return s->log ? log10(value) : value; }

/* Where a value is drawn: at an end, when it is none that the scale has. */
static double x_of(double value, const struct scale *s)
{
    double x = s->left + (at(value, s) - s->from) / (s->to - s->from) * (RIGHT - s->left);

    return fmin(fmax(x, s->left), RIGHT);
}

static struct scale scale_of(const struct column *columns, const struct row *const *rows, int n)
{
    struct scale s = {.lo = INFINITY, .hi = -INFINITY};
    double value, count, margin;
    size_t widest = 13; /* its interval and n: "12k–14k, n 3k" */

    for (int k = 0; k < n; k++) {
        for (size_t i = 0; estimate_sample(rows[k], i, &value, &count); i++) {
            s.lo = fmin(s.lo, value);
            s.hi = fmax(s.hi, value);
        }
        widest = strlen(columns[k].title) > widest ? strlen(columns[k].title) : widest;
    }
    s.log = s.lo > 0 && s.hi / s.lo > LOG_RANGE;
    s.from = at(s.lo, &s);
    s.to = at(s.hi, &s);
    margin = s.to > s.from ? (s.to - s.from) * 0.03 : fmax(fabs(s.from) * 0.1, 0.1);
    s.from -= margin;
    s.to += margin;
    s.left = 16 + 7.2 * (double)(widest > 18 ? 18 : widest);
    return s;
}

/* A row's histogram, standing on y: its bins' heights are the square roots of their shares, so that
 * what is rare can be seen. */
static void histogram(const struct row *row, const struct scale *s, double y, struct buf *out)
{
    double bins[BINS] = {0}, most = 0, value, count;
    double lo = x_of(s->lo, s), step = (x_of(s->hi, s) - lo) / (BINS - 1);

    for (size_t i = 0; estimate_sample(row, i, &value, &count); i++)
        bins[step > 0 ? (int)((x_of(value, s) - lo) / step + 0.5) : BINS / 2] += count;
    for (int i = 0; i < BINS; i++)
        most = fmax(most, bins[i]);
    step = step > 0 ? step : (RIGHT - s->left) / BINS;
    buf_str(out, "<path fill=\"var(--c)\" fill-opacity=\".45\" d=\"");
    for (int i = 0; i < BINS; i++) {
        if (bins[i] > 0 && (!i || bins[i - 1] <= 0))
            buf_printf(out, "M%.1f,%.1f", lo + (i - 0.5) * step, y);
        if (bins[i] > 0)
            buf_printf(out, "V%.1fH%.1f", y - HEIGHT * sqrt(bins[i] / most), lo + (i + 0.5) * step);
        if (bins[i] > 0 && (i + 1 == BINS || bins[i + 1] <= 0))
            buf_printf(out, "V%.1f", y);
    }
    buf_str(out, "\"/>\n");
}

static void tick(double value, const struct scale *s, double y, double half, struct buf *out)
{
    buf_printf(out, "M%.1f,%.1fv%.1f", x_of(value, s), y - half, 2 * half);
}

static void line(double from, double to, const struct scale *s, double y, struct buf *out)
{
    buf_printf(out, "M%.1f,%.1fH%.1f", x_of(from, s), y, x_of(to, s));
}

/* Below a histogram: from the least sample to p99, or the greatest of few; p95; the median and its
 * interval. In it: the two modes. */
static void marks(const struct row *row, const struct scale *s, double y, struct buf *out)
{
    struct estimate median = estimate_median(row);
    double min, end, p95, below = y + BELOW;
    bool told = estimate_stat(row, "p99", &end);

    if (!median.known || !estimate_stat(row, "min", &min) ||
        !(told || estimate_stat(row, "max", &end)))
        return;
    buf_str(out, "<path stroke=\"var(--soft)\" stroke-dasharray=\"2,4\" d=\"");
    for (size_t i = 0; i < 2 && row->stats.two_modes; i++)
        tick(row->stats.modes[i], s, y - 20, 20, out);
    buf_str(out, "\"/>\n<path stroke-width=\"1.25\" d=\"");
    line(min, end, s, below, out);
    tick(min, s, below, 2.7, out);
    if (estimate_stat(row, "p95", &p95))
        tick(p95, s, below, 2.7, out);
    if (told)
        tick(end, s, below, 4.3, out);
    buf_str(out, "\"/>\n<path stroke-width=\"3.5\" d=\"");
    if (median.coverage >= STATS_CONFIDENCE)
        line(median.low, median.high, s, below, out);
    tick(median.value, s, below, 5.9, out);
    buf_str(out, "\"/>\n");
}

/* The greatest samples beyond p99, or of all where they are too few to tell it, and the outliers by
 * name. */
static void dots(const struct row *row, const struct scale *s, double y, struct buf *out)
{
    const double *outliers = row->stats.extremes;
    double p99, greatest[DOTS + 1], value, count;
    size_t n = 0, k;

    if (!estimate_stat(row, "p99", &p99))
        p99 = -INFINITY;
    for (size_t i = 0; estimate_sample(row, i, &value, &count); i++) {
        if (value <= p99)
            continue;
        for (k = n; k > 0 && greatest[k - 1] < value; k--)
            greatest[k] = greatest[k - 1];
        greatest[k] = value;
        n = n < DOTS ? n + 1 : n;
    }
    buf_str(out, "<path stroke-width=\"3.4\" stroke-linecap=\"round\" d=\"");
    for (k = 0; k < n; k++)
        line(greatest[k], greatest[k], s, y + BELOW, out);
    for (k = 0; k < row->stats.extreme_count; k++)
        line(outliers[k], outliers[k], s, y + BELOW, out);
    buf_str(out, "\"/>\n");
}

/* "20k": as an axis has it. */
static void short_number(struct buf *out, double value)
{
    static const char suffix[] = " kMGT";
    int thousands = 0;

    for (; value >= 999.5 && thousands < 4; thousands++)
        value /= 1000;
    buf_printf(out, "%.3g", value);
    if (thousands)
        buf_add(out, &suffix[thousands], 1);
}

/* A line of the grid and its label. */
static void grid_line(double value, const struct scale *s, int end, struct buf *out)
{
    if (at(value, s) < s->from || at(value, s) > s->to)
        return;
    buf_printf(out, "<path d=\"M%.1f,1V%d\"/><text x=\"%.1f\" y=\"%d\" stroke=\"none\">",
               x_of(value, s), end, x_of(value, s), end + 24);
    short_number(out, value);
    buf_str(out, "</text>\n");
}

/* Labels at powers of ten, over a short range also at 2 and 5, over a long one at every other. */
static void log_grid(const struct scale *s, int end, struct buf *out)
{
    double decades = log10(s->hi / s->lo);
    int step = decades > 6 ? 2 : 1;

    for (int e = (int)floor(log10(s->lo)); e <= (int)ceil(log10(s->hi)); e++)
        for (int m = 1; m <= 5; m = m == 2 ? 5 : m + 1)
            if (!(e % step) && (m == 1 || decades <= 2.2))
                grid_line(m * pow(10, e), s, end, out);
}

/* Labels at multiples of 1, 2 or 5 times a power of ten, three to seven of them. */
static void linear_grid(const struct scale *s, int end, struct buf *out)
{
    double span = s->hi - s->lo, step = pow(10, floor(log10(span / 3))), first;

    if (!(span > 0))
        step = span = fabs(s->hi) > 0 ? fabs(s->hi) : 1;
    step *= span / step > 15 ? 5 : span / step > 6 ? 2 : 1;
    first = ceil(s->lo / step) * step;
    for (int i = 0; first + i * step <= s->hi + step / 2; i++)
        grid_line(first + i * step, s, end, out);
}

/* A platform's title, its median with interval and n, and its distribution. */
static void platform(const struct column *c, const struct row *row, const struct scale *s, double y,
                     struct buf *out)
{
    struct estimate e = estimate_median(row);

    buf_printf(out,
               "<g class=\"p%d\" fill=\"none\" stroke=\"var(--c)\">\n"
               "<g fill=\"currentColor\" stroke=\"none\" text-anchor=\"end\">"
               "<text x=\"%.1f\" y=\"%.1f\">",
               c->colour, s->left - 9, y - 12);
    html_text(out, c->title);
    buf_printf(out, "</text><text x=\"%.1f\" y=\"%.1f\">", s->left - 9, y + 3);
    short_number(out, e.value);
    buf_printf(out, "</text><text x=\"%.1f\" y=\"%.1f\" font-size=\"11\" fill=\"var(--soft)\">",
               s->left - 9, y + 16);
    if (e.coverage >= STATS_CONFIDENCE) {
        short_number(out, e.low);
        buf_str(out, "–");
        short_number(out, e.high);
        buf_str(out, ", ");
    }
    buf_str(out, "n ");
    short_number(out, (double)e.n);
    buf_str(out, "</text></g>\n");
    histogram(row, s, y, out);
    marks(row, s, y, out);
    dots(row, s, y, out);
    buf_str(out, "</g>\n");
}

void plot_svg(const struct column *columns, const struct row *const *rows, int n, const char *label,
              struct buf *out)
{
    struct scale s = scale_of(columns, rows, n);
    int end = TOP + (n - 1) * ROW + FOOT;

    buf_printf(out, "<svg role=\"img\" viewBox=\"0 0 %d %d\" font-size=\"13\" aria-label=\"", WIDTH,
               end - FOOT + AXIS);
    html_text(out, label);
    buf_str(out, "\"><title>");
    html_text(out, label);
    buf_str(out, "</title>\n<g stroke=\"var(--line)\" fill=\"var(--soft)\" "
                 "text-anchor=\"middle\">\n");
    (s.log ? log_grid : linear_grid)(&s, end, out);
    buf_str(out, "</g>\n");
    for (int k = 0; k < n; k++)
        platform(&columns[k], rows[k], &s, TOP + k * ROW, out);
    buf_str(out, "</svg>\n");
}
