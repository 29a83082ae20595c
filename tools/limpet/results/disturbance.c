/* Why a mean and a median of the same samples are far apart.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/disturbance.h"
#include "results/busy.h"
#include "results/results.h"
#include "stats/rank.h"

#include <math.h>

/* From here on a sample is taken for one that was interrupted: no service of the guest's takes so
 * long on hardware, and no slice that Linux gives to others is shorter (sched_min_granularity is
 * 0.75 ms by default). Where the clock is unknown, and under emulation, ten medians count. */
#define LONG_US   50.0
#define LONG_MANY 10.0

bool disturbance_is_mean(const struct row *row)
{
    struct estimate value = estimate_value(row), median = estimate_median(row);

    return row && !row->median && row->histogram &&
           row->calls * (double)value.n == (double)median.n;
}

/* Half the width of the wider interval. */
static double doubt(const struct estimate *a, const struct estimate *b)
{
    return fmax(a->high - a->low, b->high - b->low) / 2;
}

struct tail {
    double from;  /* the least sample that is long */
    double count; /* of them */
    double share; /* of what all samples exceed the median by: 1 is all */
};

static struct tail tail_of(const struct row *row, double median, double from)
{
    struct tail t = {.from = from};
    double all = 0, of_long = 0;

    for (size_t i = 0; i < row->sample_count; i++) {
        double value = row->samples[i].v, count = (double)row->samples[i].n;

        all += (value - median) * count;
        if (value < from)
            continue;
        of_long += (value - median) * count;
        t.count += count;
    }
    t.share = all > 0 ? of_long / all : 0;
    return t;
}

static void count(struct buf *out, double n, enum number_style style)
{
    if (style == NUMBER_PEOPLE)
        number_text(out, n);
    else
        buf_printf(out, "%.0f", n);
}

/* The cause, in words. */
static void add_cause(const struct row *row, const struct facts *run, const struct tail *t,
                      double us, const struct estimate *median, enum number_style style,
                      struct buf *out)
{
    if (t->share >= 0.5) {
        count(out, t->count, style);
        buf_str(out, " of ");
        count(out, (double)median->n, style);
        buf_str(out, " samples took ");
        if (us > 0)
            buf_printf(out, us < 1000 ? "%.3g µs" : "%.3g ms", us < 1000 ? us : us / 1000);
        else
            estimate_beside(out, median, t->from, style);
        buf_printf(out, " and more and make up %.0f %% of the difference: %s",
                   fmin(t->share, 1) * 100,
                   busy_tell(run, NULL) ? "pre-emptions, for the machine was busy"
                                        : "pre-emptions, or page faults of the host");
    } else if (row->stats.two_modes) {
        buf_str(out, "two modes, at ");
        estimate_beside(out, median, row->stats.modes[0], style);
        buf_str(out, " and ");
        estimate_beside(out, median, row->stats.modes[1], style);
    } else {
        buf_str(out, "samples are spread widely, most of them low");
    }
}

/* Loops of calls, of which single ones were timed too, with the stamps' cost in them: these cannot
 * cost less, unless the loops were interrupted. */
static void loops_text(const struct facts *run, const struct estimate *value,
                       const struct estimate *median, enum number_style style, struct buf *out)
{
    buf_str(out, "loops ");
    estimate_text(out, value, style);
    buf_str(out, ", median of single calls ");
    estimate_text(out, median, style);
    buf_printf(out, " %s: the loops were interrupted%s", value->unit,
               busy_tell(run, NULL) ? ", for the machine was busy" : "");
}

void disturbance_text(const struct row *row, const struct facts *run, enum number_style style,
                      struct buf *out)
{
    struct estimate value = estimate_value(row), median = estimate_median(row);
    double hz = facts_number(run, "clock.tsc_hz");
    double from = fmax(LONG_MANY * median.value, LONG_US * hz / 1e6);
    double apart = fabs(value.value - median.value);
    bool loops = row && !isnan(row->calls) && !disturbance_is_mean(row);
    struct tail t;

    if (!row || row->median || isnan(row->calls) || !row->histogram ||
        apart <= doubt(&value, &median) || apart <= (RANK_NEAR - 1) * median.value ||
        (loops && value.value < median.value))
        return;
    if (loops) {
        loops_text(run, &value, &median, style, out);
        return;
    }
    t = tail_of(row, median.value, from);
    buf_str(out, "mean ");
    estimate_text(out, &value, style);
    buf_str(out, ", median ");
    estimate_text(out, &median, style);
    buf_printf(out, " %s: ", value.unit);
    add_cause(row, run, &t, hz > 0 ? from / hz * 1e6 : 0, &median, style, out);
}
