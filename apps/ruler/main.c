/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ruler: is the time-stamp counter fit to measure with? What reading it costs, how fine it counts,
 * that it never runs backwards, its frequency by every clock of this machine; then ticks, which the
 * host holds against its own clock.
 *
 * usage: ruler [--json]
 */
#include <limpet.h>
#include <stdio.h>
#include <string.h>

#define READS   100000
#define TICKS   12
#define TICK_MS 100

static unsigned long long difference(unsigned long long a, unsigned long long b)
{
    while (b != 0) {
        unsigned long long rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

struct reading {
    unsigned long long least, granularity; /* of two reads in a row; what divides all differences */
    unsigned backwards;
};

static struct reading read_often(void)
{
    struct reading r = {.least = ~0ull};
    for (int i = 0; i < READS; i++) {
        uint64_t before = limpet_tsc_fenced(), after = limpet_tsc_fenced();
        r.backwards += after < before;
        if (after - before < r.least)
            r.least = after - before;
        r.granularity = difference(after - before, r.granularity);
    }
    return r;
}

int main(int argc, char **argv)
{
    int json = argc > 1 && strcmp(argv[1], "--json") == 0;
    struct reading r = read_often();
    struct limpet_clock clock;

    if (json)
        printf("{\"limpet\":\"ruler\",\"overhead\":%llu,\"granularity\":%llu,\"backwards\":%u,"
               "\"reads\":%d,\"clocks\":[",
               r.least, r.granularity, r.backwards, READS);
    else
        printf("two reads in a row: %llu cycles at least; counts by %llu; backwards %u times in "
               "%d\n",
               r.least, r.granularity, r.backwards, READS);
    for (unsigned i = 0, n = 0; limpet_clock_source(i, &clock); i++) {
        if (clock.tsc_hz == 0)
            continue;
        if (json)
            printf("%s{\"tsc_hz\":%llu,\"source\":\"%s\",\"error_ppm\":%u}", n++ != 0 ? "," : "",
                   (unsigned long long)clock.tsc_hz, clock.source, (unsigned)clock.error_ppm);
        else
            printf("%12.6f MHz by %s, error %u ppm\n", (double)clock.tsc_hz / 1e6, clock.source,
                   (unsigned)clock.error_ppm);
    }
    struct limpet_confidential c = limpet_confidential();
    if (json)
        printf("],\"confidential\":{\"possible\":\"%s\",\"active\":\"%s\"}}\n", c.possible,
               c.active);
    else
        printf("confidential guest: %s (the CPU tells of: %s)\n", c.active, c.possible);
    clock = limpet_clock();
    uint64_t next = limpet_tsc();
    for (int i = 0; json && i < TICKS; i++) {
        while (limpet_tsc() < next)
            ; /* not asleep: a tick is printed the moment it is due */
        next += clock.tsc_hz * TICK_MS / 1000;
        printf("{\"limpet\":\"tick\",\"tsc\":%llu}\n", (unsigned long long)limpet_tsc());
    }
    return 0;
}
