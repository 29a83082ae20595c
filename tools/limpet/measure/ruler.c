/* Is a guest's time-stamp counter fit to measure with? (apps/ruler)
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/ruler.h"
#include "base/buf.h"

#include <math.h>

/* How late a tick was seen, in seconds, by a TSC of hz; only differences of it mean something. */
static double lateness(const struct tick *tick, double hz) { return tick->host - tick->tsc / hz; }

/* The tick of first..last that was seen soonest; by how much it was sooner than the next. */
static const struct tick *soonest(const struct tick *first, const struct tick *last, double hz,
                                  double *margin)
{
    const struct tick *best = first;

    *margin = INFINITY;
    for (const struct tick *tick = first + 1; tick < last; tick++) {
        double sooner = lateness(best, hz) - lateness(tick, hz);

        if (sooner > 0)
            best = tick;
        *margin = sooner > 0 ? sooner : fmin(*margin, -sooner);
    }
    return best;
}

double ruler_host_hz(const struct tick *ticks, size_t n, double nominal_hz, double *error)
{
    double early, late, seconds, hz = nominal_hz;

    if (n < 4)
        return 0;
    for (int round = 0; round < 2; round++) { /* a wrong nominal_hz would look like late ticks */
        const struct tick *a, *b;

        if (!(hz > 0))
            return 0;
        a = soonest(ticks, ticks + n / 2, hz, &early);
        b = soonest(ticks + n / 2, ticks + n, hz, &late);
        seconds = b->host - a->host;
        if (!(seconds > 0))
            return 0;
        *error = (early + late) / seconds;
        hz = (b->tsc - a->tsc) / seconds;
    }
    return hz;
}

/* The guest's clocks against the host's, which tells host_hz to a share of error: a reason, or
 * NULL.
 */
static char *compare_clocks(const struct facts *ruler, double host_hz, double error)
{
    for (size_t i = 0; i < facts_count(ruler, "clocks"); i++) {
        const struct facts *clock = facts_element(ruler, "clocks", i);
        double hz = facts_number(clock, "tsc_hz");
        const char *name = facts_text(clock, "source");

        if (fabs(hz / host_hz - 1) > RULER_TOLERANCE + error)
            return xasprintf("its clocks disagree: the TSC has %.3f MHz by %s, but %.3f MHz by the "
                             "host's clock",
                             hz / 1e6, name[0] ? name : "?", host_hz / 1e6);
    }
    return NULL;
}

struct facts *ruler_check(const struct guest_lines *lines, char **why)
{
    const struct facts *found = facts_at(lines->facts, "ruler");
    double nominal = facts_number(facts_element(found, "clocks", 0), "tsc_hz"), error = 0;
    double host_hz = ruler_host_hz(lines->ticks, lines->tick_count, nominal, &error);
    struct facts *ruler;

    *why = NULL;
    if (!facts_count(found, "clocks"))
        *why = xstrdup("no clock tells the TSC's frequency");
    else if (host_hz <= 0)
        *why = xstrdup("the ruler's report is incomplete");
    else if (facts_number(found, "backwards") > 0)
        *why = xasprintf("its TSC ran backwards %.0f times in %.0f reads",
                         facts_number(found, "backwards"), facts_number(found, "reads"));
    else
        *why = compare_clocks(found, host_hz, error);
    if (*why)
        return NULL;
    ruler = facts_copy(found);
    facts_remove(ruler, "limpet");
    facts_set_number(ruler, "host_hz", host_hz);
    facts_set_number(ruler, "host_error_ppm", ceil(error * 1e6));
    return ruler;
}
