/* SPDX-License-Identifier: BSD-2-Clause */
/* IS, integer sort: ranks of keys by counting, ten times, in each of which two keys change. */
#include "npb.h"
#include <stdlib.h>
#include <string.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#define ITERATIONS 10
#define PROBES     5

/* Five keys by their index, and their ranks: in iteration i the first `up` of them have the rank
 * here + i + shift, the others - i - shift (down: whether that has the shift, too). */
static const struct {
    unsigned log2_keys, log2_most;
    uint32_t index[PROBES], rank[PROBES];
    int up, up_shift, down_shift;
} classes[CLASSES] = {
    {14, 9, {10278, 2387, 10670, 14369, 10531}, {23, 64, 301, 16053, 16343}, 3, 0, 0},
    {16, 11, {48427, 17148, 23627, 62548, 4431}, {0, 18, 346, 64917, 65463}, 3, 0, 0},
    {20,
     16,
     {357773, 934767, 875723, 898999, 404505},
     {1249, 11698, 1039987, 1043896, 1048018},
     2,
     -2,
     0},
    {23,
     19,
     {2112377, 662041, 5336171, 3642833, 4250760},
     {104, 17523, 123928, 8288932, 8388264},
     3,
     -1,
     -1},
};

static uint32_t *keys, *counts; /* counts: a table for each thread; the first becomes the ranks */
static size_t n, most;

/* Each the sum of four random numbers. */
static void create_keys(void)
{
    double at = NPB_SEED;
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < 4; j++)
            sum += npb_random(&at, NPB_MULTIPLIER);
        keys[i] = (uint32_t)((double)(most / 4) * sum);
    }
}

static int threads(void)
{
#ifdef _OPENMP
    return omp_get_max_threads();
#else
    return 1;
#endif
}

static int thread(void)
{
#ifdef _OPENMP
    return omp_get_thread_num();
#else
    return 0;
#endif
}

/* Afterwards counts[k] is how many keys are k or less. */
static void rank(void)
{
    size_t tables = (size_t)threads();
#pragma omp parallel
    {
        uint32_t *mine = counts + (size_t)thread() * most;
        memset(mine, 0, most * sizeof *mine);
#pragma omp for schedule(static)
        for (size_t i = 0; i < n; i++)
            mine[keys[i]]++;
#pragma omp for schedule(static)
        for (size_t k = 0; k < most; k++)
            for (size_t t = 1; t < tables; t++)
                counts[k] += counts[t * most + k];
    }
    for (size_t k = 1; k < most; k++)
        counts[k] += counts[k - 1];
}

static bool probe(enum npb_class class, int iteration, const uint32_t *key)
{
    for (int i = 0; i < PROBES; i++) {
        bool up = i < classes[class].up;
        int64_t by =
            up ? iteration + classes[class].up_shift : -(iteration + classes[class].down_shift);
        if (key[i] == 0 || counts[key[i] - 1] != classes[class].rank[i] + by)
            return false;
    }
    return true;
}

static bool iterate(enum npb_class class, int iteration)
{
    uint32_t probed[PROBES];
    keys[iteration] = (uint32_t)iteration;
    keys[iteration + ITERATIONS] = (uint32_t)most - (uint32_t)iteration;
    for (int i = 0; i < PROBES; i++)
        probed[i] = keys[classes[class].index[i]];
    rank();
    return probe(class, iteration, probed);
}

/* Puts the keys where their ranks say: are they in order, and still as many of each? */
static bool sorts(void)
{
    uint32_t *sorted = malloc(n * sizeof *sorted);
    bool right = sorted != NULL;
    for (size_t i = n; i-- > 0 && right;)
        sorted[--counts[keys[i]]] = keys[i];
    for (size_t i = 1; i < n && right; i++)
        right = sorted[i - 1] <= sorted[i];
    uint64_t sum = 0;
    for (size_t i = 0; i < n && right; i++)
        sum += keys[i] - (uint64_t)sorted[i];
    free(sorted);
    return right && sum == 0;
}

static void run(enum npb_class class, struct npb_result *result)
{
    bool right;
    n = (size_t)1 << classes[class].log2_keys;
    most = (size_t)1 << classes[class].log2_most;
    keys = malloc(n * sizeof *keys);
    counts = malloc((size_t)threads() * most * sizeof *counts);
    result->mop = ITERATIONS * (double)n * 1e-6;
    if (keys == NULL || counts == NULL) {
        result->invalid = NPB_NO_MEMORY;
    } else {
        create_keys();
        right = iterate(class, 1); /* to warm up */
        npb_begin(result);
        for (int i = 1; i <= ITERATIONS; i++)
            right &= iterate(class, i);
        npb_end(result);
        if (!right || !sorts())
            result->invalid = NPB_WRONG;
    }
    free(counts);
    free(keys);
}

const struct npb npb_is = {"IS", run};
