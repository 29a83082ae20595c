/* A row and its lists: made, copied, freed.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/row.h"
#include "base/buf.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Statistics of which nothing is told. */
static const struct stats unknown = {.min = NAN,
                                     .mean = NAN,
                                     .p50 = NAN,
                                     .p95 = NAN,
                                     .p99 = NAN,
                                     .p999 = NAN,
                                     .max = NAN,
                                     .ci = {NAN, NAN}};

#define TEXT(key)                                                                                  \
    {                                                                                              \
#key, offsetof(struct row, key)                                                            \
    }
const struct row_text row_texts[ROW_TEXTS] = {
    TEXT(suite), TEXT(platform), TEXT(name), TEXT(unit),     TEXT(sample_unit),
    TEXT(note),  TEXT(invalid),  TEXT(isa),  TEXT(no_exits),
};

char **row_text(struct row *row, size_t i) { return (char **)((char *)row + row_texts[i].offset); }

struct row *row_new(const char *suite, const char *name, const char *unit)
{
    struct row *row = xrealloc(NULL, sizeof *row);

    *row = (struct row){.suite = xstrdup(suite),
                        .platform = xstrdup(""),
                        .name = xstrdup(name),
                        .unit = xstrdup(unit),
                        .value = NAN,
                        .ci = {NAN, NAN},
                        .calls = NAN,
                        .per_call = NAN,
                        .bytes = NAN,
                        .elements = NAN,
                        .threads = NAN,
                        .min_s = NAN,
                        .avg_s = NAN,
                        .max_s = NAN,
                        .stats = unknown,
                        .run = ROW_NO_RUN};
    return row;
}

void row_set_text(char **text, const char *by)
{
    char *copy = by ? xstrdup(by) : NULL;

    free(*text);
    *text = copy;
}

/* It doubles whenever n is a power of two. */
void *list_grown(void *list, size_t n, size_t size)
{
    return n & (n - 1) ? list : xrealloc(list, (n ? 2 * n : 1) * size);
}

/* A copy of n elements, as list_grown() keeps a list. */
static void *copy_of(const void *from, size_t n, size_t size)
{
    size_t room = 1;
    void *copy = NULL;

    while (room < n)
        room *= 2;
    if (n)
        copy = memcpy(xrealloc(NULL, room * size), from, n * size);
    return copy;
}

static struct numbers numbers_copy(const struct numbers *from)
{
    return (struct numbers){copy_of(from->v, from->n, sizeof *from->v), from->n};
}

struct row *row_copy(const struct row *from)
{
    struct row *row = copy_of(from, 1, sizeof *from);

    for (size_t i = 0; i < ROW_TEXTS; i++) {
        char **text = row_text(row, i); /* as yet the other's */

        *text = *text ? xstrdup(*text) : NULL;
    }
    row->runs = numbers_copy(&from->runs);
    row->parts = numbers_copy(&from->parts);
    row->least = numbers_copy(&from->least);
    row->tails = numbers_copy(&from->tails);
    row->samples = copy_of(from->samples, from->sample_count, sizeof *from->samples);
    row->exits = (struct exit_counts){.known = from->exits.known};
    for (size_t i = 0; i < from->exits.n; i++)
        exit_counts_add(&row->exits, from->exits.reasons[i].name, from->exits.reasons[i].count);
    row->exits.total = from->exits.total;
    row->exits.calls = from->exits.calls;
    row->counts = counts_copy(&from->counts);
    return row;
}

void row_free(struct row *row)
{
    if (!row)
        return;
    for (size_t i = 0; i < ROW_TEXTS; i++)
        free(*row_text(row, i));
    free(row->runs.v);
    free(row->parts.v);
    free(row->least.v);
    free(row->tails.v);
    free(row->samples);
    exit_counts_free(&row->exits);
    counts_free(&row->counts);
    free(row);
}

void numbers_add(struct numbers *numbers, double number)
{
    numbers->v = list_grown(numbers->v, numbers->n, sizeof *numbers->v);
    numbers->v[numbers->n++] = number;
}

void row_add_sample(struct row *row, double value, size_t count)
{
    row->samples = list_grown(row->samples, row->sample_count, sizeof *row->samples);
    row->samples[row->sample_count++] = (struct value){value, count};
}

void exit_counts_add(struct exit_counts *exits, const char *reason, double count)
{
    exits->reasons = list_grown(exits->reasons, exits->n, sizeof *exits->reasons);
    exits->reasons[exits->n++] = (struct exit_reason){xstrdup(reason), count};
    exits->known = true;
}

void exit_counts_free(struct exit_counts *exits)
{
    for (size_t i = 0; i < exits->n; i++)
        free(exits->reasons[i].name);
    free(exits->reasons);
    *exits = (struct exit_counts){0};
}
