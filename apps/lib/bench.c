/* SPDX-License-Identifier: BSD-2-Clause */
/* What benchmarks share: see bench.h. */
#include "bench.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t sorted[BENCH_SAMPLES];

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

uint32_t bench_quantile(const uint32_t *s, size_t n, double q)
{
    size_t rank = (size_t)(q * (double)n + 0.999999);
    return s[rank == 0 ? 0 : rank > n ? n - 1 : rank - 1];
}

void bench_print_head(void)
{
    printf("%-22s %12s %9s %9s %9s %9s %10s\n", "cycles", "mean", "min", "p50", "p95", "p99",
           "max");
}

static void print_json(const struct bench_row *r, const uint32_t *s, size_t n)
{
    size_t stride = (r->n + BENCH_PRINTED - 1) / BENCH_PRINTED;
    printf("{\"limpet\":\"row\",\"bench\":\"%s\",\"name\":\"%s\",\"unit\":\"%s\",\"value\":%.2f,"
           "\"calls\":%llu,\"note\":\"%s\",\"n\":%zu",
           r->bench, r->name, r->unit, r->value, (unsigned long long)r->calls, r->note, n);
    if (n != 0) {
        printf(",\"min\":%u,\"p50\":%u,\"p95\":%u,\"p99\":%u,\"max\":%u,\"sample_stride\":%zu,"
               "\"samples\":[",
               (unsigned)s[0], (unsigned)bench_quantile(s, n, 0.5),
               (unsigned)bench_quantile(s, n, 0.95), (unsigned)bench_quantile(s, n, 0.99),
               (unsigned)s[n - 1], stride);
        for (size_t i = 0; i < r->n; i += stride)
            printf("%s%u", i == 0 ? "" : ",", (unsigned)r->samples[i]);
        printf("]");
    }
    printf("}\n");
}

void bench_print(const struct bench_row *r, int json)
{
    size_t n = r->n < BENCH_SAMPLES ? r->n : BENCH_SAMPLES;
    memcpy(sorted, r->samples, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, ascending);
    printf("%-22s %12.1f", r->name, r->value);
    if (n != 0)
        printf(" %9u %9u %9u %9u %10u", (unsigned)sorted[0],
               (unsigned)bench_quantile(sorted, n, 0.5), (unsigned)bench_quantile(sorted, n, 0.95),
               (unsigned)bench_quantile(sorted, n, 0.99), (unsigned)sorted[n - 1]);
    printf("%s%s\n", *r->note != '\0' ? "  " : "", r->note);
    if (json)
        print_json(r, sorted, n);
}
