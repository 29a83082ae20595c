/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NPB's programs, each on 1, 2 and 4 threads as far as there are CPUs: operations a second and
 * seconds, valid only when the result is the published one.
 *
 * usage: npb [--json] [-c CLASS (T, S, W, A)] [-t THREADS] [NAME…]
 */
#include "npb.h"
#include "figures.h"
#include "../../tools/cost/marks.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef _OPENMP
#include <omp.h>
#else
#define omp_set_num_threads(n) ((void)(n))
#endif

static const struct npb *const all[] = {&npb_ep, &npb_is, &npb_cg, &npb_mg,
                                        &npb_ft, &npb_bt, &npb_sp, &npb_lu};
#define COUNT (sizeof all / sizeof *all)

static const char letters[] = "TSWA";

struct options {
    enum npb_class class;
    unsigned threads;   /* 0: 1, 2 and 4, as far as there are CPUs */
    char *const *names; /* none: all */
};

static bool wanted(const char *name, char *const *names)
{
    if (*names == NULL)
        return true;
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* "EP.S", "EP.S 2 threads" */
static void name_row(char *name, size_t size, const char *of, enum npb_class class,
                     unsigned threads, const char *what)
{
    char team[24] = "";
    if (threads > 1)
        snprintf(team, sizeof team, " %u threads", threads);
    snprintf(name, size, "%s.%c%s%s", of, letters[class], team, what);
}

/* Two rows: the published figure, and its time. */
static bool measure(const struct npb *b, enum npb_class class, unsigned threads)
{
    char rate[48], time[48];
    struct npb_result result = {0};
    name_row(rate, sizeof rate, b->name, class, threads, "");
    name_row(time, sizeof time, b->name, class, threads, ", time");
    omp_set_num_threads((int)threads);
    MARK(MARK_ROW);
    b->run(class, &result);
    double rate_of_it = result.seconds > 0 ? result.mop / result.seconds : 0;
    struct figure f = {.name = rate,
                       .unit = "Mop/s",
                       .more = true,
                       .value = rate_of_it,
                       .invalid = result.invalid,
                       .note = class == CLASS_T ? "class T is not official" : NULL};
    struct figure t = {.name = time, .unit = "s", .value = result.seconds, .note = f.note};
    bool right = figure_print("npb", &f);
    MARK(MARK_ROW); /* rows are counted in order; this one's work is the other's */
    return figure_print("npb", &t) && right;
}

static bool team_fits(unsigned threads)
{
#ifdef _OPENMP
    return threads <= (unsigned long)sysconf(_SC_NPROCESSORS_ONLN);
#else
    return threads == 1;
#endif
}

/* Threads, too, where there are CPUs for them. Tells what a build without OpenMP cannot do. */
static bool measure_teams(const struct npb *b, const struct options *o)
{
    bool right = true;
    if (o->threads != 0)
        return measure(b, o->class, o->threads);
    for (unsigned threads = 1; threads <= 4; threads *= 2)
        if (team_fits(threads))
            right &= measure(b, o->class, threads);
#ifndef _OPENMP
    if (sysconf(_SC_NPROCESSORS_ONLN) > 1) {
        char name[48];
        name_row(name, sizeof name, b->name, o->class, 2, "");
        figure_none(name, "built without OpenMP: make cxx, then make");
    }
#endif
    return right;
}

static int usage(const char *wrong)
{
    printf("npb: bad argument %s\nusage: npb [--json] [-c CLASS (T, S, W, A)] [-t THREADS (1 to "
           "64)] [EP|IS|CG|MG|FT|BT|SP|LU …]\n",
           wrong);
    return 2;
}

/* Returns 0, or an exit status with a message. */
static int parse(char **argv, struct options *o)
{
    *o = (struct options){CLASS_S, 0, NULL};
    for (argv++; *argv != NULL && **argv == '-'; argv += 2) {
        const char *value = argv[1] != NULL ? argv[1] : "";
        const char *letter = *value != '\0' ? strchr(letters, *value) : NULL;
        char *end;
        unsigned long n = strtoul(value, &end, 10);
        if (strcmp(*argv, "-c") == 0 && letter != NULL && value[1] == '\0')
            o->class = (enum npb_class)(letter - letters);
        else if (strcmp(*argv, "-t") == 0 && n >= 1 && n <= 64 && *end == '\0')
            o->threads = (unsigned)n;
        else
            return usage(*argv);
    }
    o->names = argv;
    for (; *argv != NULL; argv++) {
        size_t i = 0;
        while (i < COUNT && strcmp(all[i]->name, *argv) != 0)
            i++;
        if (i == COUNT)
            return usage(*argv);
    }
#ifndef _OPENMP
    if (o->threads > 1) {
        printf("npb: built without OpenMP, which threads need: make cxx, then make\n");
        return 2;
    }
#endif
    return 0;
}

int main(int argc, char **argv)
{
    struct options o;
    bool right = true;
    figures_begin(&argc, argv);
    int status = parse(argv, &o);
    if (status != 0)
        return status;
    for (size_t i = 0; i < COUNT; i++)
        if (wanted(all[i]->name, o.names))
            right &= measure_teams(all[i], &o);
    return !right;
}
