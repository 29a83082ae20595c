// SPDX-License-Identifier: BSD-2-Clause
// Instructions from each execution of one address to the next one of another.
#ifndef COST_SPANS_H
#define COST_SPANS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

// Takes span=NAME:0xSTART:0xEND. Returns whether it makes sense and is not one too many.
bool span_argument(const char *arg);

// Does one begin or end there?
bool spans_watch(uint64_t address);

// An instruction there begins; so many were counted, so many of them `rep stos`.
void spans_at(uint64_t address, uint64_t insns, uint64_t stos);

// Lines "NAME.KEY COUNT".
void spans_print(FILE *f);

#endif
