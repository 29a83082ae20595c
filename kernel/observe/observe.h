/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an image tells of itself that was linked with limpet-cc --profile or --coverage: where its
 * time went, which of its lines ran. Other images have nothing of this room. It stands between the
 * kernel's parts by the linker's --wrap, so that none of them knows of it.
 *
 * All is told on the console, just before the last line or a panic's report, in lines that the host
 * tool takes out (tools/limpet/results/observed.h):
 *
 *   LIMPET: profile NAME VALUE NAME VALUE …      once, the totals
 *   LIMPET: profile stack COUNT ADDRESS…         each distinct stack: hexadecimal, the callee
 * first; LIMPET: profile idle COUNT ADDRESS…          one of an idle CPU LIMPET: profile end LINES
 * how many lines of stacks there were
 *
 *   LIMPET: coverage file PATH                   a .gcda file begins
 *   LIMPET: coverage data BASE64                 its bytes, 57 a line
 *   LIMPET: coverage end BYTES                   so many they were
 */
#ifndef KERNEL_OBSERVE_H
#define KERNEL_OBSERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Begins to sample every CPU, some hz times a second each. While one CPU runs. */
void sample_start(uint32_t hz);
#define SAMPLE_HZ_MAX 10000

/* Prints the stacks and the totals, if it was started. Nobody else runs, for good. */
void sample_print(void);

/* Prints the .gcda file of every object that was compiled with --coverage. Likewise. */
void coverage_print(void);

/* A line that is put together here: kprintf() would call the console for each of its words. Too
 * large for a stack. */
struct observe_line {
    char text[4200]; /* a path may have 4096 bytes */
    size_t n;
};
void observe_word(struct observe_line *l, const char *word);
void observe_number(struct observe_line *l, uint64_t value, unsigned base);
void observe_end(struct observe_line *l); /* writes it, and empties it */

#endif
