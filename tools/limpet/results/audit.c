/* Do a row's figures fit together: rate, time and bytes; cycles and the clock; parts and whole?
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/audit.h"
#include "base/msg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TOLERANCE  0.001 /* older files keep five digits */
#define CLOCKS_OFF 0.01  /* as the ruler allows (docs/clocks.md) */

/* What is not known counts as nothing. */
static double number(double v) { return isnan(v) ? 0 : v; }

static double sum_of(const struct numbers *list)
{
    double sum = 0;

    for (size_t i = 0; i < list->n; i++)
        sum += list->v[i];
    return sum;
}

/* How many arrays a pass of one of STREAM's kernels goes through; 0: not one of them. */
static int arrays_of(const char *kernel)
{
    if (!strcmp(kernel, "Copy") || !strcmp(kernel, "Scale"))
        return 2;
    return strcmp(kernel, "Add") && strcmp(kernel, "Triad") ? 0 : 3;
}

/* The bytes that a pass moves: 8 for each element of each array. */
static double bytes_of(const struct row *row)
{
    return isnan(row->bytes) ? 8 * arrays_of(row->name) * number(row->elements) : row->bytes;
}

/* Rate times time over the bytes: 1 when all is right. rate: MB/s, of which a tenth may be rounded
 * off. */
static bool moves(double rate, double seconds, double bytes)
{
    return fabs(rate * 1e6 * seconds / bytes - 1) <= TOLERANCE + 0.05 / rate;
}

/* The least of a run's samples; a run: the i-th of n that share them evenly. */
static double least_of(const struct row *row, size_t i, size_t n)
{
    size_t each = row->sample_count / n;
    double least = INFINITY;

    for (size_t k = i * each; k < (i + 1) * each; k++)
        least = fmin(least, row->samples[k].v);
    return least;
}

static char *check_bytes(const struct row *row)
{
    double bytes = bytes_of(row), elements = number(row->elements);
    int arrays = arrays_of(row->name);
    size_t n = row->runs.n ? row->runs.n : 1; /* as the guest tells it: the one */

    if (isnan(row->bytes))
        return NULL;
    if (strcmp(row->unit, "MB/s") != 0 || !row->sample_unit || strcmp(row->sample_unit, "s") != 0)
        return xstrdup("its bytes go with MB/s and samples in s only");
    if (!(bytes > 0) || (arrays && bytes != 8 * arrays * elements))
        return xasprintf("%.15g bytes a pass are not 8 for each of %.15g elements of %d arrays",
                         bytes, elements, arrays);
    if (!row->sample_count || row->sample_count % n)
        return xstrdup("its passes are not shared evenly by its runs");
    for (size_t i = 0; i < n; i++) {
        double rate = row->runs.n ? row->runs.v[i] : number(row->value);
        double least = least_of(row, i, n);

        if (!moves(rate, least, bytes))
            return xasprintf("%.6g MB/s for %.6g s are %.3g times the bytes that a pass moves",
                             rate, least, rate * 1e6 * least / bytes);
    }
    return NULL;
}

static char *check_ticks(const struct row *row, double tsc_hz, double life_s)
{
    const struct numbers *least = row->least.n ? &row->least : &row->runs;
    double spent = (double)row->end - (double)row->begin, calls = number(row->calls);
    double each = least->n ? least->v[0] : number(row->value);

    if (!row->spans)
        return NULL;
    if (row->median) /* half of the samples are no less */
        calls /= 2;
    if (calls * each > spent * (1 + TOLERANCE))
        return xasprintf("%.6g calls of %.6g cycles do not fit between its begin and its end, "
                         "%.6g cycles",
                         calls, each, spent);
    if (tsc_hz > 0 && life_s > 0 && spent / tsc_hz > life_s * (1 + CLOCKS_OFF))
        return xasprintf("%.6g cycles are %.3g s by the guest's clock, and the guest lived for "
                         "%.3g s",
                         spent, spent / tsc_hz, life_s);
    return NULL;
}

