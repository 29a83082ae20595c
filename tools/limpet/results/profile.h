/* Where a guest's time went: what its sampler told (kernel/observe/observe.h), by function.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_PROFILE_H
#define LIMPET_PROFILE_H

#include "base/buf.h"
#include "vm/functions.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct profile_stack {
    uint64_t count;
    uint64_t *pc; /* the callee first; the callers' are inside their calls */
    size_t n;
    bool idle; /* of a CPU that had nothing to do */
};

/* Zero-initialize, take lines, free. */
struct profile {
    uint64_t hz, cpus, ns;        /* asked for; that took samples; from the first CPU's start on */
    uint64_t samples, idle, lost; /* lost: of stacks that there was no room for */
    uint64_t late;                /* ns, all CPUs': from when samples were due to when they came */
    uint64_t depth;               /* of stacks that are cut; 0: none is */
    struct profile_stack *stacks;
    size_t n;
    bool exact;        /* no samples: instructions, each of which was counted; no callers */
    bool begun, whole; /* the totals have come; the end too, and as many stacks as it tells of */
    bool damaged;      /* a line was none */
};

/* Takes a line, without "LIMPET: profile ". */
void profile_take(struct profile *p, const char *line);

/* Adds what was counted exactly: so many instructions of the function at an address. */
void profile_add_exact(struct profile *p, uint64_t address, uint64_t instructions);
void profile_free(struct profile *p);

/* The samples of CPUs that had something to do. */
uint64_t profile_busy(const struct profile *p);

/* A function: in so many samples it ran itself; in so many it was somewhere on the stack. */
struct profile_row {
    const char *name;
    uint64_t self, total;
};

/* By self, the most first. Names are of the functions. Returns how many; caller frees. */
size_t profile_rows(const struct profile *p, const struct functions *f, struct profile_row **rows);

/* The name of the function that an address lies in; "?" for none. */
const char *profile_name(const struct functions *f, uint64_t address);

/* A line "caller;callee COUNT" for every stack, in order: Brendan Gregg's format, of which other
 * tools make flame graphs. Idle ones begin with "[idle]", those cut with "[deeper]". */
void profile_folded(const struct profile *p, const struct functions *f, struct buf *out);

#endif
