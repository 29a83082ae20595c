/* A whole measurement: suites on platforms, here and in labs.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_BENCH_H
#define LIMPET_BENCH_H

#include "measure/images.h"
#include "measure/suites.h"

/* What is measured on what. */
struct bench {
    struct measure_plan plan;
    struct args travelling; /* options for the tool inside a lab that each part has alike */
    unsigned long long seed;
    struct suite_list chosen;
    const struct platform *platforms[PLATFORMS_MAX];
    int count;
    struct images images;
    unsigned first; /* of so many parts; 0: it is not the first */
    double limit_s; /* for all of it; 0: any time */
    struct bench_time *time;
    struct result *result; /* gets all that is measured, and why the rest is not */
};

/* Measures everything. Returns 0, ST_LAB when a lab failed, or an interruption's status. */
int bench_measure(struct bench *bench);

/* How long it will take, roughly, in seconds: by what runs usually take under TCG, on hardware and
 * in labs. */
double bench_seconds(const struct bench *bench);

/* The platforms that a lab measures. */
struct lab_bench {
    const char *name; /* "kvm", "xen" */
    const struct platform *platforms[PLATFORMS_MAX];
    int count;
    double steps;   /* of progress */
    double limit_s; /* for what it measures; 0: any time */
};

/* The time that is left, shared by what is still to be measured: an app here or a lab each. */
struct bench_time {
    double end; /* now_s(); 0: there is none */
    unsigned shares;
};

/* Boots the lab once for all chosen suites: a part. Adds their rows to the result, or why there are
 * none. Returns false when the lab failed. */
bool bench_lab(const struct bench *bench, const struct lab_bench *lab);

/* Notes that a platform has none of the chosen suites, and why. */
void bench_skip(const struct bench *bench, const struct platform *platform, const char *why);

#endif
