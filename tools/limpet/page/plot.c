/* The report's plots of distributions, drawn by gnuplot.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/cleanup.h"
#include "base/msg.h"
#include "page/page.h"
#include "base/proc.h"
#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH     460 /* of the drawing, about as wide as a phone: the page scales it */
#define ROW       56  /* height of a platform */
#define FOOT      34  /* of the axis */
#define BINS      90
#define DOTS      20 /* so many of the greatest samples are dots of their own */
#define PATIENCE  60.0
#define LOG_RANGE 8.0 /* from this ratio of greatest to least on, the scale is logarithmic */

/* Colours in the script are numbers that plot_adopt turns into the style's names: 1 the grid, 2 the
 * text, 10 + n a platform. */
#define RGB "rgb '#0102%02x'"

/* Where the samples lie, over all rows of a plot. */
struct range {
    double lo, hi;
    bool log;
};

static double at(double value, const struct range *r) { return r->log ? log10(value) : value; }

static struct range range_of(json_t *const *rows, int n)
{
    struct range r = {INFINITY, -INFINITY, false};
    double value, count;

    for (int k = 0; k < n; k++)
        for (size_t i = 0; estimate_sample(rows[k], i, &value, &count); i++) {
            r.lo = fmin(r.lo, value);
            r.hi = fmax(r.hi, value);
        }
    r.log = r.lo > 0 && r.hi / r.lo > LOG_RANGE;
    return r;
}

/* The outline of a row's histogram, standing on y: its bins' heights are the square roots of their
 * shares, so that what is rare can be seen. */
static void outline(json_t *row, const struct range *r, double y, struct buf *out)
{
    double bins[BINS] = {0}, most = 0, value, count;
    double lo = at(r->lo, r), step = (at(r->hi, r) - lo) / (BINS - 1);
    int bin;

    for (size_t i = 0; estimate_sample(row, i, &value, &count); i++) {
        bin = step > 0 ? (int)floor((at(value, r) - lo) / step + 0.5) : BINS / 2;
        bins[bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin] += count;
    }
    for (bin = 0; bin < BINS; bin++)
        most = fmax(most, bins[bin]);
    for (bin = 0; bin < BINS; bin++) {
        double left = lo + (bin - 0.5) * step, right = lo + (bin + 0.5) * step;

        if (bins[bin] <= 0)
            continue;
        if (!bin || bins[bin - 1] <= 0)
            buf_printf(out, "\n%.9g %.4f\n", left, y);
        buf_printf(out, "%.9g %.4f\n%.9g %.4f\n", left, y + 0.62 * sqrt(bins[bin] / most), right,
                   y + 0.62 * sqrt(bins[bin] / most));
        if (bin + 1 == BINS || bins[bin + 1] <= 0)
            buf_printf(out, "%.9g %.4f\n", right, y);
    }
}

/* Lines of "x y dx dy". */
static void tick(struct buf *out, double x, double y, double half)
{
    buf_printf(out, "%.9g %.4f 0 %.4f\n", x, y - half, 2 * half);
}

static void mark(struct buf *thin, struct buf *thick, struct buf *modes, json_t *row,
                 const struct range *r, double y)
{
    json_t *stats = json_object_get(row, "stats"), *mode;
    struct estimate median = estimate_median(row);
    bool told = json_is_number(json_object_get(stats, "p99"));
    double min = at(json_number(stats, "min"), r),
           end = at(json_number(stats, told ? "p99" : "max"), r);
    double below = y - 0.14;
    size_t i;

    if (!json_object_get(stats, "p50") || !isfinite(min) || !isfinite(end))
        return;
    buf_printf(thin, "%.9g %.4f %.9g 0\n", min, below, end - min);
    tick(thin, min, below, 0.05);
    if (json_object_get(stats, "p95"))
        tick(thin, at(json_number(stats, "p95"), r), below, 0.05);
    if (told)
        tick(thin, end, below, 0.08);
    if (median.coverage >= STATS_CONFIDENCE)
        buf_printf(thick, "%.9g %.4f %.9g 0\n", at(median.low, r), below,
                   at(median.high, r) - at(median.low, r));
    tick(thick, at(median.value, r), below, 0.11);
    for (i = 0; (mode = json_array_get(json_object_get(stats, "modes"), i)); i++)
        buf_printf(modes, "%.9g %.4f 0 0.74\n", at(json_number_value(mode), r), y);
}

