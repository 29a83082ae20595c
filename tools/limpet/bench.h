/* The suites of limpet bench.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_BENCH_H
#define LIMPET_BENCH_H

#include "image.h"
#include "options.h"
#include "platforms.h"

#include <jansson.h>

#define BENCH_PLATFORMS 8
#define BENCH_PATIENCE  4 /* a benchmark may take so many times the usual time-out */

/* What is measured on what. */
struct bench {
    const struct options *options;
    json_t *result;
    unsigned chosen; /* SUITE_… (tables.h) */
    const struct platform *platforms[BENCH_PLATFORMS], *native[BENCH_PLATFORMS];
    int count, native_count; /* asked for; of those, native here */
};

/* One suite: a row of the table. fn adds rows or skips to the result for each of the bench's native
 * platforms. */
struct suite {
    const char *name, *app;
    const char *args; /* of the app */
    unsigned bit;     /* SUITE_… (tables.h) */
    void (*fn)(const struct suite *suite, const struct bench *bench, const struct image *image);
};

void suite_once(const struct suite *suite, const struct bench *bench, const struct image *image);
void suite_boot(const struct suite *suite, const struct bench *bench, const struct image *image);

/* Is the suite chosen, and has it rows for the platform? */
bool suite_has(const struct suite *suite, const struct bench *b, const struct platform *platform);

/* The platforms that a lab measures. */
#define LABS 2
struct lab_bench {
    const char *name; /* "kvm", "xen" */
    const struct platform *platforms[BENCH_PLATFORMS];
    int count;
};

/* Boots the lab once for all suites that are chosen. Adds their rows to the result, or why there
 * are none. images: of the count suites. Returns false when the lab failed. */
bool bench_lab(const struct bench *b, const struct lab_bench *lab, const struct suite *suites,
               const struct image *images, size_t count);

#endif
