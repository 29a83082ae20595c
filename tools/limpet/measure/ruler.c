/* Is a guest's time-stamp counter fit to measure with? (apps/ruler)
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/ruler.h"
#include "base/buf.h"

#include <math.h>

/* How late a tick was seen, in seconds, by a TSC of hz; only differences of it mean something. */
static double lateness(json_t *tick, double hz)
{
    return json_number_value(json_array_get(tick, 1)) -
           json_number_value(json_array_get(tick, 0)) / hz;
}

/* The tick of first..last that was seen soonest; by how much it was sooner than the next. */
static json_t *soonest(json_t *ticks, size_t first, size_t last, double hz, double *margin)
{
    json_t *best = json_array_get(ticks, first);

    *margin = INFINITY;
    for (size_t i = first + 1; i < last; i++) {
        json_t *tick = json_array_get(ticks, i);
        double sooner = lateness(best, hz) - lateness(tick, hz);

        if (sooner > 0)
            best = tick;
        *margin = sooner > 0 ? sooner : fmin(*margin, -sooner);
    }
    return best;
}

double ruler_host_hz(json_t *ticks, double nominal_hz, double *error)
{
    size_t n = json_array_size(ticks);
    double early, late, seconds, hz = nominal_hz;
    json_t *a, *b;

    if (n < 4)
        return 0;
    for (int round = 0; round < 2; round++) { /* a wrong nominal_hz would look like late ticks */
        if (!(hz > 0))
            return 0;
        a = soonest(ticks, 0, n / 2, hz, &early);
        b = soonest(ticks, n / 2, n, hz, &late);
        seconds = json_number_value(json_array_get(b, 1)) - json_number_value(json_array_get(a, 1));
        if (!(seconds > 0))
            return 0;
        *error = (early + late) / seconds;
        hz = (json_number_value(json_array_get(b, 0)) - json_number_value(json_array_get(a, 0))) /
             seconds;
    }
    return hz;
}

/* The guest's clocks against the host's, which tells host_hz to a share of error: a reason, or
 * NULL.
 */
static char *compare_clocks(json_t *clocks, double host_hz, double error)
{
    json_t *clock;
    size_t i;

    for (i = 0; (clock = json_array_get(clocks, i)); i++) {
        double hz = json_number_value(json_object_get(clock, "tsc_hz"));
        const char *name = json_string_value(json_object_get(clock, "source"));

        if (fabs(hz / host_hz - 1) > RULER_TOLERANCE + error)
            return xasprintf("its clocks disagree: the TSC has %.3f MHz by %s, but %.3f MHz by the "
                             "host's clock",
                             hz / 1e6, name ? name : "?", host_hz / 1e6);
    }
    return NULL;
}

json_t *ruler_check(json_t *facts, json_t *ticks, char **why)
{
    json_t *clocks = json_object_get(facts, "clocks"), *ruler;
    double nominal = json_number_value(json_object_get(json_array_get(clocks, 0), "tsc_hz"));
    double error = 0, host_hz = ruler_host_hz(ticks, nominal, &error);

    *why = NULL;
    if (!json_array_size(clocks))
        *why = xstrdup("no clock tells the TSC's frequency");
    else if (host_hz <= 0)
        *why = xstrdup("the ruler's report is incomplete");
    else if (json_integer_value(json_object_get(facts, "backwards")))
        *why = xasprintf("its TSC ran backwards %d times in %d reads",
                         (int)json_integer_value(json_object_get(facts, "backwards")),
                         (int)json_integer_value(json_object_get(facts, "reads")));
    else
        *why = compare_clocks(clocks, host_hz, error);
    if (*why)
        return NULL;
    ruler = json_copy(facts);
    json_object_del(ruler, "limpet");
    json_object_set_new(ruler, "host_hz", json_real(host_hz));
    json_object_set_new(ruler, "host_error_ppm", json_real(ceil(error * 1e6)));
    return ruler;
}
