/* How busy the machine was while guests ran, for their run's record.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_BUSY_H
#define LIMPET_BUSY_H

#include "base/buf.h"
#include "vm/vm.h"

#include <jansson.h>
#include <stdbool.h>

/* The processors' time since the machine's start, in ticks of the kernel. */
struct busy {
    double all, stolen;
};

/* Before a guest is started. */
void busy_begin(struct busy *since);

/* The state of the machine now, and of what happened since: for vm_result. */
void busy_end(const struct busy *since, struct busy_facts *facts);

/* Adds a guest to what a run's record says: "busy". */
void busy_add(json_t *run, const struct vm_result *vm);

/* Adds the record of later guests of the same run. */
void busy_join(json_t *run, json_t *more);

/* The machine around a lab, whose own Linux knows nothing of it. */
void busy_outside(json_t *run, const struct busy_facts *facts);

/*
 * Was the machine so busy that a run's figures tell of it: more ready to run than it has
 * processors, or 2 % and more of their time stolen by its own hypervisor, or a VMM whose guest
 * computes whenever it does not sleep without a processor for a fifth of that? Then appends how:
 * "load 12 on 2 CPUs, 3 % stolen, its VMM had a CPU for 41 % of the time". out: NULL for no words.
 */
bool busy_tell(json_t *run, struct buf *out);

#endif
