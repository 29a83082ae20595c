/* The report's chart of boots: all platforms under each other, phase by phase.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/figure.h"
#include "page/page.h"
#include "show/phases.h"

#include <math.h>
#include <string.h>

#define ZOOM   5  /* a boot that takes less than this part of the longest is drawn once more */
#define LETTER 5. /* percent of the width, from which on a segment has its letter */

/* A colour for each phase (style.c). */
static const int colours[BOOT_PHASES] = {
    [BOOT_VMM] = 7,  [BOOT_FIRMWARE] = 5, [BOOT_LOADER] = 6, [BOOT_UNTOLD] = 1,
    [BOOT_STUB] = 3, [BOOT_IMAGE] = 0,    [BOOT_MAIN] = 2,   [BOOT_END] = 4,
};

/* Which phases a panel has: all of them, or the image's own alone. */
#define ALL 0xff
#define OWN (1u << BOOT_STUB | 1u << BOOT_IMAGE)

/* Boots at one linear scale. */
struct panel {
    const struct phase_line *lines;
    int count;
    unsigned phases;
    double most;      /* longer ones are left out */
    double end, step; /* of the scale, ms */
};

static double length_of(const struct phase_line *line, unsigned phases)
{
    double sum = 0;

    if (phases == ALL)
        return line->boots.total_ms;
    for (int p = 0; p < BOOT_PHASES; p++)
        sum += phases >> p & 1 ? fmax(line->boots.phase_ms[p], 0) : 0;
    return sum;
}

/* The longest of the lines below a limit. */
static double longest(const struct phase_line *lines, int count, unsigned phases, double below)
{
    double most = 0;

    for (int i = 0; i < count; i++)
        if (length_of(&lines[i], phases) < below)
            most = fmax(most, length_of(&lines[i], phases));
    return most;
}

/* A scale for boots of that length, in four to seven steps of 1, 2 or 5. */
static void scale(struct panel *p, double length)
{
    double unit = pow(10, floor(log10(length / 4)));

    p->step = unit * (length / unit > 35 ? 10 : length / unit > 14 ? 5 : length / unit > 7 ? 2 : 1);
    p->most = length;
    p->end = p->step * ceil(length / p->step * 0.999999);
}

/* "QEMU: VMM 25.9 ms, door to main 2.65 ms": for those who hear the page. */
static void describe(const struct phase_line *line, const struct panel *panel, struct buf *out)
{
    struct buf text = {0};
    const char *before = ": ";

    phase_title(line, &text);
    for (int p = 0; p < BOOT_PHASES; p++)
        if (line->boots.has[p] && panel->phases >> p & 1) {
            buf_printf(&text, "%s%s ", before, phase_words[p].title);
            phase_ms(line->boots.phase_ms[p], &text);
            buf_str(&text, " ms");
            before = ", ";
        }
    html_text(out, text.data);
    buf_free(&text);
}

static void segments(const struct phase_line *line, const struct panel *panel, struct buf *out)
{
    for (int p = 0; p < BOOT_PHASES; p++) {
        double width = 100 * line->boots.phase_ms[p] / panel->end;

        if (!(panel->phases >> p & 1) || width <= 0)
            continue;
        buf_printf(out, "<i class=\"p%d\" style=\"width:%.3f%%\">%s</i>", colours[p], width,
                   width >= LETTER ? phase_words[p].letter : "");
    }
}

static void lane(const struct phase_line *line, const struct panel *panel, struct buf *out)
{
    const struct estimate boots = {.n = line->boots.boots};
    struct buf title = {0};

    phase_title(line, &title);
    buf_str(out, "<li><span>");
    html_text(out, title.data);
    buf_printf(out, "<small><b>%s%s</b></small>", line->where, line->emulated ? ", emulated" : "");
    buf_str(out, "</span><span class=\"lane\" role=\"img\" aria-label=\"");
    describe(line, panel, out);
    buf_str(out, "\">");
    segments(line, panel, out);
    buf_str(out, "</span><span>");
    phase_ms(length_of(line, panel->phases), out);
    estimate_html(out, panel->phases == ALL ? &line->median : &boots);
    buf_str(out, "</span></li>\n");
    buf_free(&title);
}

