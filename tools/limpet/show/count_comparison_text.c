/* A comparison of counts in words, as text and in JSON.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/count_comparison.h"
#include "show/differences.h"
#include "show/fill.h"
#include "show/text.h"
#include "vm/platforms.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#define NAMED_ROWS      3 /* in the sentence */
#define NAMED_FUNCTIONS 5 /* of a row, in a table */

static const char *const words[COUNT_WORDS] = {[COUNTED_SAME] = "same",
                                               [COUNTED_WORSE] = "worse",
                                               [COUNTED_BETTER] = "better",
                                               [COUNTED_UNLIKE] = "unlike"};

static const char *name_of(const struct function_change *f)
{
    return f->name[0] ? f->name : "(no function)";
}

/* In how many calls its counts were made: 1 where it has none. */
static double calls_of(const struct row *row)
{
    double calls = row->calls * (isnan(row->per_call) ? 1 : row->per_call);

    return calls > 0 ? calls : 1;
}

/* "planted +21 (new), boot_main +1": those whose instructions differ; of rows with calls, by call.
 */
static void add_functions(const struct count_judged *j, size_t most, struct buf *out)
{
    struct function_change *list;
    size_t n = count_changes(j, &list);

    for (size_t i = 0; i < n && i < most; i++)
        buf_printf(out, "%s%s %+.6g%s", i ? ", " : "", name_of(&list[i]),
                   (list[i].b - list[i].a) / calls_of(j->a),
                   list[i].a <= 0   ? " (new)"
                   : list[i].b <= 0 ? " (gone)"
                                    : "");
    if (n > most)
        buf_printf(out, ", %zu more", n - most);
    free(list);
}

/* "boot: to memory +24 (planted +21 (new), init_memory +3)". */
static void name_rows(const struct count_comparison *c, enum count_word word, struct buf *out)
{
    unsigned named = 0;

    for (size_t i = 0; i < c->n; i++) {
        const struct count_judged *j = &c->rows[i];
        double calls = calls_of(j->a),
               more = (j->b->counts.v[COUNT_INSTRUCTIONS] - j->a->counts.v[COUNT_INSTRUCTIONS]) /
                      calls;

        if (j->word != word || named++ >= NAMED_ROWS)
            continue;
        buf_printf(out, "%s%s %+.6g instruction%s%s", named > 1 ? "; " : ": ", j->a->name, more,
                   fabs(more) == 1 ? "" : "s", calls > 1 ? " a call" : "");
        if (more == 0)
            continue;
        buf_str(out, " in ");
        add_functions(j, 2, out);
    }
    if (named > NAMED_ROWS)
        buf_str(out, "; …");
}

void count_comparison_sentence(const struct count_comparison *c, struct buf *out)
{
    unsigned worse = c->count[COUNTED_WORSE], better = c->count[COUNTED_BETTER];
    unsigned unlike = c->count[COUNTED_UNLIKE];

    if (!c->n)
        buf_str(out, "Nothing is compared: the sides have no counted row in common");
    else if (worse)
        buf_printf(out, "B does more than A in %u of %zu row%s", worse, c->n, c->n > 1 ? "s" : "");
    else if (better)
        buf_printf(out, "B does less than A in %u of %zu row%s, and nowhere more", better, c->n,
                   c->n > 1 ? "s" : "");
    else if (c->count[COUNTED_SAME] == c->n)
        buf_printf(out, "B does exactly the same as A in %s%zu row%s", c->n > 1 ? "all " : "", c->n,
                   c->n > 1 ? "s" : "");
    else
        buf_printf(out, "B does the same as A in %u of %zu rows", c->count[COUNTED_SAME], c->n);
    name_rows(c, worse ? COUNTED_WORSE : COUNTED_BETTER, out);
    if (worse && better)
        buf_printf(out, "; less in %u", better);
    if (unlike)
        buf_printf(out, "; %u not judged, of another number of calls", unlike);
    buf_str(out, ".");
}

