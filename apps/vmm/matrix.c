/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * matrix: the product of two 8 × 8 matrices of integers.
 *
 * usage: matrix [--json | --once] [ROW…]
 */
#include "bench.h"
#include <stdio.h>

#define N 8

static int a[N][N], b[N][N], c[N][N];

static __attribute__((noinline)) void multiply(void)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            int sum = 0;
            for (int k = 0; k < N; k++)
                sum += a[i][k] * b[k][j];
            c[i][j] = sum;
        }
    __asm__ volatile("" : : : "memory");
}

static void products(uint64_t n)
{
    while (n-- != 0)
        multiply();
}

/* a is i + k and b is k - j: their product in closed form. */
static const char *check(void)
{
    static char wrong[64];
    int sum = N * (N - 1) / 2, squares = (N - 1) * N * (2 * N - 1) / 6;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            int known = squares + (i - j) * sum - N * i * j;
            if (c[i][j] == known)
                continue;
            snprintf(wrong, sizeof wrong, "element %d, %d is %d, not %d", i, j, c[i][j], known);
            return wrong;
        }
    return NULL;
}

static const struct benchmark table[] = {{"matrix 8x8", .call = products, .check = check}};

int main(int argc, char **argv)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = i + j;
            b[i][j] = i - j;
        }
    multiply();
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            printf(j < N - 1 ? "%5d" : "%5d\n", c[i][j]);
    return bench_main("vmm", table, sizeof table / sizeof *table, argc, argv);
}
