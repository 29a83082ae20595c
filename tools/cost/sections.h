// SPDX-License-Identifier: BSD-2-Clause
// The counts, of parts of a run: what one stage of a boot took, or one row of a benchmark, and
// which functions had how many of its instructions.
//
// A stage begins with each store to a counter of the guest's, whose value is then its number; what
// runs before the first is stage 0. A row is what runs between two marks (marks.h), all such pairs
// behind the same MARK_ROW together: the rows are numbered from 0 as they come.
#ifndef COST_SECTIONS_H
#define COST_SECTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct counts {
    uint64_t insns, stos, again, loads, stores, port, mmio, cpuid, rdmsr, wrmsr, pages, regions,
        exits;
};

// Prints lines "NAME.KEY COUNT".
void counts_print(FILE *f, const char *name, const struct counts *c);

// Wants sections. path: a file with the functions' addresses, in hexadecimal, ascending, one a
// line; what is below the first is function 0, what is from the n-th on function n. Returns false
// with a message.
bool sections_open(const char *path);

// Which function is at an address.
unsigned sections_function(uint64_t address);

// A stage begins, now that so much was counted.
void sections_stage(unsigned number, const struct counts *now);

// A mark is come to; it belongs to neither side.
void sections_mark(uint32_t mark, const struct counts *now);

// n more instructions of a function. Nothing unless sections are wanted.
void sections_add(unsigned function, uint64_t n);

// Prints all sections up to the end, at which so much was counted; now: by now. A line for each
// count, "stage.N.KEY COUNT" and "row.N.KEY COUNT", and "….function.N COUNT" for each function that
// was not idle.
void sections_print(FILE *f, const struct counts *end, const struct counts *now);

#endif
