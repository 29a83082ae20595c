/* Parts of a measurement that was made in several, joined.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/busy.h"
#include "results/results.h"

#include <stdlib.h>
#include <string.h>

static bool alike(const struct facts *x, const struct facts *y)
{
    return facts_alike(x, y, "suite") && facts_alike(x, y, "platform") &&
           facts_alike(x, y, "image");
}

/* Where in the result the i-th run of the part stands; of several like it, the one as far down as
 * that. Behind the last, where there is none. */
static size_t place_of(const struct result *result, const struct result *part, size_t i)
{
    size_t place = 0, before = 0;

    for (size_t k = 0; k < i; k++)
        before += alike(part->runs[k], part->runs[i]);
    while (place < result->run_count && (!alike(result->runs[place], part->runs[i]) || before--))
        place++;
    return place;
}

/* One more run, or more guests of a known one. */
static void join_run(struct result *result, size_t place, const struct facts *later)
{
    struct facts *run = facts_copy(later), *known;
    double count = facts_number(run, "count");

    if (place == result->run_count) {
        results_add(result, run, &(struct rows){0});
        return;
    }
    known = result->runs[place];
    busy_join(run, known);
    facts_set_count(run, "count", (long long)(facts_number(known, "count") + count));
    facts_set_text(run, "started", facts_text(known, "started"));
    facts_set(known, NULL, run);
    facts_free(run);
}

/* Did a skip end this row, which the other part has not? */
static bool is_lost(const struct row *row, const struct result *result, const struct result *part,
                    const struct result *other)
{
    return (results_reason(result, row->suite, row->platform) ||
            results_reason(part, row->suite, row->platform)) &&
           !results_row(other, row->suite, row->name, row->platform);
}

/* Which row of the result goes on in a later part's. */
static struct row *known_row(const struct result *result, const struct row *row)
{
    return (struct row *)results_row(result, row->suite, row->name, row->platform);
}

/* Adds a skip that the result does not have. */
static void add_skip(struct result *result, const struct skip *skip)
{
    for (size_t i = 0; i < result->skip_count; i++) {
        const struct skip *have = &result->skips[i];

        if (!strcmp(have->suite, skip->suite) && !strcmp(have->platform, skip->platform) &&
            !strcmp(have->reason, skip->reason))
            return;
    }
    results_skip(result, skip->suite, skip->platform, skip->reason);
}

void results_join(struct result *result, const struct result *part)
{
    size_t *places = xrealloc(NULL, (part->run_count + 1) * sizeof *places);

    for (size_t i = 0; i < part->run_count; i++) {
        places[i] = place_of(result, part, i);
        join_run(result, places[i], part->runs[i]);
    }
    for (size_t i = result->rows.n; i-- > 0;)
        if (is_lost(result->rows.v[i], result, part, part))
            rows_remove(&result->rows, i);
    for (size_t i = 0; i < part->rows.n; i++) {
        const struct row *row = part->rows.v[i];
        struct row *known = known_row(result, row);

        if (known)
            rows_join(known, row);
        else if (!is_lost(row, result, part, result))
            rows_append(&result->rows, row_copy(row))->run = places[row->run];
    }
    for (size_t i = 0; i < part->skip_count; i++)
        add_skip(result, &part->skips[i]);
    free(places);
}