/* The greatest samples beyond p99, or of all where they are too few to tell it, and the outliers by
 * name. */
static void dots(json_t *row, const struct range *r, double y, struct buf *out)
{
    json_t *stats = json_object_get(row, "stats"), *outlier;
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
    for (k = 0; k < n; k++)
        buf_printf(out, "%.9g %.4f\n", at(greatest[k], r), y - 0.14);
    stats = json_object_get(json_object_get(stats, "outliers"), "values");
    for (k = 0; (outlier = json_array_get(stats, k)); k++)
        buf_printf(out, "%.9g %.4f\n", at(json_number_value(outlier), r), y - 0.14);
}

/* A label in gnuplot's double quotes. */
static void quoted(struct buf *out, const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= ' ' && !strchr("\"\\`", *text))
            buf_add(out, text, 1);
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

/* Labels at powers of ten, over a short range also at 2 and 5, over a long one at every other. */
static void log_axis(const struct range *r, struct buf *out)
{
    double decades = log10(r->hi / r->lo);
    const char *comma = "";
    int steps = decades > 6 ? 2 : 1;

    buf_str(out, "set xtics (");
    for (int e = (int)floor(log10(r->lo)); e <= (int)ceil(log10(r->hi)); e++)
        for (int m = 1; m <= 5; m = m == 2 ? 5 : m + 1) {
            double value = m * pow(10, e);

            if ((m > 1 && decades > 2.2) || e % steps || value < r->lo / 1.3 || value > r->hi * 1.3)
                continue;
            buf_printf(out, "%s\"", comma);
            short_number(out, value);
            buf_printf(out, "\" %.9g", log10(value));
            comma = ", ";
        }
    buf_str(out, ")\n");
}

/* Labels at multiples of 1, 2 or 5 times a power of ten, three to seven of them. */
static void linear_axis(const struct range *r, struct buf *out)
{
    double span = r->hi - r->lo, step = pow(10, floor(log10(span / 3))), first;

    if (!(span > 0))
        step = span = fabs(r->hi) > 0 ? fabs(r->hi) : 1;
    step *= span / step > 15 ? 5 : span / step > 6 ? 2 : 1;
    first = ceil(r->lo / step) * step;
    buf_str(out, "set xtics (");
    for (int i = 0; first + i * step <= r->hi + step / 2; i++) {
        buf_str(out, i ? ", \"" : "\"");
        short_number(out, first + i * step);
        buf_printf(out, "\" %.9g", first + i * step);
    }
    buf_str(out, ")\n");
}

static void frame(const struct column *columns, json_t *const *rows, int n, const struct range *r,
                  struct buf *out)
{
    double lo = at(r->lo, r), hi = at(r->hi, r),
           margin = hi > lo ? (hi - lo) * 0.03 : fmax(fabs(lo) * 0.1, 0.1);
    size_t widest = 5;

