/* SPDX-License-Identifier: BSD-2-Clause */
/* What benchmarks share: see bench.h. */
#include "bench.h"
#include "../../tools/cost/marks.h"
#include <limpet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOPS   11    /* of the published loop */
#define CALLS   10000 /* in it */
#define SINGLES 1000  /* single calls for the distribution */
#define BEYOND  10.0  /* samples, beyond a quantile that is told */

/* Functions and edges so far, of a build by make INSTRUMENT=1; no other has it. */
extern uint64_t limpet_instrumented[2] __attribute__((weak));

/* What was measured of one benchmark. */
struct row {
    const struct benchmark *what;
    double value; /* the figure that stands for the row, in cycles */
    double least; /* the least loop's */
    unsigned long calls;
    uint64_t begin, end;     /* TSC around the loops */
    size_t n;                /* of samples */
    const char *invalid;     /* or NULL */
    double functions, edges; /* of an instrumented build: of one loop's calls, by the call */
};

static uint32_t samples[BENCH_SAMPLES];

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static int ascending_means(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void conclude(struct row *r, double *means, unsigned n)
{
    qsort(means, n, sizeof *means, ascending_means);
    r->value = means[n / 2];
    r->least = means[0];
}

static void get_ready(const struct benchmark *b, uint64_t n)
{
    if (b->ready != NULL)
        b->ready(n);
}

static void undo(const struct benchmark *b, uint64_t n)
{
    if (b->undo != NULL)
        b->undo(n);
}

/* Calls that are not timed. */
static void call_only(const struct benchmark *b, uint64_t n)
{
    get_ready(b, n);
    b->call(n);
    undo(b, n);
}

/* Adds what an instrumented build counted since, or, with way -1, takes off what it had. */
static void count_instrumented(struct row *r, double way)
{
    if (limpet_instrumented == NULL)
        return;
    r->functions += way * (double)limpet_instrumented[0];
    r->edges += way * (double)limpet_instrumented[1];
}

static void measure_calls(struct row *r)
{
    const struct benchmark *b = r->what;
    unsigned per_call = b->per_call != 0 ? b->per_call : 1;
    unsigned calls = b->calls != 0 ? b->calls : CALLS;
    double means[LOOPS];

    r->begin = limpet_tsc();
    for (int loop = 0; loop < LOOPS; loop++) {
        call_only(b, 2);
        get_ready(b, calls);
        count_instrumented(r, -1);
        uint64_t start = limpet_tsc();
        MARK(MARK_BEGIN); /* no-operations, by which limpet bench --count finds the calls */
        b->call(calls);
        MARK(MARK_END);
        means[loop] = (double)(limpet_tsc() - start) / calls / per_call;
        count_instrumented(r, 1);
        undo(b, calls);
    }
    r->end = limpet_tsc();
    conclude(r, means, LOOPS);
    r->calls = (unsigned long)LOOPS * calls;
    r->functions /= (double)r->calls * per_call;
    r->edges /= (double)r->calls * per_call;
    for (r->n = 0; r->n < SINGLES && r->n < calls; r->n++) {
        get_ready(b, 1);
        uint64_t before = limpet_tsc_fenced();
        b->call(1);
        samples[r->n] = bench_clip((limpet_tsc_fenced() - before) / per_call);
        undo(b, 1);
    }
}

static void measure_takes(struct row *r)
{
    const struct benchmark *b = r->what;
    unsigned loops = b->loops != 0 ? b->loops : 1;
    unsigned loop;
    double means[LOOPS] = {0};

    r->begin = limpet_tsc();
    for (loop = 0; loop < loops && r->invalid == NULL; loop++) {
        double sum = 0;
        r->invalid = loop > 0 && b->setup != NULL ? b->setup() : NULL;
        MARK(MARK_BEGIN);
        size_t n = b->take(samples + r->n);
        MARK(MARK_END);
        for (size_t i = r->n; i < r->n + n; i++)
            sum += samples[i];
        if (n == 0)
            r->invalid = "nothing could be measured: no memory?";
        means[loop] = n != 0 ? sum / (double)n : 0;
        r->n += n;
    }
    r->end = limpet_tsc();
    conclude(r, means, loop);
    r->calls = r->n;
}

/* By nearest rank, of sorted samples. */
static unsigned quantile(const struct row *r, double q)
{
    size_t rank = (size_t)(q * (double)r->n + 0.999999);
    return (unsigned)samples[rank == 0 ? 0 : rank - 1];
}

static double median(const struct row *r)
{
    return ((double)samples[(r->n - 1) / 2] + (double)samples[r->n / 2]) / 2;
}

/* A quantile that ten samples at least lie beyond, as the host tool has it; of fewer a dash. */
static void print_quantile(const struct row *r, double q)
{
    if ((1 - q) * (double)r->n < BEYOND - 1e-9)
        printf(" %9s", "-");
    else
        printf(" %9u", quantile(r, q));
}

static void print_text(const struct row *r)
{
    const char *note = r->what->note, *unit = r->what->unit;
    printf("%-22s %12.1f", r->what->name, r->value);
    if (r->n != 0) {
        printf(" %9zu %9u %9.0f", r->n, samples[0], median(r));
        print_quantile(r, 0.95);
        print_quantile(r, 0.99);
        printf(" %10u", samples[r->n - 1]);
    }
    if (unit != NULL)
        printf("  [%s]", unit);
    printf("%s%s\n", note != NULL && *note != '\0' ? "  " : "", note != NULL ? note : "");
    if (r->functions > 0)
        printf("%-22s %12.1f functions and %.1f edges a call\n", "", r->functions, r->edges);
    if (r->invalid != NULL)
        printf("%s is not valid: %s\n", r->what->name, r->invalid);
}

/*
 * Every sample, in a form that is short, as each byte may cost a VM exit: ascending, each value as
 * the difference from the one before, with "xN" where it occurred N times.
 */
static void print_json(const struct row *r, const char *suite)
{
    printf("{\"limpet\":\"row\",\"bench\":\"%s\",\"name\":\"%s\",\"unit\":\"%s\",\"value\":%."
           "2f,\"least\":%.2f,\"note\":\"%s\"",
           suite, r->what->name, r->what->unit != NULL ? r->what->unit : "cycles", r->value,
           r->least, r->what->note != NULL ? r->what->note : "");
    if (r->what->value != NULL) /* none of its own */
        printf(",\"calls\":0");
    else
        printf(",\"calls\":%lu,\"begin\":%llu,\"end\":%llu", r->calls, (unsigned long long)r->begin,
               (unsigned long long)r->end);
    if (r->what->per_call > 1)
        printf(",\"per_call\":%u", r->what->per_call);
    if (r->what->median)
        printf(",\"median\":true");
    if (r->invalid != NULL)
        printf(",\"invalid\":\"%s\"", r->invalid);
    if (r->n == 0) {
        printf("}\n");
        return;
    }
    printf(",\"steps\":\"");
    for (size_t i = 0, next; i < r->n; i = next) {
        for (next = i + 1; next < r->n && samples[next] == samples[i]; next++)
            ;
        printf(i == 0 ? "%u" : " %u", (unsigned)(samples[i] - (i == 0 ? 0 : samples[i - 1])));
        if (next - i > 1)
            printf("x%zu", next - i);
    }
    printf("\"}\n");
}

/* Measures and prints a row. Returns whether it is valid. */
static int run(const struct benchmark *b, const char *suite, int json)
{
    struct row r = {.what = b, .invalid = b->setup != NULL ? b->setup() : NULL};
    MARK(MARK_ROW);
    if (r.invalid == NULL && b->call != NULL)
        measure_calls(&r);
    else if (r.invalid == NULL && b->value != NULL)
        r.value = r.least = b->value();
    else if (r.invalid == NULL)
        measure_takes(&r);
    if (r.invalid == NULL && b->check != NULL)
        r.invalid = b->check();
    qsort(samples, r.n, sizeof *samples, ascending);
    if (b->median && r.n != 0)
        r.value = r.least = median(&r);
    print_text(&r);
    if (json && r.functions > 0)
        printf("{\"limpet\":\"instrumented\",\"row\":\"%s\",\"functions\":%.2f,\"edges\":%.2f}\n",
               b->name, r.functions, r.edges);
    if (json)
        print_json(&r, suite);
    return r.invalid == NULL;
}

/* Does a row's work once and checks it. Returns whether it is right. */
static int once(const struct benchmark *b)
{
    const char *wrong = b->setup != NULL ? b->setup() : NULL;
    if (wrong == NULL && b->call != NULL)
        call_only(b, 1);
    else if (wrong == NULL && b->value != NULL)
        b->value();
    else if (wrong == NULL && b->take(samples) == 0)
        wrong = "nothing could be done";
    if (wrong == NULL && b->check != NULL)
        wrong = b->check();
    if (wrong != NULL)
        printf("%s is not valid: %s\n", b->name, wrong);
    return wrong == NULL;
}

static int has_cpus(const struct benchmark *b)
{
    return sysconf(_SC_NPROCESSORS_ONLN) >= (long)b->cpus;
}

/* Has this system no such thing? Then it is told why. */
static int is_none(const struct benchmark *b, int json)
{
    const char *why = b->none != NULL ? b->none() : NULL;
    if (why != NULL)
        printf("%-22s none: %s\n", b->name, why);
    if (why != NULL && json)
        printf("{\"limpet\":\"none\",\"row\":\"%s\",\"why\":\"%s\"}\n", b->name, why);
    return why != NULL;
}

/* Is a row among those that are named? With no names, all are. */
static int wanted(const char *name, char *const *names)
{
    if (*names == NULL)
        return 1;
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* The first name that no row has, or NULL. */
static const char *unknown(const struct benchmark *table, size_t count, char *const *names)
{
    size_t i = 0;
    for (; *names != NULL; names++) {
        for (i = 0; i < count && !(strcmp(*names, table[i].name) == 0 && has_cpus(&table[i])); i++)
            ;
        if (i == count)
            return *names;
    }
    return NULL;
}

int bench_main(const char *suite, const struct benchmark *table, size_t count, int argc,
               char **argv)
{
    int asked = argc > 1 && strcmp(argv[1], "--json") == 0, good = 1;
    int untimed = argc > 1 && strcmp(argv[1], "--once") == 0;
    int json = asked || getenv("LIMPET_ROWS") != NULL;
    char *const *names = argv + 1 + (asked || untimed);
    if (unknown(table, count, names) != NULL) {
        printf("%s: no row %s\nusage: %s [--json | --once] [ROW…]\n", suite,
               unknown(table, count, names), suite);
        return 2;
    }
    for (size_t i = 0; i < count && untimed; i++)
        good &= !wanted(table[i].name, names) || is_none(&table[i], 0) || once(&table[i]);
    if (untimed)
        return !good;
    struct limpet_clock clock = limpet_clock();
    if (json)
        printf("{\"limpet\":\"clock\",\"tsc_hz\":%llu,\"source\":\"%s\",\"error_ppm\":%u}\n",
               (unsigned long long)clock.tsc_hz, clock.source, (unsigned)clock.error_ppm);
    else
        printf("TSC: %.3f MHz by %s\n", (double)clock.tsc_hz / 1e6, clock.source);
    printf("%-22s %12s %9s %9s %9s %9s %9s %10s\n", "cycles", "figure", "n", "min", "median", "p95",
           "p99", "max");
    for (size_t i = 0; i < count; i++)
        if (wanted(table[i].name, names) && has_cpus(&table[i]) && !is_none(&table[i], json))
            good &= run(&table[i], suite, json);
    return !good;
}
