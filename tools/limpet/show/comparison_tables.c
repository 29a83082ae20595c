/* The tables of a comparison: what differs between its sides, and the verdict on each row; and all
 * of it as limpet compare prints it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/comparison.h"
#include "show/fill.h"
#include "show/text.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH 80

void fill_sides(const struct view *v, struct sheet *s)
{
    static const char *const heads[] = {"What", "A", "B", NULL};
    struct args sides = {0};

    if (!v->comparison)
        return;
    comparison_sides(v->comparison, &sides);
    if (sides.n)
        sheet_begin(s, heads, ~0u);
    for (size_t i = 0; i < sides.n; i++)
        sheet_cell(s, "%s", sides.v[i]);
    args_free(&sides);
}

void fill_sum(const struct view *v, struct sheet *s)
{
    static const char *const heads[] = {"Rows",     "No difference", "B worse",
                                        "B better", "Cannot tell",   NULL};
    const struct comparison *c = v->comparison;
    struct buf needed = {0};

    if (!c)
        return;
    sheet_begin(s, heads, 0);
    comparison_needed(c, &needed);
    cell_note(sheet_cell(s, "How many"), "%s", needed.len ? needed.data : "");
    for (int i = 0; i < WORDS; i++)
        sheet_number(s, c->count[i]);
    buf_free(&needed);
}

/* The cells of a verdict but its words. */
static void figures(const struct judged *j, struct sheet *s)
{
    struct buf text[4] = {{0}};

    judged_value(j, false, &text[0]);
    judged_value(j, true, &text[1]);
    judged_change(j, &text[2]);
    judged_interval(j, &text[3]);
    for (int i = 0; i < 4; i++) {
        sheet_cell(s, "%s", text[i].data);
        buf_free(&text[i]);
    }
    sheet_cell(s, j->d.known ? "%.1f %%" : "-", j->d.floor * 100);
    sheet_number(s, (double)j->n);
}

static void words(const struct judged *j, struct sheet *s)
{
    struct buf text = {0};

    judged_text(j, &text);
    sheet_cell(s, "%s", text.data);
    buf_free(&text);
}

void fill_verdict(const struct view *v, struct sheet *s)
{
    static const char *const heads[] = {"Row",    "Verdict",       "Unit",  "A", "B",
                                        "Change", "99 % interval", "Floor", "n", NULL};
    const struct comparison *c = v->comparison;

    if (!c)
        return;
    sheet_begin(s, heads, 1 << 1 | 1 << 2);
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->groups[i].n; k++) {
            const struct judged *j = &c->groups[i].rows[k];

            cell_note(sheet_cell(s, "%s", j->row->name), "%s on %s", c->groups[i].suite,
                      c->groups[i].platform->title);
            words(j, s);
            sheet_cell(s, "%s", row_unit(j->row));
            figures(j, s);
        }
}

void fill_group(const struct group *g, struct sheet *s)
{
    static const char *const heads[] = {"row",   "A", "B",       "change", "99 % interval",
                                        "floor", "n", "verdict", NULL};

    sheet_begin(s, heads, 0);
    for (size_t i = 0; i < g->n; i++) {
        const struct judged *j = &g->rows[i];

        sheet_cell(s, "%s [%s]", j->row->name, row_unit(j->row));
        figures(j, s);
        words(j, s);
    }
}

static void format_sides(const struct comparison *c, struct buf *out)
{
    struct args sides = {0};

    comparison_sides(c, &sides);
    buf_str(out, sides.n ? "What differs between the sides, besides the figures:\n"
                         : "Nothing that is recorded differs between the sides.\n");
    for (size_t i = 0; i + 2 < sides.n; i += 3) {
        const char *what = sides.v[i], *of_a = sides.v[i + 1], *of_b = sides.v[i + 2];
        bool fits = strlen(what) + strlen(of_a) + strlen(of_b) + 10 <= WIDTH;

        buf_printf(out, fits ? "  %s: A %s, B %s\n" : "  %s\n    A %s\n    B %s\n", what, of_a,
                   of_b);
    }
    buf_str(out, "\n");
    args_free(&sides);
}

static void format_group(const struct group *g, struct buf *out)
{
    char *title = xasprintf("%s on %s", g->suite, g->platform->title);
    struct sheet s = {.title = title};

    if (g->refused)
        buf_printf(out, "%s: refused: %s (--force compares all the same)\n\n", title, g->refused);
    if (g->n) {
        fill_group(g, &s);
        sheet_text(&s, out);
        buf_str(out, "\n");
    }
    sheet_free(&s);
    free(title);
}

static void format_sum(const struct comparison *c, struct buf *out)
{
    struct buf needed = {0};
    unsigned all = c->refused;

    for (int i = 0; i < WORDS; i++)
        all += c->count[i];
    buf_printf(out, "%u row%s: %u no difference, %u B worse, %u B better, %u cannot tell", all,
               all == 1 ? "" : "s", c->count[WORD_SAME], c->count[WORD_WORSE],
               c->count[WORD_BETTER], c->count[WORD_UNSURE]);
    if (c->refused)
        buf_printf(out, ", %u refused", c->refused);
    buf_str(out, "\nA and B are figures of the sides' best runs, not the medians of a report.\n");
    comparison_needed(c, &needed);
    if (needed.len)
        buf_printf(out, "%s\n", needed.data);
    buf_free(&needed);
}

void comparison_format(const struct comparison *c, struct buf *out)
{
    format_sides(c, out);
    for (size_t i = 0; i < c->n; i++)
        format_group(&c->groups[i], out);
    format_sum(c, out);
}