    buf_printf(out,
               "set terminal svg size %d,%d font 'sans-serif,13' noenhanced linewidth 1\n"
               "set encoding utf8\nunset key\nset border 0\nset tics nomirror scale 0\n"
               "set grid xtics lt 1 lw 1 lc " RGB "\nset bmargin at screen %.4f\n"
               "set tmargin at screen 0.995\nset rmargin at screen 0.965\n"
               "set xtics textcolor " RGB "\nset xrange [%.9g:%.9g]\nset yrange [0.58:%.2f]\n",
               WIDTH, n * ROW + FOOT, 1, (double)FOOT / (n * ROW + FOOT), 2, lo - margin,
               hi + margin, n + 0.72);
    buf_str(out, "set ytics (");
    for (int k = 0; k < n; k++) {
        const char *title = columns[k].title;
        struct buf median = {0};

        short_number(&median, json_number(json_object_get(rows[k], "stats"), "p50"));
        widest = strlen(title) > widest ? strlen(title) : widest;
        buf_printf(out, "%s\"", k ? ", " : "");
        quoted(out, title);
        buf_printf(out, "\\n%s\" %.2f", median.data, n - k + 0.12);
        buf_free(&median);
    }
    widest = widest > 18 ? 18 : widest;
    buf_printf(out, ")\nset lmargin at screen %.4f\n", (16 + 7.2 * (double)widest) / WIDTH);
    if (r->log)
        log_axis(r, out);
    else
        linear_axis(r, out);
}

/* One data block of the script and how it is drawn; nothing when it is empty. */
static void block(struct buf *script, struct buf *plots, const char *name, const struct buf *data,
                  const char *how)
{
    if (!data->len)
        return;
    buf_printf(script, "$%s << END\n%s\nEND\n", name, data->data);
    buf_printf(plots, "%s$%s %s", plots->len ? ", " : "plot ", name, how);
}

static void add_row(struct buf *script, struct buf *plots, int k, double y, json_t *row, int colour,
                    const struct range *r)
{
    struct buf shape = {0}, thin = {0}, thick = {0}, modes = {0}, points = {0};
    char name[24], how[160];

    outline(row, r, y, &shape);
    mark(&thin, &thick, &modes, row, r, y);
    dots(row, r, y, &points);
    snprintf(name, sizeof name, "shape%d", k);
    snprintf(how, sizeof how, "with filledcurves closed lc " RGB " fs solid 0.45 border lc " RGB,
             10 + colour, 10 + colour);
    block(script, plots, name, &shape, how);
    snprintf(name, sizeof name, "modes%d", k);
    snprintf(how, sizeof how, "with vectors nohead lw 1 dt 2 lc " RGB, 2);
    block(script, plots, name, &modes, how);
    snprintf(name, sizeof name, "thin%d", k);
    snprintf(how, sizeof how, "with vectors nohead lw 1.25 lc " RGB, 10 + colour);
    block(script, plots, name, &thin, how);
    snprintf(name, sizeof name, "thick%d", k);
    snprintf(how, sizeof how, "with vectors nohead lw 3.5 lc " RGB, 10 + colour);
    block(script, plots, name, &thick, how);
    snprintf(name, sizeof name, "dots%d", k);
    snprintf(how, sizeof how, "with points pt 7 ps 0.35 lc " RGB, 10 + colour);
    block(script, plots, name, &points, how);
    buf_free(&shape);
    buf_free(&thin);
    buf_free(&thick);
    buf_free(&modes);
    buf_free(&points);
}

/* gnuplot counts by what it drew, whatever it has to say beside it. */
static bool is_whole(const struct buf *svg)
{
    return svg->len && strstr(svg->data, "<svg") && strstr(svg->data, "</svg>");
}

/* Runs gnuplot on a script, without the user's own settings (-d). Returns 0, or -1 with a message.
 */
static int gnuplot(const struct buf *script, struct buf *svg)
{
    char *dir = cleanup_tmpdir(), *argv[] = {"gnuplot", "-d", "plot.gp", NULL};
    char *path = dir ? xasprintf("%s/plot.gp", dir) : NULL;
    FILE *f = path ? fopen(path, "w") : NULL;
    bool written = f && fwrite(script->data, 1, script->len, f) == script->len;
    struct buf err = {0};
    int status = -1;

    if (f && fclose(f))
        written = false;
    if (!dir)
        return -1;
    if (!written)
        warn("cannot write %s: %s", path, strerror(errno));
    else
        status = proc_run(argv, dir, PATIENCE, svg, &err);
    if (status == -ENOENT)
        warn("gnuplot, which draws the plots, is not here: apt-get install gnuplot-nox");
    else if (written && (status || !is_whole(svg)))
        warn("gnuplot failed: %s", err.len ? err.data : "it drew nothing that is whole");
    status = status || !is_whole(svg) ? -1 : 0;
    cleanup_remove(dir);
    buf_free(&err);
    free(path);
    free(dir);
    return status;
}