void fill_count_changes(const struct count_comparison *c, struct sheet *s)
{
    static const char *const heads[] = {"row",    "count", "A",    "B",         "change",
                                        "a call", "%",     "word", "functions", NULL};

    for (size_t i = 0; i < c->n; i++) {
        const struct count_judged *j = &c->rows[i];

        for (int k = 0; k < COUNTS; k++) {
            double a = j->a->counts.v[k], b = j->b->counts.v[k];
            struct buf functions = {0};

            if (a == b)
                continue;
            if (!s->n)
                sheet_begin(s, heads, 1 << 1 | 1 << 7 | 1 << 8);
            sheet_cell(s, "%s", j->a->name);
            sheet_cell(s, "%s", count_kinds[k].title);
            sheet_number(s, a);
            sheet_number(s, b);
            sheet_cell(s, "%+.0f", b - a);
            if (calls_of(j->a) > 1)
                sheet_cell(s, "%+.6g", (b - a) / calls_of(j->a));
            else
                sheet_none(s);
            if (a > 0)
                sheet_cell(s, "%+.3g", (b / a - 1) * 100);
            else
                sheet_none(s);
            sheet_cell(s, "%s",
                       j->word == COUNTED_UNLIKE ? "not judged"
                       : j->word == COUNTED_SAME ? "same"
                       : b > a                   ? "WORSE"
                                                 : "better");
            if (k == COUNT_INSTRUCTIONS && j->word != COUNTED_UNLIKE)
                add_functions(j, NAMED_FUNCTIONS, &functions);
            sheet_words(s, functions.data ? functions.data : "");
            buf_free(&functions);
        }
    }
}

static void sides_of(const struct count_comparison *c, struct args *out)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct count_judged *j = &c->rows[i];
        const struct facts *runs[] = {results_run_of(c->a, j->a), results_run_of(c->b, j->b)};
        const struct platform *p = platform_find(j->a->platform);

        if (p && (!i || j->a->run != c->rows[i - 1].a->run))
            differences_of_runs(runs, 2, p, out);
    }
}

void fill_count_sides(const struct count_comparison *c, struct sheet *s)
{
    static const char *const heads[] = {"what differs", "A", "B", NULL};
    struct args sides = {0};

    sides_of(c, &sides);
    if (sides.n)
        sheet_begin(s, heads, 1 << 1 | 1 << 2);
    for (size_t i = 0; i < sides.n; i++)
        sheet_words(s, sides.v[i]);
    args_free(&sides);
}

void count_comparison_format(const struct count_comparison *c, struct buf *out)
{
    struct sheet sides = {0}, changes = {0};
    struct buf sentence = {0};

    fill_count_sides(c, &sides);
    fill_count_changes(c, &changes);
    if (sides.n) {
        sheet_text(&sides, out);
        buf_str(out, "\n");
    }
    if (changes.n) {
        sheet_text(&changes, out);
        buf_str(out, "\n");
    }
    for (size_t i = 0; i < c->alone.n; i++)
        buf_printf(out, "Not compared: %s\n", c->alone.v[i]);
    count_comparison_sentence(c, &sentence);
    buf_printf(out, "%s%s\n", c->alone.n ? "\n" : "", sentence.data);
    buf_free(&sentence);
    sheet_free(&sides);
    sheet_free(&changes);
}

static json_t *counts_json(const struct counts *c)
{
    json_t *j = json_object();

    for (int i = 0; i < COUNTS; i++)
        json_object_set_new(j, count_kinds[i].key, json_integer((json_int_t)c->v[i]));
    return j;
}

static json_t *row_json(const struct count_judged *j)
{
    json_t *functions = json_array();
    struct function_change *list;
    size_t n = count_changes(j, &list);

    for (size_t i = 0; i < n; i++)
        json_array_append_new(functions,
                              json_pack("{s:s,s:I,s:I}", "name", name_of(&list[i]), "a",
                                        (json_int_t)list[i].a, "b", (json_int_t)list[i].b));
    free(list);
    return json_pack("{s:s,s:s,s:s,s:o,s:o,s:o}", "name", j->a->name, "platform", j->a->platform,
                     "word", words[j->word], "a", counts_json(&j->a->counts), "b",
                     counts_json(&j->b->counts), "functions", functions);
}

char *count_comparison_json(const struct count_comparison *c)
{
    json_t *rows = json_array(), *differs = json_array(), *alone = json_array(), *j;
    struct args sides = {0};
    struct buf sentence = {0};
    char *text;

    for (size_t i = 0; i < c->n; i++)
        json_array_append_new(rows, row_json(&c->rows[i]));
    sides_of(c, &sides);
    for (size_t i = 0; i + 2 < sides.n; i += 3)
        json_array_append_new(differs, json_pack("{s:s,s:s,s:s}", "what", sides.v[i], "a",
                                                 sides.v[i + 1], "b", sides.v[i + 2]));
    for (size_t i = 0; i < c->alone.n; i++)
        json_array_append_new(alone, json_string(c->alone.v[i]));
    count_comparison_sentence(c, &sentence);
    j = json_pack("{s:s,s:s,s:o,s:o,s:o}", "schema", "limpet-count-comparison-1", "sentence",
                  sentence.data, "differs", differs, "not_compared", alone, "rows", rows);
    text = json_dumps(j, JSON_INDENT(1));
    json_decref(j);
    buf_free(&sentence);
    args_free(&sides);
    return text;
}
