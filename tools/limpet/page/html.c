/* The report as one HTML page: nothing from elsewhere.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/page.h"
#include "results/results.h"
#include "show/phases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One part of a result; opens and names its section. */
static void part_html(const struct view *v, const char *id, const struct part *p, bool *open,
                      const char **section, struct buf *out, struct buf *menu)
{
    struct sheet sheet = {0};
    struct buf drawing = {0};
    char *title;

    part_draw(p, v, &drawing);
    if (!p->md_alone)
        part_fill(p, v, &sheet);
    if (sheet.n || drawing.len) {
        if (*section) {
            buf_printf(out, "%s<section id=\"%s\"><h3>%s</h3>\n", *open ? "</section>\n" : "", id,
                       *section);
            buf_printf(menu, "<a href=\"#%s\">%s</a>\n", id, *section);
            *section = NULL;
            *open = true;
        }
        title = part_title(p, v);
        buf_str(out, p->folded ? "<details class=\"folded\"><summary>" : "<h4>");
        html_text(out, title);
        buf_str(out, p->folded ? "</summary>\n" : "</h4>\n");
        free(title);
        if (p->intro)
            buf_printf(out, "<p class=\"intro\">%s</p>\n", p->intro);
        if (sheet.n)
            sheet_html(&sheet, p->title, out);
        if (drawing.len)
            buf_add(out, drawing.data, drawing.len);
        buf_str(out, p->folded ? "</details>\n" : "");
    }
    sheet_free(&sheet);
    buf_free(&drawing);
}

static void result_head(const struct view *v, struct buf *out)
{
    const struct facts *whole = v->result->facts;
    const char *facts[] = {facts_text(whole, "tool"), facts_text(whole, "host.cpu_model"),
                           facts_text(whole, "host.distribution"), facts_text(whole, "command")};
    struct buf called = {0};

    buf_str(out, "<h2>");
    if (v->comparison)
        buf_printf(&called, "%s: A, A again and B", v->file);
    else
        view_called(v, &called);
    html_text(out, called.data);
    buf_free(&called);
    buf_str(out, "</h2>\n<p class=\"facts\"><time>");
    html_text(out, view_date(v));
    buf_str(out, "</time>");
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (facts[i][0]) {
            buf_str(out, i < 3 ? " · <span>" : " · <code>");
            html_text(out, facts[i]);
            buf_str(out, i < 3 ? "</span>" : "</code>");
        }
    if (v->link) {
        buf_str(out, " · <a href=\"./");
        url_text(out, v->link);
        buf_str(out, "\">The data (JSON)</a>");
    }
    buf_str(out, "</p>\n");
}

/* What came of it, in a sentence; of a comparison also what one must know to believe it. */
static void lead(const struct view *v, struct buf *out)
{
    struct buf text = {0}, basis = {0};

    page_lead(v, &text, &basis);
    if (text.len) {
        buf_str(out, "<p class=\"lead\">");
        html_text(out, text.data);
        buf_str(out, "</p>\n");
    }
    if (basis.len) {
        buf_str(out, "<p>");
        html_text(out, basis.data);
        buf_str(out, "</p>\n");
    }
    buf_free(&text);
    buf_free(&basis);
}

/* Whose guests were confidential, and by what. */
static void confidential(const struct view *v, struct buf *out)
{
    struct buf who = {0};

    for (size_t i = 0; i < v->result->run_count; i++) {
        const struct facts *run = v->result->runs[i];
        char *name = xasprintf("%s (%s)", facts_text(run, "platform"), run_confidential(run));

        if (run_confidential(run)[0] && (!who.len || !strstr(who.data, name)))
            buf_printf(&who, "%s%s", who.len ? ", " : "", name);
        free(name);
    }
    if (who.len) {
        buf_str(out, "<p class=\"warning\"><strong>Confidential.</strong> Guests whose memory is "
                     "hidden from the host ran on ");
        html_text(out, who.data);
        buf_str(out, ": what that costs is in their figures.</p>\n");
    }
    buf_free(&who);
}

