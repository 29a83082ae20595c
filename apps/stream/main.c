/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * STREAM: sustained memory bandwidth by McCalpin's four kernels, sizes and report. Our own code of
 * the same work; it builds for the host too, so that a guest can be held against it.
 *
 * usage: stream [--json] [-n ELEMENTS] [-r REPETITIONS] [-t THREADS]
 */
#include "kernels.h"
#include "team.h"
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ELEMENTS    14000000 /* as published; 3 arrays of 107 MiB */
#define REPETITIONS 10
#define MAX_REPEAT  1000
#define SCALAR      3.0
#define RULE        "-------------------------------------------------------------\n"

enum { COPY, SCALE, ADD, TRIAD, FUNCTIONS };
static const char *const names[FUNCTIONS] = {"Copy", "Scale", "Add", "Triad"};
static const int arrays_moved[FUNCTIONS] = {2, 2, 3, 3};

static double *a, *b, *c;
static size_t n = ELEMENTS;
static unsigned repetitions = REPETITIONS, threads = 1;
static const struct kernels *k;
static double times[FUNCTIONS][MAX_REPEAT];

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int parse(int argc, char **argv, int *json)
{
    for (int i = 1; i < argc; i++) {
        char *end = "";
        unsigned long v = 0;
        if (strcmp(argv[i], "--json") == 0) {
            *json = 1;
            continue;
        }
        if (i + 1 < argc)
            v = strtoul(argv[i + 1], &end, 10);
        if (strcmp(argv[i], "-n") == 0 && v >= 1000 && *end == '\0')
            n = v & ~3ul;
        else if (strcmp(argv[i], "-r") == 0 && v >= 2 && v <= MAX_REPEAT && *end == '\0')
            repetitions = (unsigned)v;
        else if (strcmp(argv[i], "-t") == 0 && v >= 1 && v <= TEAM_MAX && *end == '\0')
            threads = (unsigned)v;
        else {
            printf("stream: bad argument %s\n"
                   "usage: stream [--json] [-n ELEMENTS (1000 up)] [-r REPETITIONS (2 to %d)]"
                   " [-t THREADS (1 to %d)]\n",
                   argv[i], MAX_REPEAT, TEAM_MAX);
            return 2;
        }
        i++;
    }
    return 0;
}

static double *new_array(void)
{
    void *p = NULL;
    return posix_memalign(&p, 64, n * sizeof(double)) == 0 ? p : NULL;
}

/* The size asked for, or the largest that memory holds, said aloud. */
static int allocate(void)
{
    size_t wanted = n;
    for (;; n = n / 8 * 7 & ~(size_t)3) {
        a = new_array();
        b = a != NULL ? new_array() : NULL;
        c = b != NULL ? new_array() : NULL;
        if (c != NULL)
            break;
        free(b);
        free(a);
        if (n < 1000)
            return 1;
    }
    if (n != wanted)
        printf("%zu elements do not fit in memory: using %zu\n", wanted, n);
    return 0;
}

/* Each thread has its part of all arrays, whole cache lines of them, and touches it first. */
static size_t from(unsigned thread) { return n / threads * thread & ~(size_t)7; }

static size_t part(unsigned thread)
{
    return (thread + 1 < threads ? from(thread + 1) : n) - from(thread);
}

static void fill(unsigned thread)
{
    for (size_t i = from(thread); i < from(thread) + part(thread); i++) {
        a[i] = 2.0; /* the original begins with 1 and doubles it once for its clock check */
        b[i] = 2.0;
        c[i] = 0.0;
    }
}

static void do_copy(unsigned t) { k->copy(c + from(t), a + from(t), part(t)); }
static void do_scale(unsigned t) { k->scale(b + from(t), c + from(t), SCALAR, part(t)); }
static void do_add(unsigned t) { k->add(c + from(t), a + from(t), b + from(t), part(t)); }
static void do_triad(unsigned t)
{
    k->triad(a + from(t), b + from(t), c + from(t), SCALAR, part(t));
}