static char *check_exits(const struct row *row)
{
    double total = row->exits.total, sum = 0;

    for (size_t i = 0; i < row->exits.n; i++)
        sum += row->exits.reasons[i].count;
    if (row->exits.known && fabs(sum - total) > TOLERANCE * total)
        return xasprintf("its exits by reason are %.15g, and %.15g in all", sum, total);
    return NULL;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Is the value the median of the runs? Once it was the lower of the two in the middle. */
static char *check_runs(const struct row *row)
{
    size_t n = row->runs.n;
    double *v, value = number(row->value), parts = sum_of(&row->parts), low, high;

    if (!n)
        return NULL;
    if (row->parts.n && parts != (double)n)
        return xasprintf("its parts add up to %.15g runs, and there are %zu", parts, n);
    v = xrealloc(NULL, n * sizeof *v);
    memcpy(v, row->runs.v, n * sizeof *v);
    qsort(v, n, sizeof *v, ascending);
    low = v[(n - 1) / 2];
    high = v[n / 2];
    free(v);
    if (value < low - fabs(low) * TOLERANCE || value > high + fabs(high) * TOLERANCE)
        return xasprintf("its value, %.6g, is not the median of its runs, %.6g", value,
                         (low + high) / 2);
    return NULL;
}

char *audit_row(const struct row *row, double tsc_hz, double life_s)
{
    char *why = row->wrong ? xstrdup(row->wrong) : check_bytes(row);

    if (!why)
        why = check_ticks(row, tsc_hz, life_s);
    if (!why)
        why = check_exits(row);
    return why ? why : check_runs(row);
}

/* The rates of the samples are the times now. */
static void turn_to_seconds(struct row *row, double bytes)
{
    for (size_t i = 0; i < row->sample_count; i++)
        row->samples[i].v = bytes / 1e6 / row->samples[i].v;
}

/* STREAM's rows once had rates as samples, or statistics in seconds alone, and boots their samples
 * as runs. Returns why a row is none of these (caller frees), or NULL. */
static char *modernize(struct row *row)
{
    double bytes = bytes_of(row), best = 0, most = 0, least = INFINITY;

    if (!row->runs.n && !strcmp(row->suite, "boot"))
        for (size_t i = 0; i < row->sample_count; i++)
            numbers_add(&row->runs, row->samples[i].v);
    if (!isnan(row->bytes) || strcmp(row->suite, "stream") != 0 || !(bytes > 0))
        return NULL;
    for (size_t i = 0; i < row->runs.n; i++)
        best = fmax(best, row->runs.v[i]);
    for (size_t i = 0; i < row->sample_count; i++) {
        most = fmax(most, row->samples[i].v);
        least = fmin(least, row->samples[i].v);
    }
    if (!row->sample_count)
        least = number(row->stats.min);
    if (row->sample_count && fabs(most / best - 1) <= TOLERANCE + 0.05 / best)
        turn_to_seconds(row, bytes);
    else if (!moves(best, least, bytes))
        return xasprintf("its samples are neither seconds nor MB/s of passes of %.15g bytes",
                         bytes);
    row_set_text(&row->sample_unit, "s");
    if (row->sample_count)
        row->bytes = bytes;
    return NULL;
}

/* Why cycles of this run are not what they say (caller frees), or NULL. */
static char *check_clock(const struct facts *run)
{
    double guest = facts_number(run, "clock.tsc_hz"), host = facts_number(run, "ruler.host_hz");
    double error = facts_number(run, "ruler.host_error_ppm") / 1e6;

    if (guest > 0 && host > 0 && fabs(guest / host - 1) > CLOCKS_OFF + error)
        return xasprintf("its clock, %.6g MHz, is not the host's, %.6g MHz", guest / 1e6,
                         host / 1e6);
    return NULL;
}

/* Takes a row out. Takes over why. */
static void drop(struct result *result, size_t i, char *why, const char *path)
{
    const struct row *row = result->rows.v[i];
    char *reason = xasprintf("%s does not fit: %s", row->name, why);

    warn("%s: %s, %s on %s is left out: %s", path, row->suite, row->name, row->platform, why);
    results_skip(result, row->suite, row->platform, reason);
    rows_remove(&result->rows, i);
    free(reason);
    free(why);
}

/* The samples of a platform's boots under a name; none are n 0. */
struct boots {
    const struct value *v;
    size_t n;
};

static struct boots boots_of(const struct result *result, const char *platform, const char *name)
{
    const struct row *row = results_row(result, "boot", name, platform);

    return row && !row->histogram ? (struct boots){row->samples, row->sample_count}
                                  : (struct boots){NULL, 0};
}

/* The sum of all stages of a platform's boot, µs; NAN when a stage has not all boots. */
static double stages_of(const struct result *result, const char *platform, size_t boot,
                        size_t boots)
{
    double sum = 0, stages = 0;

    for (size_t i = 0; i < result->rows.n; i++) {
        const struct row *row = result->rows.v[i];

        if (!row->stage || strcmp(row->platform, platform) != 0)
            continue;
        if (row->sample_count != boots)
            return NAN;
        sum += row->samples[boot].v;
        stages++;
    }
    return stages > 0 ? sum : NAN;
}

/* Why a platform's boots do not add up (caller frees), or NULL. */
static char *check_boots(const struct result *result, const char *platform)
{
    struct boots total = boots_of(result, platform, "start to exit");
    struct boots door = boots_of(result, platform, "unpause to door");
    struct boots main = boots_of(result, platform, "unpause to main");
    struct boots inside = boots_of(result, platform, "door to main");

    for (size_t i = 0; i < total.n; i++) {
        double sum = stages_of(result, platform, i, total.n), whole = total.v[i].v * 1e3;

        if (fabs(sum - whole) > TOLERANCE * whole + 1)
            return xasprintf("the stages of boot %zu add up to %.6g µs, and it took %.6g", i + 1,
                             sum, whole);
    }
    for (size_t i = 0; i < main.n && door.n == main.n && inside.n == main.n; i++) {
        double sum = door.v[i].v + inside.v[i].v, whole = main.v[i].v;

        if (fabs(sum - whole) > TOLERANCE * whole + 1)
            return xasprintf("boot %zu is %.6g µs to the door and from it to main(), and %.6g µs "
                             "to main()",
                             i + 1, sum, whole);
    }
    return NULL;
}

/* Where a platform's boots do not add up, all their stages go. */
static void audit_boots(struct result *result, const char *path)
{
    for (size_t k = 0; k < result->rows.n; k++) {
        const struct row *total = result->rows.v[k];
        const char *platform = total->platform;
        char *why = NULL;

        if (total == results_row(result, "boot", "start to exit", platform))
            why = check_boots(result, platform);
        for (size_t i = result->rows.n; why && i-- > 0;) {
            const struct row *row = result->rows.v[i];
            bool gone = row->stage || !strcmp(row->name, "unpause to main");

            if (gone && row != total && !strcmp(row->platform, platform)) {
                drop(result, i, xstrdup(why), path);
                k -= i < k;
            }
        }
        free(why);
    }
}

void audit_result(struct result *result, const char *path)
{
    for (size_t i = result->rows.n; i-- > 0;) {
        struct row *row = result->rows.v[i];
        const struct facts *run = results_run_of(result, row);
        char *why = modernize(row);

        if (!why)
            why = audit_row(row, facts_number(run, "clock.tsc_hz"), 0);
        if (!why && !strcmp(row->unit, "cycles"))
            why = check_clock(run);
        if (why)
            drop(result, i, why, path);
        else
            rows_refresh(row);
    }
    audit_boots(result, path);
}
