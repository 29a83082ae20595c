/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * isolation: is this guest's memory its own? It must be zero at first; then it is filled with a
 * pattern that NUMBER gives, and read again and again for some time. Beside others with other
 * numbers, a word that is not the pattern's is a hole between the machines.
 *
 * usage: isolation [--json] NUMBER [MS]
 */
#include <limpet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS (4u * 1024 * 1024 / 8)

static uint64_t memory[WORDS]; /* zero by the loader, not by the page fault */

/* splitmix64 */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static int wrong(unsigned word, uint64_t known)
{
    printf("memory at %p holds %016llx, not %016llx: it is not this guest's alone\n",
           (void *)&memory[word], (unsigned long long)memory[word], (unsigned long long)known);
    return 1;
}

static int fill(uint64_t state)
{
    for (unsigned i = 0; i < WORDS; i++) {
        if (memory[i] != 0)
            return wrong(i, 0);
        memory[i] = next(&state);
    }
    return 0;
}

static int check(uint64_t state, uint64_t *checksum)
{
    *checksum = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        uint64_t known = next(&state), is = *(volatile uint64_t *)&memory[i];
        if (is != known)
            return wrong(i, known);
        *checksum = *checksum * 31 + is;
    }
    return 0;
}

/* The host takes the time when this arrives. */
static void tick(int json)
{
    if (json)
        printf("{\"limpet\":\"tick\",\"tsc\":%llu}\n", (unsigned long long)limpet_tsc());
}

int main(int argc, char **argv)
{
    int json = argc > 1 && strcmp(argv[1], "--json") == 0;
    uint64_t number, checksum, end;
    unsigned passes = 0;

    argc -= json;
    argv += json;
    if (argc < 2 || argc > 3) {
        printf("usage: isolation [--json] NUMBER [MS]\n");
        return 2;
    }
    number = strtoull(argv[1], NULL, 10);
    if (fill(number))
        return 1;
    tick(json);
    end = limpet_tsc() + limpet_clock().tsc_hz / 1000 * (argc > 2 ? strtoul(argv[2], NULL, 10) : 0);
    do {
        if (check(number, &checksum))
            return 1;
        passes++;
    } while (limpet_tsc() < end);
    tick(json);
    printf("guest %llu: its memory was its own, %u passes, checksum %016llx\n",
           (unsigned long long)number, passes, (unsigned long long)checksum);
    if (json)
        printf("{\"limpet\":\"isolation\",\"number\":%llu,\"bytes\":%zu,\"passes\":%u,"
               "\"checksum\":\"%016llx\"}\n",
               (unsigned long long)number, sizeof memory, passes, (unsigned long long)checksum);
    return 0;
}