int plot_svg(const struct column *columns, json_t *const *rows, int count, const char *label,
             struct buf *out)
{
    struct column drawn[PAGE_COLUMNS];
    json_t *data[PAGE_COLUMNS];
    struct buf script = {0}, plots = {0}, svg = {0};
    double value, often;
    struct range r;
    int n = 0, status = 0;

    for (int k = 0; k < count; k++)
        if (estimate_sample(rows[k], 0, &value, &often)) {
            drawn[n] = columns[k];
            data[n++] = rows[k];
        }
    if (!n)
        return 0;
    r = range_of(data, n);
    frame(drawn, data, n, &r, &script);
    for (int k = 0; k < n; k++)
        add_row(&script, &plots, k, n - k, data[k], drawn[k].colour, &r);
    buf_printf(&script, "%s\n", plots.data);
    status = gnuplot(&script, &svg);
    if (!status)
        plot_adopt(svg.data, label, out);
    buf_free(&script);
    buf_free(&plots);
    buf_free(&svg);
    return status;
}

/* The page's name of a colour of the script. */
static void colour_name(struct buf *out, unsigned number)
{
    if (number >= 10)
        buf_printf(out, "var(--p%u)", number - 10);
    else
        buf_str(out, number == 1 ? "var(--line)" : "var(--soft)");
}

/* Copies one piece of gnuplot's SVG, changed, and returns what follows it. */
static const char *adopt_piece(const char *p, struct buf *out)
{
    static const struct {
        const char *from, *to;
    } words[] = {
        {"<use xlink:href='#gpPt6'", "<circle r='1' stroke='none' fill='currentColor'"},
        {"stroke='black'", "stroke='currentColor'"},
        {"fill=\"black\"", "fill=\"currentColor\""},
        {"stroke=\"black\"", "stroke=\"currentColor\""},
        {" color=\"black\"", ""},
        {" color=\"white\"", ""},
        {" color=\"gray\"", ""},
        {" font-family=\"sans-serif\"", ""},
        {" class=\"gridline\"", ""},
        {"\t", ""},
    };
    unsigned red, green, number;
    int used = 0;
    const char *end;

    if (sscanf(p, "rgb( %u, %u, %u)%n", &red, &green, &number, &used) == 3 && used && red == 1 &&
        green == 2) {
        colour_name(out, number);
        return p + used;
    }
    if (!strncmp(p, "<g id=\"", 7)) { /* and the plot's title: "$dots0" */
        buf_str(out, "<g>");
        p += strcspn(p, ">") + 1;
        end = strncmp(p, "<title>", 7) ? NULL : strstr(p, "</title>");
        return end ? end + 8 : p;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strncmp(p, words[i].from, strlen(words[i].from))) {
            buf_str(out, words[i].to);
            return p + strlen(words[i].from);
        }
    buf_add(out, p, 1);
    return p + 1;
}

void plot_adopt(const char *svg, const char *label, struct buf *out)
{
    const char *box = strstr(svg, "viewBox=\""), *body = strstr(svg, "</defs>");

    buf_str(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" ");
    if (box)
        buf_printf(out, "viewBox=\"%.*s\" ", (int)strcspn(box + 9, "\""), box + 9);
    buf_str(out, "aria-label=\"");
    html_text(out, label);
    buf_str(out, "\"><title>");
    html_text(out, label);
    buf_str(out, "</title>\n<g>");
    for (const char *p = body ? body + 7 : ""; *p;)
        p = adopt_piece(p, out);
}
