/* SPDX-License-Identifier: BSD-2-Clause */
/* Gaps: see gaps.h. */
#include "gaps.h"
#include <limpet.h>
#include <string.h>

void gaps_begin(struct gaps *g, uint64_t ticks)
{
    memset(g, 0, sizeof *g); /* all of it is there from here on */
    g->least = limpet_clock().tsc_hz / 1000000;
    g->begin = limpet_tsc();
    g->end = g->begin + ticks;
}

/* Apart, so that the loop stays small. */
static __attribute__((noinline)) void note(struct gaps *g, uint64_t at, uint64_t ticks)
{
    uint64_t size = g->least, each = (g->end - g->begin) / GAPS_PARTS, part;
    if (ticks >> 63) {
        g->backwards = 1;
        return;
    }
    g->count++;
    g->taken += ticks;
    g->longest = ticks > g->longest ? ticks : g->longest;
    for (unsigned i = 0; i < GAPS_SIZES; i++, size *= 10)
        g->of[i] += ticks >= size;
    part = (at - g->begin) / each;
    g->part[part < GAPS_PARTS ? part : GAPS_PARTS - 1] += ticks;
    if (g->n < GAPS_MOST)
        g->kept[g->n++] = (struct gap){at, ticks};
}

void gaps_watch(struct gaps *g, uint64_t ticks)
{
    uint64_t began = limpet_tsc(), last = began, now;
    do {
        now = limpet_tsc();
        g->readings++;
        if (now - last >= g->least)
            note(g, last, now - last);
        last = now;
    } while (now - began < ticks);
    g->watched += now - began;
}

/* What lies between two readings is less than a gap, or is one: so many cover the time, or it was
 * not watched. */
const char *gaps_wrong(const struct gaps *g)
{
    if (g->backwards)
        return "the TSC ran backwards";
    return g->watched == 0 || g->readings * g->least + g->taken < g->watched
               ? "the clock was not read all the time"
               : NULL;
}

void gaps_line(const struct gaps *g, char text[GAPS_PARTS + 1])
{
    uint64_t each = (g->end - g->begin) / GAPS_PARTS;
    for (unsigned i = 0; i < GAPS_PARTS; i++) {
        uint64_t taken = g->part[i];
        text[i] = taken == 0            ? '.'
                  : taken * 1000 < each ? ':'
                  : taken * 100 < each  ? '-'
                  : taken * 10 < each   ? '='
                                        : '#';
    }
    text[GAPS_PARTS] = '\0';
}
