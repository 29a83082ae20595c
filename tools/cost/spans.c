// SPDX-License-Identifier: BSD-2-Clause
// Instructions from each execution of one address to the next one of another: see spans.h.

#include "spans.h"

#include <inttypes.h>
#include <stddef.h>

#define MAX_SPANS 32

static struct span {
    char name[48];
    uint64_t start, end;
    bool open;
    uint64_t insns0, stos0;  // at START
    uint64_t count, reopens; // reopens: START came again before END; the later one counts
    uint64_t total, min, max, min_nostos, max_nostos;
} spans[MAX_SPANS];
static size_t nspans;

bool span_argument(const char *arg)
{
    struct span *s = &spans[nspans];
    char rest;
    return nspans++ < MAX_SPANS && sscanf(arg, "span=%47[^:]:%" SCNx64 ":%" SCNx64 "%c", s->name,
                                          &s->start, &s->end, &rest) == 3;
}

bool spans_watch(uint64_t address)
{
    for (size_t i = 0; i < nspans; i++)
        if (spans[i].start == address || spans[i].end == address)
            return true;
    return false;
}

static void open_span(struct span *s, uint64_t insns, uint64_t stos)
{
    s->reopens += s->open;
    s->open = true;
    s->insns0 = insns;
    s->stos0 = stos;
}

static void close_span(struct span *s, uint64_t insns, uint64_t stos)
{
    uint64_t all = insns + 1 - s->insns0; // with the instruction at END
    uint64_t nostos = all - (stos - s->stos0);
    bool first = s->count++ == 0;
    s->open = false;
    s->total += all;
    s->min = first || all < s->min ? all : s->min;
    s->max = all > s->max ? all : s->max;
    s->min_nostos = first || nostos < s->min_nostos ? nostos : s->min_nostos;
    s->max_nostos = nostos > s->max_nostos ? nostos : s->max_nostos;
}

void spans_at(uint64_t address, uint64_t insns, uint64_t stos)
{
    for (size_t i = 0; i < nspans; i++) {
        if (spans[i].start == address)
            open_span(&spans[i], insns, stos);
        if (spans[i].end == address && spans[i].open)
            close_span(&spans[i], insns, stos);
    }
}

void spans_print(FILE *f)
{
    for (size_t i = 0; i < nspans; i++) {
        const struct span *s = &spans[i];
        fprintf(f, "%s.count %" PRIu64 "\n%s.reopens %" PRIu64 "\n%s.total %" PRIu64 "\n", s->name,
                s->count, s->name, s->reopens, s->name, s->total);
        fprintf(f, "%s.min %" PRIu64 "\n%s.max %" PRIu64 "\n", s->name, s->min, s->name, s->max);
        fprintf(f, "%s.min_nostos %" PRIu64 "\n%s.max_nostos %" PRIu64 "\n", s->name, s->min_nostos,
                s->name, s->max_nostos);
    }
}