/* What the reader must know before the first figure. */
static void warning(const struct view *v, struct buf *out)
{
    const struct facts *run;
    bool lab = false, emulated = false;
    size_t i;

    for (i = 0; i < v->result->run_count && (run = v->result->runs[i]); i++) {
        lab |= !strcmp(facts_text(run, "mode"), "lab");
        emulated |= facts_true(run, "emulated");
    }
    confidential(v, out);
    if (emulated)
        buf_printf(out,
                   "<p class=\"warning\"><strong>Emulated.</strong> Platforms marked so ran on "
                   "processors that QEMU imitates%s: their figures compare with those of the "
                   "same place only, and are never the speed of hardware.</p>\n",
                   lab ? ", those marked lab on Limpet's own nested hosts" : "");
}

/* One article: a result's own, or what a comparison tells. */
static void article(const struct view *v, const struct part_list *parts, const char *id,
                    struct buf *out)
{
    struct buf body = {0}, menu = {0};
    const char *section = NULL;
    bool open = false;

    for (size_t i = 0; i < parts->n; i++) {
        char *part_id = xasprintf("%s-%zu", id, i);

        section = parts->v[i].section ? parts->v[i].section : section;
        part_html(v, part_id, &parts->v[i], &open, &section, &body, &menu);
        free(part_id);
    }
    buf_str(out, "<article>\n");
    result_head(v, out);
    lead(v, out);
    if (menu.len)
        buf_printf(out, "<nav aria-label=\"Sections\">\n%s</nav>\n", menu.data);
    warning(v, out);
    buf_printf(out, "%s%s</article>\n", body.len ? body.data : "<p>No rows.</p>\n",
               open ? "</section>\n" : "");
    buf_free(&body);
    buf_free(&menu);
}

/* Below a comparison, what its sides have is there, but folded. */
static void result_html(const struct view *v, size_t number, bool folded, struct buf *out)
{
    char *id = xasprintf("r%zu", number), *of_sides = xasprintf("r%zu0", number);
    struct view own = *v;
    struct part_list parts;

    if (v->comparison) {
        comparison_parts(&parts);
        article(v, &parts, of_sides, out);
    }
    own.comparison = NULL;
    page_parts(&parts);
    if (folded) {
        buf_str(out, "<details class=\"folded\"><summary>Side ");
        html_text(out, facts_text(v->result->facts, "side"));
        buf_str(out, ": all its tables and plots</summary>\n");
    }
    article(&own, &parts, id, out);
    buf_str(out, folded ? "</details>\n" : "");
    free(id);
    free(of_sides);
}

/* The boots of several results, as by several doors, at one scale. */
static void all_boots(const struct view *views, size_t count, struct buf *out)
{
    struct buf drawing = {0};

    if (!views[0].comparison && phases_compare(views, count))
        draw_all_phases(views, count, &drawing);
    if (drawing.len)
        buf_printf(out,
                   "<article>\n<h2>All boots</h2>\n<p class=\"intro\">Those of all results "
                   "below, the middle one of each platform and door, at one scale. Boots of one "
                   "place compare with each other.</p>\n%s</article>\n",
                   drawing.data);
    buf_free(&drawing);
}

void page_begin(const char *title, const char *date, struct buf *out)
{
    char *day = xasprintf("%.10s", date);

    buf_printf(out,
               "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
               "<meta name=\"color-scheme\" content=\"light dark\">\n"
               "<link rel=\"icon\" href=\"data:,\">\n<title>%s, ",
               title);
    html_text(out, day);
    buf_printf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<header><h1>%s <time>",
               page_style, title);
    html_text(out, day);
    buf_str(out, "</time></h1></header>\n<main>\n");
    free(day);
}

void page_end(struct buf *out)
{
    buf_printf(out, "</main>\n<script>\n%s</script>\n</body>\n</html>\n", page_script);
}

void page_html(const struct view *views, size_t count, struct buf *out)
{
    const char *date = "";
    int sides = 0; /* left to come, of a comparison */

    for (size_t i = 0; i < count; i++)
        date = strcmp(view_date(&views[i]), date) > 0 ? view_date(&views[i]) : date;
    page_begin("Limpet report", date, out);
    if (count > 1)
        all_boots(views, count, out);
    if (count && views[0].across)
        across_html(views[0].across, out);
    for (size_t i = 0; i < count; i++) {
        sides = views[i].comparison ? 3 : sides - !!sides;
        result_html(&views[i], i + 1, sides, out);
    }
    page_end(out);
}
