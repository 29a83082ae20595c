/* Is a guest's time-stamp counter fit to measure with? (apps/ruler)
 * SPDX-License-Identifier: BSD-2-Clause */
#include "ruler.h"
#include "limpet.h"
#include "stats.h"

#include <math.h>
#include <stdlib.h>

static double number(json_t *pair, size_t i) { return json_number_value(json_array_get(pair, i)); }

double ruler_host_hz(json_t *ticks, double *half)
{
    size_t n = json_array_size(ticks), count = 0;
    struct value *slopes;
    double hz;

    if (n < 3)
        return 0;
    slopes = xrealloc(NULL, n * n * sizeof *slopes);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            json_t *a = json_array_get(ticks, i), *b = json_array_get(ticks, j);
            double seconds = number(b, 1) - number(a, 1);

            if (seconds > 0)
                slopes[count++] = (struct value){(number(b, 0) - number(a, 0)) / seconds, 1};
        }
    count = values_merge(slopes, count);
    hz = count ? stats_percentile(slopes, count, 50) : 0;
    if (hz > 0)
        *half =
            (stats_percentile(slopes, count, 75) - stats_percentile(slopes, count, 25)) / 2 / hz;
    free(slopes);
    return hz;
}

/* The guest's clocks against the host's: a reason, or NULL. */
static char *compare_clocks(json_t *clocks, double host_hz)
{
    json_t *clock;
    size_t i;

    for (i = 0; (clock = json_array_get(clocks, i)); i++) {
        double hz = json_number_value(json_object_get(clock, "tsc_hz"));
        const char *name = json_string_value(json_object_get(clock, "source"));

        if (fabs(hz / host_hz - 1) > RULER_TOLERANCE)
            return xasprintf("its clocks disagree: the TSC has %.3f MHz by %s, but %.3f MHz by the "
                             "host's clock",
                             hz / 1e6, name ? name : "?", host_hz / 1e6);
    }
    return i ? NULL : xstrdup("no clock tells the TSC's frequency");
}

json_t *ruler_check(json_t *facts, json_t *ticks, char **why)
{
    double half = 0, host_hz = ruler_host_hz(ticks, &half);
    json_t *ruler;

    *why = NULL;
    if (!facts || host_hz <= 0)
        *why = xstrdup("the ruler's report is incomplete");
    else if (json_integer_value(json_object_get(facts, "backwards")))
        *why = xasprintf("its TSC ran backwards %d times in %d reads",
                         (int)json_integer_value(json_object_get(facts, "backwards")),
                         (int)json_integer_value(json_object_get(facts, "reads")));
    else
        *why = compare_clocks(json_object_get(facts, "clocks"), host_hz);
    if (*why)
        return NULL;
    ruler = json_copy(facts);
    json_object_del(ruler, "limpet");
    json_object_set_new(ruler, "host_hz", json_real(host_hz));
    json_object_set_new(ruler, "host_error_ppm", json_real(ceil(half * 1e6)));
    return ruler;
}
