/* The suites of limpet bench.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_BENCH_H
#define LIMPET_BENCH_H

#include "image.h"
#include "options.h"
#include "platforms.h"

#include <jansson.h>

#define BENCH_PLATFORMS 8
#define BENCH_RUNS      20
#define BENCH_PATIENCE  4 /* a benchmark may take so many times the usual time-out */

/* What a suite measures on. */
struct bench {
    const struct options *options;
    json_t *result;
    const struct platform *platforms[BENCH_PLATFORMS]; /* that are native here */
    int count;
};

/* One suite: a row of the table. fn adds rows or skips to the result for each of the bench's
 * platforms. */
struct suite {
    const char *name, *app;
    const char *args; /* of the app */
    unsigned bit;     /* SUITE_… (tables.h) */
    void (*fn)(const struct suite *suite, const struct bench *bench, const struct image *image);
};

void suite_once(const struct suite *suite, const struct bench *bench, const struct image *image);
void suite_boot(const struct suite *suite, const struct bench *bench, const struct image *image);

#endif
