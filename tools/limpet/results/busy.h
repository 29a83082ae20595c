/* How busy the machine was while guests ran, for their run's record.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_BUSY_H
#define LIMPET_BUSY_H

#include "base/buf.h"
#include "base/facts.h"
#include "host/load.h"
#include "vm/vm.h"

#include <stdbool.h>

/* Adds a guest to what a run's record says: "busy". */
void busy_add(struct facts *run, const struct vm_result *vm);

/* Adds the record of later guests of the same run. */
void busy_join(struct facts *run, const struct facts *more);

/* The machine around a lab, whose own Linux knows nothing of it. */
void busy_outside(struct facts *run, const struct load *load);

/*
 * Was the machine so busy that a run's figures tell of it: more ready to run than it has
 * processors, or 2 % and more of their time stolen by its own hypervisor, or a VMM whose guest
 * computes whenever it does not sleep without a processor for a fifth of that? Then appends how:
 * "load 12 on 2 CPUs, 3 % stolen, its VMM had a CPU for 41 % of the time". out: NULL for no words.
 */
bool busy_tell(const struct facts *run, struct buf *out);

#endif
