/* The report of a comparison: what differs between its sides, and the verdict on each row.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/comparison.h"
#include "page/page.h"

#include <stdio.h>
#include <string.h>

void fill_sides(const struct view *v, struct sheet *s)
{
    static const char *const heading[] = {"What", "A", "B"};
    struct args sides = {0};

    if (!v->comparison)
        return;
    comparison_sides(v->comparison, &sides);
    s->columns = s->words = 3;
    for (size_t i = 0; i < 3 && sides.n; i++)
        sheet_cell(s, heading[i], NULL);
    for (size_t i = 0; i < sides.n; i++)
        sheet_cell(s, sides.v[i], NULL);
    args_free(&sides);
}

void fill_sum(const struct view *v, struct sheet *s)
{
    static const char *const heading[] = {"Rows", "No difference", "B worse", "B better",
                                          "Cannot tell"};
    const struct comparison *c = v->comparison;
    struct buf needed = {0};

    if (!c)
        return;
    s->columns = sizeof heading / sizeof *heading;
    s->words = 1;
    for (size_t i = 0; i < s->columns; i++)
        sheet_cell(s, heading[i], NULL);
    comparison_needed(c, &needed);
    sheet_cell(s, "How many", needed.data);
    sheet_number(s, c->count[WORD_SAME], NULL);
    sheet_number(s, c->count[WORD_WORSE], NULL);
    sheet_number(s, c->count[WORD_BETTER], NULL);
    sheet_number(s, c->count[WORD_UNSURE], NULL);
    buf_free(&needed);
}

/* One row's cells; the last holds the verdict. */
static void verdict_row(const struct group *g, const struct judged *j, struct sheet *s)
{
    char text[400];
    struct buf cells[5] = {{0}};

    snprintf(text, sizeof text, "%s on %s", g->suite, g->platform->title);
    sheet_cell(s, json_text(j->row, "name"), text);
    judged_text(j, &cells[0]);
    judged_value(j, false, &cells[1]);
    judged_value(j, true, &cells[2]);
    judged_change(j, &cells[3]);
    judged_interval(j, &cells[4]);
    sheet_cell(s, cells[0].data, NULL);
    sheet_cell(s, row_unit(j->row), NULL);
    for (int i = 1; i < 5; i++)
        sheet_cell(s, cells[i].data, NULL);
    snprintf(text, sizeof text, j->d.known ? "%.1f %%" : "-", j->d.floor * 100);
    sheet_cell(s, text, NULL);
    snprintf(text, sizeof text, "%zu", j->n);
    sheet_cell(s, text, NULL);
    for (int i = 0; i < 5; i++)
        buf_free(&cells[i]);
}

void fill_verdict(const struct view *v, struct sheet *s)
{
    static const char *const heading[] = {"Row",    "Verdict",       "Unit",  "A", "B",
                                          "Change", "99 % interval", "Floor", "n"};
    const struct comparison *c = v->comparison;

    if (!c)
        return;
    s->columns = sizeof heading / sizeof *heading;
    s->words = 3;
    for (size_t i = 0; i < s->columns; i++)
        sheet_cell(s, heading[i], NULL);
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->groups[i].n; k++)
            verdict_row(&c->groups[i], &c->groups[i].rows[k], s);
}