static void measure(void)
{
    static void (*const work[FUNCTIONS])(unsigned) = {do_copy, do_scale, do_add, do_triad};
    for (unsigned r = 0; r < repetitions; r++)
        for (int f = 0; f < FUNCTIONS; f++) {
            double began = seconds();
            team_run(work[f]);
            times[f][r] = seconds() - began;
        }
}

/* The mean relative error of one array against the value that all its elements must have. */
static double error_of(const double *x, double expected)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += fabs(x[i] - expected);
    return sum / (double)n / fabs(expected);
}

static int validate(int json)
{
    double ea = 2.0, eb = 2.0, ec = 0.0, worst;
    for (unsigned r = 0; r < repetitions; r++) {
        ec = ea;
        eb = SCALAR * ec;
        ec = ea + eb;
        ea = eb + SCALAR * ec;
    }
    worst = fmax(fmax(error_of(a, ea), error_of(b, eb)), error_of(c, ec));
    int ok = worst < 1e-13;
    if (ok)
        printf("Solution Validates: avg error less than 1.000000e-13 on all three arrays\n");
    else
        printf("Failed Validation: avg relative error %e, more than 1.000000e-13\n", worst);
    printf(RULE);
    if (json)
        printf("{\"limpet\":\"valid\",\"bench\":\"stream\",\"ok\":%s,\"text\":\"avg error %e\"}\n",
               ok ? "true" : "false", worst);
    return !ok;
}

static void report_header(void)
{
    double mib = (double)(n * sizeof(double)) / 1048576;
    printf(RULE "STREAM 5.10 kernels, %s\n" RULE, k->name);
    printf("This system uses 8 bytes per array element.\n" RULE);
    printf("Array size = %zu (elements), Offset = 0 (elements)\n", n);
    printf("Memory per array = %.1f MiB (= %.1f GiB).\n", mib, mib / 1024);
    printf("Total memory required = %.1f MiB (= %.1f GiB).\n", 3 * mib, 3 * mib / 1024);
    printf("Each kernel will be executed %u times.\n", repetitions);
    printf(" The *best* time for each kernel (excluding the first iteration)\n"
           " will be used to compute the reported bandwidth.\n" RULE);
    if (threads > 1)
        printf("Number of Threads = %u, each on %s\n" RULE, threads, team_places());
}

static void report_function(int f, int json)
{
    double sum = 0, least = times[f][1], most = times[f][1];
    double bytes = (double)arrays_moved[f] * sizeof(double) * (double)n;
    for (unsigned r = 1; r < repetitions; r++) { /* the first is for warming up */
        sum += times[f][r];
        least = fmin(least, times[f][r]);
        most = fmax(most, times[f][r]);
    }
    double mean = sum / (repetitions - 1), rate = 1e-6 * bytes / least;
    printf("%-12s%12.1f  %11.6f  %11.6f  %11.6f\n", names[f], rate, mean, least, most);
    if (!json)
        return;
    printf("{\"limpet\":\"row\",\"bench\":\"stream\",\"name\":\"%s\",\"unit\":\"MB/s\","
           "\"better\":\"more\",\"value\":%.3f,\"bytes\":%.0f,\"elements\":%zu,"
           "\"threads\":%u,\"isa\":\"%s\",\"sample_unit\":\"s\",\"samples\":[",
           names[f], rate, bytes, n, threads, k->name);
    for (unsigned r = 1; r < repetitions; r++)
        printf("%s%.9f", r == 1 ? "" : ",", times[f][r]);
    printf("]}\n");
}

int main(int argc, char **argv)
{
    int json = 0, error = parse(argc, argv, &json);
    if (error != 0)
        return error;
    if (allocate() != 0) {
        printf("stream: no memory for even 1000 elements\n");
        return 1;
    }
    k = kernels_for_this_cpu();
    error = team_start(threads);
    if (error != 0) {
        printf("stream: %s for %u threads\n", error == ETIMEDOUT ? "not enough CPUs" : "no memory",
               threads);
        return 1;
    }
    team_run(fill);
    report_header();
    measure();
    printf("%-12s%12s  %11s  %11s  %11s\n", "Function", "Best Rate MB/s", "Avg time", "Min time",
           "Max time");
    for (int f = 0; f < FUNCTIONS; f++)
        report_function(f, json);
    printf(RULE);
    return validate(json);
}
