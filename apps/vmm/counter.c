/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * counter: counts from 0 to 9 on the console, each number a write of its own: output, timed.
 *
 * usage: counter [--json | --once] [ROW…]
 */
#include "bench.h"
#include <limpet.h>
#include <string.h>
#include <unistd.h>

#define NUMBERS 10

static char said[2 * NUMBERS + 1]; /* what was written, and how much of it arrived */
static size_t written;

static size_t take_writes(uint32_t *samples)
{
    for (int i = 0; i < NUMBERS; i++) {
        char *line = said + 2 * i;
        line[0] = (char)('0' + i);
        line[1] = '\n';
        uint64_t before = limpet_tsc_fenced();
        ssize_t n = write(1, line, 2);
        samples[i] = bench_clip(limpet_tsc_fenced() - before);
        written += n > 0 ? (size_t)n : 0;
    }
    return NUMBERS;
}

static const char *check(void)
{
    if (strcmp(said, "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n") != 0)
        return "it counted wrong";
    return written != 2 * NUMBERS ? "the console did not take all of it" : NULL;
}

static const struct benchmark table[] = {
    {"counter, a line", .take = take_writes, .check = check, .note = "a digit and a newline"},
};

int main(int argc, char **argv) { return bench_main("vmm", table, 1, argc, argv); }
