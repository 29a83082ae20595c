/* What was counted of a guest's work: see counts.h.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/counts.h"
#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

const struct count_kind count_kinds[COUNTS] = {
    [COUNT_INSTRUCTIONS] = {"instructions", "instructions"},
    [COUNT_LOADS] = {"loads", "loads"},
    [COUNT_STORES] = {"stores", "stores"},
    [COUNT_PORTS] = {"ports", "port accesses"},
    [COUNT_MMIO] = {"mmio", "MMIO"},
    [COUNT_CPUID] = {"cpuid", "CPUID"},
    [COUNT_MSRS] = {"msrs", "MSRs"},
    [COUNT_PAGES] = {"pages", "new pages"},
};

void counts_add(struct counts *c, const char *function, double n)
{
    size_t at = 0;

    while (at < c->n && strcmp(c->functions[at].name, function) < 0)
        at++;
    if (at == c->n || strcmp(c->functions[at].name, function) != 0) {
        c->functions = xrealloc(c->functions, (c->n + 1) * sizeof *c->functions);
        memmove(c->functions + at + 1, c->functions + at, (c->n++ - at) * sizeof *c->functions);
        c->functions[at] = (struct function_count){.name = xstrdup(function)};
    }
    c->functions[at].n += n;
}

void counts_add_all(struct counts *c, const struct counts *more)
{
    c->known = true;
    for (int i = 0; i < COUNTS; i++)
        c->v[i] += more->v[i];
    for (size_t i = 0; i < more->n; i++)
        counts_add(c, more->functions[i].name, more->functions[i].n);
}

struct counts counts_copy(const struct counts *c)
{
    struct counts copy = {0};

    if (c->known)
        counts_add_all(&copy, c);
    return copy;
}

void counts_free(struct counts *c)
{
    for (size_t i = 0; i < c->n; i++)
        free(c->functions[i].name);
    free(c->functions);
    *c = (struct counts){0};
}
