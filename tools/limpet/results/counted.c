/* The output of the plugin (tools/cost/plugin.c says of what form it is).
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/counted.h"
#include "base/buf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_MAX 9e15 /* up to here each whole number is exact as a double */

/* The plugin's keys; it has more, which belong to others. */
static const struct {
    const char *key;
    int count;
} keys[] = {
    {"insns", COUNT_INSTRUCTIONS}, {"loads", COUNT_LOADS}, {"stores", COUNT_STORES},
    {"port", COUNT_PORTS},         {"mmio", COUNT_MMIO},   {"cpuid", COUNT_CPUID},
    {"rdmsr", COUNT_MSRS},         {"wrmsr", COUNT_MSRS},  {"pages", COUNT_PAGES},
};

/* Digits alone, and no more than a double holds. Moves behind them. */
static bool take_number(const char **at, const char *end, double *number)
{
    const char *p = *at;

    *number = 0;
    for (; p < end && isdigit((unsigned char)*p) && *number <= COUNT_MAX; p++)
        *number = *number * 10 + (*p - '0');
    if (p == *at || *number > COUNT_MAX)
        return false;
    *at = p;
    return true;
}

static bool take_word(const char **at, const char *end, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(end - *at) < n || memcmp(*at, word, n) != 0)
        return false;
    *at += n;
    return true;
}

static struct section *section_of(struct counted *c, enum section_kind kind, unsigned number)
{
    if (!c->n || c->v[c->n - 1].kind != kind || c->v[c->n - 1].number != number) {
        c->v = xrealloc(c->v, (c->n + 1) * sizeof *c->v);
        c->v[c->n++] = (struct section){.kind = kind, .number = number, .counts.known = true};
    }
    return &c->v[c->n - 1];
}

/* "insns 12", or "function.3 12": what stands behind a section's name. */
static bool take_count(struct counts *counts, const char *at, const char *end,
                       const char *const *functions, size_t count)
{
    double number, index;

    if (take_word(&at, end, "function.")) {
        if (!take_number(&at, end, &index) || !take_word(&at, end, " ") ||
            !take_number(&at, end, &number) || at != end || index > (double)count)
            return false;
        counts_add(counts, index > 0 ? functions[(size_t)index - 1] : "", number);
        return true;
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *p = at;

        if (!take_word(&p, end, keys[i].key) || !take_word(&p, end, " "))
            continue;
        if (!take_number(&p, end, &number) || p != end)
            return false;
        counts->v[keys[i].count] += number;
        return true;
    }
    return true; /* another key */
}

/* A line "stage.N.KEY COUNT", "row.N.KEY COUNT", "end.KEY COUNT"; others are of other users. */
static bool take_line(struct counted *c, const char *at, const char *end,
                      const char *const *functions, size_t count)
{
    enum section_kind kind = SECTION_END;
    double number = 0;

    if (take_word(&at, end, "stage."))
        kind = SECTION_STAGE;
    else if (take_word(&at, end, "row."))
        kind = SECTION_ROW;
    else if (!take_word(&at, end, "end."))
        return true;
    if (kind != SECTION_END &&
        (!take_number(&at, end, &number) || number > 1e6 || !take_word(&at, end, ".")))
        return false;
    return take_count(&section_of(c, kind, (unsigned)number)->counts, at, end, functions, count);
}

bool counted_parse(const char *text, size_t n, const char *const *functions, size_t count,
                   struct counted *out)
{
    const char *end = text + n;

    *out = (struct counted){0};
    for (const char *at = text, *newline; at < end; at = newline + 1) {
        newline = memchr(at, '\n', (size_t)(end - at));
        if (!newline || !take_line(out, at, newline, functions, count)) {
            counted_free(out);
            return false;
        }
    }
    return true;
}

void counted_free(struct counted *c)
{
    for (size_t i = 0; i < c->n; i++)
        counts_free(&c->v[i].counts);
    free(c->v);
    *c = (struct counted){0};
}

const struct section *counted_find(const struct counted *c, enum section_kind kind, unsigned number)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].kind == kind && c->v[i].number == number)
            return &c->v[i];
    return NULL;
}

struct counts counted_whole(const struct counted *counted)
{
    const struct section *end = counted_find(counted, SECTION_END, 0);
    struct counts sum = {0};
    double told = 0;

    for (size_t i = 0; i < counted->n; i++)
        for (size_t k = 0; counted->v[i].kind == SECTION_STAGE && k < counted->v[i].counts.n; k++) {
            const struct function_count *f = &counted->v[i].counts.functions[k];

            counts_add(&sum, f->name, f->n);
            told += f->n;
        }
    for (int i = 0; i < COUNTS && end; i++)
        sum.v[i] = end->counts.v[i];
    sum.known = end != NULL && told == sum.v[COUNT_INSTRUCTIONS];
    return sum;
}
