/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * characters: how often each occurs in a text of 1 KiB.
 *
 * usage: characters [--json | --once] [ROW…]
 */
#include "bench.h"
#include <stdio.h>
#include <string.h>

#define SIZE 1024

static const char sentence[] = "the quick brown fox jumps over the lazy dog ";
static char text[SIZE];
static unsigned count[256];

static __attribute__((noinline)) void count_all(void)
{
    memset(count, 0, sizeof count);
    for (int i = 0; i < SIZE; i++)
        count[(unsigned char)text[i]]++;
    __asm__ volatile("" : : : "memory");
}

static void counts(uint64_t n)
{
    while (n-- != 0)
        count_all();
}

/* Once more in another way, each character by itself; and what is known: 23 sentences and the
 * twelve characters "the quick br". */
static const char *check(void)
{
    static char wrong[64];
    for (int c = 0; c < 256; c++) {
        unsigned found = 0;
        for (const char *p = text; (p = memchr(p, c, (size_t)(text + SIZE - p))) != NULL; p++)
            found++;
        if (count[c] == found)
            continue;
        snprintf(wrong, sizeof wrong, "character %d was counted %u times, it is there %u", c,
                 count[c], found);
        return wrong;
    }
    if (count['e'] != 23 * 3 + 1 || count['o'] != 23 * 4 || count[' '] != 23 * 9 + 2)
        return "the text is not the one that it should be";
    return NULL;
}

static const struct benchmark table[] = {{"characters 1 KiB", .call = counts, .check = check}};

int main(int argc, char **argv)
{
    for (int i = 0; i < SIZE; i++)
        text[i] = sentence[i % (sizeof sentence - 1)];
    count_all();
    for (int c = 'a'; c <= 'z'; c++)
        printf(c < 'z' ? "%c %u, " : "%c %u\n", c, count[c]);
    return bench_main("vmm", table, sizeof table / sizeof *table, argc, argv);
}
