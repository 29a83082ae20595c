/* A comparison in JSON, for programs.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/comparison.h"

#include <jansson.h>
#include <math.h>

static const char *const words[VERDICTS] = {"same", "worse", "better", "unsure"};

static json_t *number(double v) { return isfinite(v) ? json_real(v) : json_null(); }

static json_t *row_json(const struct group *g, const struct judged *j)
{
    bool ratio = j->d.state == DIFFERENCE_TOLD || j->d.state == DIFFERENCE_FEW;
    bool wide = ratio && isfinite(j->d.half);
    struct buf name = {0};
    json_t *row = json_pack(
        "{s:s,s:s,s:s,s:s,s:f,s:f,s:o,s:o,s:o}", "suite", g->suite, "platform", g->platform->name,
        "unit", j->row->unit, "better", j->row->more ? "more" : "less", "a", j->d.a, "b", j->d.b,
        "estimate", ratio ? number(j->d.change) : json_null(), "interval",
        wide ? json_pack("[f,f]", j->d.interval[0], j->d.interval[1]) : json_null(), "h",
        wide ? json_real(j->d.half) : json_null());

    judged_name(j, &name);
    json_object_set_new(row, "name", json_string(name.data));
    buf_free(&name);
    json_object_update_new(row, json_pack("{s:f,s:f,s:s,s:I,s:f,s:s}", "p", j->d.p, "p_holm",
                                          j->adjusted, "way", j->d.way, "n", (json_int_t)j->d.n,
                                          "within", j->within, "word", words[j->word]));
    json_object_set_new(row, "needed",
                        j->needed ? json_integer((json_int_t)j->needed) : json_null());
    return row;
}

static json_t *sides_json(const struct comparison *c)
{
    json_t *sides = json_array();
    struct args differ = {0};

    comparison_sides(c, &differ);
    for (size_t i = 0; i + 2 < differ.n; i += 3)
        json_array_append_new(sides, json_pack("{s:s,s:s,s:s}", "what", differ.v[i], "a",
                                               differ.v[i + 1], "b", differ.v[i + 2]));
    args_free(&differ);
    return sides;
}

char *comparison_json(const struct comparison *c)
{
    const struct facts *facts = c->a.v[0]->facts;
    json_t *rows = json_array(), *refused = json_array(), *j;
    struct buf sentence = {0};
    char *text;

    for (size_t i = 0; i < c->n; i++) {
        const struct group *g = &c->groups[i];

        for (size_t k = 0; k < g->n; k++)
            json_array_append_new(rows, row_json(g, &g->rows[k]));
        if (g->refused)
            json_array_append_new(refused, json_pack("{s:s,s:s,s:s}", "suite", g->suite, "platform",
                                                     g->platform->name, "reason", g->refused));
    }
    comparison_sentence(c, &sentence);
    j = json_pack(
        "{s:s,s:s,s:b,s:I,s:o,s:I,s:I,s:I,s:I,s:o,s:o,s:o}", "schema", "limpet-comparison-1",
        "sentence", sentence.data, "in_turn", c->again != NULL, "m", (json_int_t)c->judged,
        "within", c->judging.within > 0 ? json_real(c->judging.within) : json_null(), "draws",
        (json_int_t)DIFFERENCE_DRAWS, "draws_seed", (json_int_t)DIFFERENCE_SEED, "looks",
        (json_int_t)facts_number(facts, "looks"), "seed", (json_int_t)facts_number(facts, "seed"),
        "differs", sides_json(c), "refused", refused, "rows", rows);
    text = json_dumps(j, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
    json_decref(j);
    buf_free(&sentence);
    return text;
}
