/* A KVM guest's clock and the host's, joined.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_KVM_CLOCK_H
#define LIMPET_KVM_CLOCK_H

#include "vm/kvm_trace.h"
#include "vm/vm.h"

/* One moment by both of the host's clocks. */
struct moment {
    double s; /* CLOCK_MONOTONIC */
    long long tsc;
    double error_s; /* of s, to either side */
};

/* Now: the best of a few looks. */
struct moment moment_now(void);

/* The TSC at another time, by two moments at some distance. Pure. */
long long moment_tsc(const struct moment *a, const struct moment *b, double s);

/*
 * Sets the clock of a guest that was let go at released_s, by a trace that was cleared before it
 * was started and two moments, before and after its life. Leaves it alone, silently, when the trace
 * does not tell.
 */
void kvm_clock(struct kvm_trace *trace, const struct moment *before, const struct moment *after,
               double released_s, struct vm_clock *clock);

#endif
