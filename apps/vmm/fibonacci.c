/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fibonacci: the numbers to N = 30, and to 90, near the last that 64 bits hold.
 *
 * usage: fibonacci [--json | --once] [ROW…]
 */
#include "bench.h"
#include <stdio.h>

#define LAST 90

static uint64_t number[LAST + 1];

static __attribute__((noinline)) void fill(unsigned last)
{
    uint64_t a = 0, b = 1;
    for (unsigned i = 0; i <= last; i++) {
        number[i] = a;
        b += a;
        a = b - a;
    }
    __asm__ volatile("" : : : "memory"); /* what is not read must be computed too */
}

static void to_30(uint64_t n)
{
    while (n-- != 0)
        fill(30);
}

static void to_90(uint64_t n)
{
    while (n-- != 0)
        fill(90);
}

/* The first and the last against what is known, all by F(0) + … + F(n) = F(n + 2) - 1. */
static const char *check(unsigned last, uint64_t known)
{
    static char wrong[64];
    uint64_t sum = 0;
    for (unsigned i = 0; i + 2 <= last; i++) {
        sum += number[i];
        if (number[i + 2] != sum + 1) {
            snprintf(wrong, sizeof wrong, "F(%u) = %llu, but the sum before it is %llu", i + 2,
                     (unsigned long long)number[i + 2], (unsigned long long)sum);
            return wrong;
        }
    }
    if (number[last] == known)
        return NULL;
    snprintf(wrong, sizeof wrong, "F(%u) = %llu, not %llu", last, (unsigned long long)number[last],
             (unsigned long long)known);
    return wrong;
}

static const char *check_30(void) { return check(30, 832040); }
static const char *check_90(void) { return check(90, 2880067194370816120); }

static const struct benchmark table[] = {
    {"fibonacci(30)", .call = to_30, .check = check_30},
    {"fibonacci(90)", .call = to_90, .check = check_90},
};

int main(int argc, char **argv)
{
    fill(LAST);
    for (unsigned i = 0; i <= 30; i++)
        printf(i < 30 ? "%llu " : "%llu\n", (unsigned long long)number[i]);
    printf("F(%d) = %llu\n", LAST, (unsigned long long)number[LAST]);
    return bench_main("vmm", table, sizeof table / sizeof *table, argc, argv);
}
