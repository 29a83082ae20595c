/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * multiply: the multiplication table of 1 to 9.
 *
 * usage: multiply [--json | --once] [ROW…]
 */
#include "bench.h"
#include <stdio.h>

#define N 9

static volatile unsigned factor[N + 1];
static unsigned product[N + 1][N + 1];

static void products(uint64_t n)
{
    for (; n != 0; n--)
        for (unsigned i = 1; i <= N; i++)
            for (unsigned j = 1; j <= N; j++)
                product[i][j] = factor[i] * factor[j];
}

/* By adding; and all of them together are the square of 1 + … + 9. */
static const char *check(void)
{
    static char wrong[64];
    unsigned all = 0;
    for (unsigned i = 1; i <= N; i++)
        for (unsigned j = 1, sum = i; j <= N; j++, sum += i) {
            all += product[i][j];
            if (product[i][j] == sum)
                continue;
            snprintf(wrong, sizeof wrong, "%u × %u = %u, not %u", i, j, product[i][j], sum);
            return wrong;
        }
    return all != 45 * 45 ? "all products together are not 45 × 45" : NULL;
}

static const struct benchmark table[] = {{"multiply 9x9", .call = products, .check = check}};

int main(int argc, char **argv)
{
    for (unsigned i = 1; i <= N; i++)
        factor[i] = i;
    products(1);
    for (unsigned i = 1; i <= N; i++)
        for (unsigned j = 1; j <= N; j++)
            printf(j < N ? "%3u" : "%3u\n", product[i][j]);
    return bench_main("vmm", table, sizeof table / sizeof *table, argc, argv);
}