static void axis(const struct panel *panel, struct buf *out)
{
    buf_str(out, "<li class=\"axis\" aria-hidden=\"true\"><span></span><span>");
    for (int i = 0; i * panel->step <= panel->end * 1.000001; i++) {
        buf_printf(out, "<b style=\"left:%.3f%%\">", 100 * i * panel->step / panel->end);
        phase_ms(i * panel->step, out);
        buf_str(out, "</b>");
    }
    buf_str(out, "</span><span>ms</span></li>\n");
}

static void panel_html(struct panel *p, const char *words, struct buf *out)
{
    buf_printf(out, "<p class=\"note\">%s; the axis ends at ", words);
    phase_ms(p->end, out);
    buf_printf(out, " ms:</p>\n<ul class=\"lanes\" style=\"--step:%.4f%%\">\n",
               100 * p->step / p->end);
    for (int i = 0; i < p->count; i++)
        if (length_of(&p->lines[i], p->phases) <= p->most)
            lane(&p->lines[i], p, out);
    axis(p, out);
    buf_str(out, "</ul>\n");
}

/* All boots; the short ones again, longer, until each can be seen; and what is the image's own. */
static void panels(struct panel p, struct buf *out)
{
    double most = longest(p.lines, p.count, ALL, INFINITY), whole;
    struct buf words = {0};

    if (most <= 0)
        return;
    p.phases = ALL;
    scale(&p, most);
    whole = p.end;
    panel_html(&p, "From the VMM's start to its end, all at one scale", out);
    while ((most = longest(p.lines, p.count, ALL, most / ZOOM)) > 0) {
        scale(&p, most);
        buf_clear(&words);
        buf_str(&words, "The shorter ones, drawn ");
        number_text(&words, whole / p.end);
        buf_str(&words, " times as long");
        panel_html(&p, words.data, out);
    }
    buf_free(&words);
    p.phases = OWN;
    if ((most = longest(p.lines, p.count, OWN, INFINITY)) <= 0)
        return;
    scale(&p, most);
    panel_html(&p,
               "Of that the image's own, its stub and from its door to main(), at a scale of "
               "its own",
               out);
}

/* What the letters and colours stand for, of those phases that some boot has. */
static void key(const struct phase_list *list, struct buf *out)
{
    buf_str(out, "<ul class=\"phases\">\n");
    for (int p = 0; p < BOOT_PHASES; p++)
        for (int i = 0; i < list->count; i++)
            if (list->v[i].boots.has[p]) {
                buf_printf(out, "<li><i class=\"p%d\">%s</i> %s <span>%s</span></li>\n", colours[p],
                           phase_words[p].letter, phase_words[p].title, phase_words[p].what);
                break;
            }
    buf_str(out, "</ul>\n");
}

void draw_phases(const struct view *v, struct buf *out) { draw_all_phases(v, 1, out); }

void draw_all_phases(const struct view *views, size_t count, struct buf *out)
{
    const struct facts *runs[PHASE_LINES];
    struct column columns[PHASE_LINES];
    struct phase_list list;

    phases_find(views, count, &list);
    if (!list.count)
        return;
    buf_str(out, "<figure class=\"chart\"><figcaption><strong>Boots</strong> <span>of each "
                 "platform the middle one; with the median's interval, and n</span>");
    for (int i = 0; i < list.count; i++) {
        runs[i] = list.v[i].run;
        columns[i] = list.v[i].column;
    }
    figure_marks(runs, columns, list.count, out);
    panels((struct panel){.lines = list.v, .count = list.count}, out);
    key(&list, out);
    buf_str(out, "</figure>\n");
}
