/* Do a row's figures fit together: rate, time and bytes; cycles and the clock; parts and whole?
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/audit.h"
#include "base/msg.h"
#include "results/results.h"
#include "results/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TOLERANCE  0.001 /* older files keep five digits */
#define CLOCKS_OFF 0.01  /* as the ruler allows (docs/clocks.md) */
#define NAMED(row) json_text(row, "name")

static double number(json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static double element(json_t *list, size_t i) { return json_number_value(json_array_get(list, i)); }

static double sum_of(json_t *list)
{
    double sum = 0;

    for (size_t i = 0; i < json_array_size(list); i++)
        sum += element(list, i);
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
static double bytes_of(json_t *row)
{
    return json_object_get(row, "bytes") ? number(row, "bytes")
                                         : 8 * arrays_of(NAMED(row)) * number(row, "elements");
}

/* Rate times time over the bytes: 1 when all is right. rate: MB/s, of which a tenth may be rounded
 * off. */
static bool moves(double rate, double seconds, double bytes)
{
    return fabs(rate * 1e6 * seconds / bytes - 1) <= TOLERANCE + 0.05 / rate;
}

/* The least of a run's samples; a run: the i-th of n that share them evenly. */
static double least_of(json_t *samples, size_t i, size_t n)
{
    size_t each = json_array_size(samples) / n;
    double least = INFINITY;

    for (size_t k = i * each; k < (i + 1) * each; k++)
        least = fmin(least, element(samples, k));
    return least;
}

static char *check_bytes(json_t *row)
{
    json_t *samples = json_object_get(row, "samples"), *runs = json_object_get(row, "runs");
    double bytes = bytes_of(row), elements = number(row, "elements");
    size_t n = runs ? json_array_size(runs) : 1;

    if (!json_object_get(row, "bytes"))
        return NULL;
    if (strcmp(json_text(row, "unit"), "MB/s") != 0 ||
        strcmp(json_text(row, "sample_unit"), "s") != 0)
        return xstrdup("its bytes go with MB/s and samples in s only");
    if (!(bytes > 0) || (arrays_of(NAMED(row)) && bytes != 8 * arrays_of(NAMED(row)) * elements))
        return xasprintf("%.15g bytes a pass are not 8 for each of %.15g elements of %d arrays",
                         bytes, elements, arrays_of(NAMED(row)));
    if (!n || !json_array_size(samples) || json_array_size(samples) % n)
        return xstrdup("its passes are not shared evenly by its runs");
    for (size_t i = 0; i < n; i++) {
        double rate = runs ? element(runs, i) : number(row, "value");
        double least = least_of(samples, i, n);

        if (!moves(rate, least, bytes))
            return xasprintf("%.6g MB/s for %.6g s are %.3g times the bytes that a pass moves",
                             rate, least, rate * 1e6 * least / bytes);
    }
    return NULL;
}

static char *check_ticks(json_t *row, double tsc_hz, double life_s)
{
    json_t *least = json_object_get(row, "least"), *runs = json_object_get(row, "runs");
    double spent = number(row, "end") - number(row, "begin"), calls = number(row, "calls"), each;

    if (!json_object_get(row, "begin") || !json_object_get(row, "end"))
        return NULL;
    if (!least)
        least = runs ? runs : json_object_get(row, "value");
    each = json_is_array(least) ? element(least, 0) : json_number_value(least);
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

static char *check_exits(json_t *row)
{
    json_t *exits = json_object_get(row, "exits"), *count;
    double total = number(exits, "total"), sum = 0;
    const char *reason;

    json_object_foreach(json_object_get(exits, "reasons"), reason, count) sum +=
        json_number_value(count);
    if (json_is_object(exits) && fabs(sum - total) > TOLERANCE * total)
        return xasprintf("its exits by reason are %.15g, and %.15g in all", sum, total);
    return NULL;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Is the value the median of the runs? Once it was the lower of the two in the middle. */
static char *check_runs(json_t *row)
{
    json_t *runs = json_object_get(row, "runs"), *parts = json_object_get(row, "parts");
    size_t n = json_array_size(runs);
    double *v, value = number(row, "value"), low, high;

    if (!n)
        return NULL;
    if (parts && sum_of(parts) != (double)n)
        return xasprintf("its parts add up to %.15g runs, and there are %zu", sum_of(parts), n);
    v = xrealloc(NULL, n * sizeof *v);
    for (size_t i = 0; i < n; i++)
        v[i] = element(runs, i);
    qsort(v, n, sizeof *v, ascending);
    low = v[(n - 1) / 2];
    high = v[n / 2];
    free(v);
    if (value < low - fabs(low) * TOLERANCE || value > high + fabs(high) * TOLERANCE)
        return xasprintf("its value, %.6g, is not the median of its runs, %.6g", value,
                         (low + high) / 2);
    return NULL;
}

char *audit_row(json_t *row, double tsc_hz, double life_s)
{
    char *why = check_bytes(row);

    if (!why)
        why = check_ticks(row, tsc_hz, life_s);
    if (!why)
        why = check_exits(row);
    return why ? why : check_runs(row);
}

/* STREAM's rows once had rates as samples, or statistics in seconds alone, and boots their samples
 * as runs. Returns why a row is none of these (caller frees), or NULL. */
static char *modernize(json_t *row)
{
    json_t *samples = json_object_get(row, "samples"), *runs = json_object_get(row, "runs");
    double bytes = bytes_of(row), best = 0, most = 0, least = INFINITY;

    if (!runs && samples && !strcmp(json_text(row, "suite"), "boot"))
        json_object_set(row, "runs", samples);
    if (json_object_get(row, "bytes") || strcmp(json_text(row, "suite"), "stream") != 0 ||
        !(bytes > 0))
        return NULL;
    for (size_t i = 0; i < json_array_size(runs); i++)
        best = fmax(best, element(runs, i));
    for (size_t i = 0; i < json_array_size(samples); i++) {
        most = fmax(most, element(samples, i));
        least = fmin(least, element(samples, i));
    }
    if (!samples)
        least = number(json_object_get(row, "stats"), "min");
    if (samples && fabs(most / best - 1) <= TOLERANCE + 0.05 / best) {
        for (size_t i = 0; i < json_array_size(samples); i++)
            json_array_set_new(samples, i, json_real(bytes / 1e6 / element(samples, i)));
    } else if (!moves(best, least, bytes)) {
        return xasprintf("its samples are neither seconds nor MB/s of passes of %.15g bytes",
                         bytes);
    }
    json_object_set_new(row, "sample_unit", json_string("s"));
    if (samples)
        json_object_set_new(row, "bytes", json_real(bytes));
    return NULL;
}

/* Why cycles of this run are not what they say (caller frees), or NULL. */
static char *check_clock(json_t *run)
{
    double guest = number(json_object_get(run, "clock"), "tsc_hz");
    json_t *ruler = json_object_get(run, "ruler");
    double host = number(ruler, "host_hz"), error = number(ruler, "host_error_ppm") / 1e6;

    if (guest > 0 && host > 0 && fabs(guest / host - 1) > CLOCKS_OFF + error)
        return xasprintf("its clock, %.6g MHz, is not the host's, %.6g MHz", guest / 1e6,
                         host / 1e6);
    return NULL;
}

static json_t *run_of(json_t *result, json_t *row)
{
    return json_array_get(json_object_get(result, "runs"),
                          (size_t)json_integer_value(json_object_get(row, "run")));
}

/* Takes a row out. Takes over why. */
static void drop(json_t *result, size_t i, char *why, const char *path)
{
    json_t *rows = json_object_get(result, "rows"), *row = json_array_get(rows, i);
    char *reason = xasprintf("%s does not fit: %s", NAMED(row), why);

    warn("%s: %s, %s on %s is left out: %s", path, json_text(row, "suite"), NAMED(row),
         json_text(row, "platform"), why);
    results_skip(result, json_text(row, "suite"), json_text(row, "platform"), reason);
    json_array_remove(rows, i);
    free(reason);
    free(why);
}

/* The samples of a platform's boots under a name, or NULL. */
static json_t *boots_of(json_t *result, const char *platform, const char *name)
{
    return json_object_get(results_row(result, "boot", name, platform), "samples");
}

/* The sum of all stages of a platform's boot, µs; NAN when a stage has not all boots. */
static double stages_of(json_t *result, const char *platform, size_t boot, size_t boots)
{
    json_t *row;
    double sum = 0, stages = 0;
    size_t i;

    for (i = 0; (row = json_array_get(json_object_get(result, "rows"), i)); i++) {
        json_t *samples = json_object_get(row, "samples");

        if (!json_object_get(row, "stage") || strcmp(json_text(row, "platform"), platform) != 0)
            continue;
        if (json_array_size(samples) != boots)
            return NAN;
        sum += element(samples, boot);
        stages++;
    }
    return stages > 0 ? sum : NAN;
}

/* Why a platform's boots do not add up (caller frees), or NULL. */
static char *check_boots(json_t *result, const char *platform)
{
    json_t *total = boots_of(result, platform, "start to exit");
    json_t *door = boots_of(result, platform, "unpause to door");
    json_t *main = boots_of(result, platform, "unpause to main");
    json_t *inside = boots_of(result, platform, "door to main");
    size_t n = json_array_size(total);

    for (size_t i = 0; i < n; i++) {
        double sum = stages_of(result, platform, i, n), whole = element(total, i) * 1e3;

        if (fabs(sum - whole) > TOLERANCE * whole + 1)
            return xasprintf("the stages of boot %zu add up to %.6g µs, and it took %.6g", i + 1,
                             sum, whole);
    }
    for (size_t i = 0;
         i < json_array_size(main) && json_array_size(door) == json_array_size(main) &&
         json_array_size(inside) == json_array_size(main);
         i++) {
        double sum = element(door, i) + element(inside, i), whole = element(main, i);

        if (fabs(sum - whole) > TOLERANCE * whole + 1)
            return xasprintf("boot %zu is %.6g µs to the door and from it to main(), and %.6g µs "
                             "to main()",
                             i + 1, sum, whole);
    }
    return NULL;
}

/* Where a platform's boots do not add up, all their stages go. */
static void audit_boots(json_t *result, const char *path)
{
    json_t *rows = json_object_get(result, "rows"), *all = json_copy(rows), *total;
    size_t k;

    for (k = 0; (total = json_array_get(all, k)); k++) {
        const char *platform = json_text(total, "platform");
        char *why = NULL;

        if (total == results_row(result, "boot", "start to exit", platform))
            why = check_boots(result, platform);
        for (size_t i = json_array_size(rows); why && i-- > 0;) {
            json_t *row = json_array_get(rows, i);

            if (!strcmp(json_text(row, "platform"), platform) &&
                (json_object_get(row, "stage") || !strcmp(NAMED(row), "unpause to main")))
                drop(result, i, xstrdup(why), path);
        }
        free(why);
    }
    json_decref(all);
}

void audit_result(json_t *result, const char *path)
{
    json_t *rows = json_object_get(result, "rows");

    for (size_t i = json_array_size(rows); i-- > 0;) {
        json_t *row = json_array_get(rows, i), *run = run_of(result, row);
        char *why = modernize(row);

        if (!why)
            why = audit_row(row, number(json_object_get(run, "clock"), "tsc_hz"), 0);
        if (!why && !strcmp(json_text(row, "unit"), "cycles"))
            why = check_clock(run);
        if (why)
            drop(result, i, why, path);
        else
            tally_refresh(row);
    }
    audit_boots(result, path);
}
