/* limpet compare --count: see compare_count.h.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/compare_count.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/msg.h"
#include "measure/count.h"
#include "page/page.h"
#include "results/count_comparison.h"
#include "tools/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool compare_count_accepts(const struct options *o)
{
    const char *which = o->runs        ? "-n"
                        : o->budget_s  ? "--budget"
                        : o->most      ? "--most"
                        : o->unsure_ok ? "--unsure-ok"
                                       : NULL;

    if (which)
        warn("%s does not go with --count: one run counts exactly, so there is nothing to repeat "
             "and "
             "nothing unsure",
             which);
    return !which;
}

int compare_count_show(const struct result *a, const struct result *b, const struct options *o)
{
    struct count_comparison c = count_comparison_of(a, b, o->within, o->rows);
    char *json = o->json ? count_comparison_json(&c) : NULL;
    int status = count_comparison_status(&c, o->fail_above);
    struct buf out = {0};

    if (json)
        buf_printf(&out, "%s\n", json);
    else if (o->markdown)
        count_comparison_md(&c, &out);
    else
        count_comparison_format(&c, &out);
    output_text(&out);
    if (!c.n)
        warn(o->rows ? "--rows: the sides have none of these counted"
                     : "the sides have no counted row in common: limpet bench --count makes some");
    buf_free(&out);
    free(json);
    count_comparison_free(&c);
    return status;
}

/* One side's counts, or NULL with the status. */
static struct result *count_side(const struct turns *t, int side, const struct options *o,
                                 const char *command, int *status)
{
    const struct contender *c = &t->contenders[side];
    struct bench b = {.plan = c->plan,
                      .seed = t->seed,
                      .chosen = t->chosen,
                      .count = t->count,
                      .images = c->images,
                      .result = results_new(command, t->seed)};

    memcpy(b.platforms, t->platforms, sizeof b.platforms);
    facts_set_text(b.result->facts, "side", side ? "B" : "A");
    results_label(b.result, o->label);
    progress("%c: %s …", 'A' + side, c->words);
    *status = count_measure(&b);
    for (size_t i = 0; i < b.result->skip_count && !*status; i++)
        if (!count_trouble(platform_find(b.result->skips[i].platform))) {
            warn("%c: %s", 'A' + side, b.result->skips[i].reason);
            *status = ST_FAILED;
        }
    return b.result;
}

int compare_count_sides(const struct turns *t, const struct options *o, const char *command)
{
    struct result *sides[2] = {NULL, NULL};
    int status = ST_OK;

    for (int i = 0; i < 2 && !status; i++)
        sides[i] = count_side(t, i, o, command, &status);
    if (!status)
        status = compare_count_show(sides[0], sides[1], o);
    if (sides[1] && o->output && !interrupted && results_append_all(sides, 2, o->output))
        status = ST_FAILED;
    for (int i = 0; i < 2; i++)
        results_free(sides[i]);
    return status;
}
