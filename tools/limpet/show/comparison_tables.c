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
    static const char *const heads[] = {"Rows",     "The same",    "B worse",
                                        "B better", "Cannot tell", NULL};
    const struct comparison *c = v->comparison;

    if (!c)
        return;
    sheet_begin(s, heads, 0);
    sheet_cell(s, "How many");
    for (int i = 0; i < VERDICTS; i++)
        sheet_number(s, c->count[i]);
}

/* The cells of a verdict but its words. */
static void figures(const struct judged *j, struct sheet *s)
{
    struct buf text[5] = {{0}};

    judged_value(j, false, &text[0]);
    judged_value(j, true, &text[1]);
    judged_change(j, &text[2]);
    judged_interval(j, &text[3]);
    judged_noise(j, &text[4]);
    for (int i = 0; i < 5; i++) {
        sheet_cell(s, "%s", text[i].data);
        buf_free(&text[i]);
    }
    sheet_number(s, (double)j->d.n);
}

static void words(const struct judged *j, struct sheet *s)
{
    struct buf text = {0};

    judged_text(j, &text);
    sheet_cell(s, "%s", text.data);
    buf_free(&text);
}

static struct cell *name(const struct judged *j, bool unit, struct sheet *s)
{
    struct buf text = {0};
    struct cell *cell;

    judged_name(j, &text);
    if (unit)
        buf_printf(&text, " [%s]", row_unit(j->row));
    cell = sheet_cell(s, "%s", text.data);
    buf_free(&text);
    return cell;
}

void group_title(const struct comparison *c, const struct group *g, struct buf *out)
{
    buf_printf(out, "%s on %s", g->suite, g->platform->title);
    view_place(results_find_run(c->a.v[0], g->suite, g->platform->name), out);
}

void fill_verdict(const struct view *v, struct sheet *s)
{
    static const char *const heads[] = {"Row",    "Verdict",       "Unit",  "A", "B",
                                        "Change", "95 % interval", "Noise", "n", NULL};
    const struct comparison *c = v->comparison;

    if (!c)
        return;
    sheet_begin(s, heads, 1 << 1 | 1 << 2);
    for (size_t i = 0; i < c->n; i++) {
        const struct group *g = &c->groups[i];
        struct buf where = {0};

        group_title(c, g, &where);
        for (size_t k = 0; k < g->n; k++) {
            cell_note(name(&g->rows[k], false, s), "%s", where.data);
            words(&g->rows[k], s);
            sheet_cell(s, "%s", row_unit(g->rows[k].row));
            figures(&g->rows[k], s);
        }
        buf_free(&where);
    }
}

void fill_group(const struct group *g, struct sheet *s)
{
    static const char *const heads[] = {"row",   "A", "B",       "change", "95 % interval",
                                        "noise", "n", "verdict", NULL};

    sheet_begin(s, heads, 0);
    for (size_t i = 0; i < g->n; i++) {
        const struct judged *j = &g->rows[i];

        name(j, true, s);
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

static void format_group(const struct comparison *c, const struct group *g, struct buf *out)
{
    struct buf title = {0};
    struct sheet s = {0};

    group_title(c, g, &title);
    s.title = title.data;
    if (g->refused)
        buf_printf(out, "%s: refused: %s (--force compares all the same)\n\n", title.data,
                   g->refused);
    if (g->n) {
        fill_group(g, &s);
        sheet_text(&s, out);
        buf_str(out, "\n");
    }
    sheet_free(&s);
    buf_free(&title);
}

void comparison_format(const struct comparison *c, struct buf *out)
{
    struct buf text = {0};

    format_sides(c, out);
    for (size_t i = 0; i < c->n; i++)
        format_group(c, &c->groups[i], out);
    comparison_basis(c, &text);
    if (text.len)
        buf_str(&text, "\n");
    comparison_sentence(c, &text);
    buf_printf(out, "%s\n", text.data);
    buf_free(&text);
}
