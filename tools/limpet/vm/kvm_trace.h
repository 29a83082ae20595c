/* What Linux's tracing tells of a KVM guest: when its TSC was set, and its exits.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_KVM_TRACE_H
#define LIMPET_KVM_TRACE_H

#include "base/buf.h"

#include <stdbool.h>

struct exit_log;

/* A tracing instance of our own, "limpet-PID". Zero-initialized it is closed. */
struct kvm_trace {
    char *dir;
};

/* What the events say. Zero-initialize, set log or leave it NULL. */
struct kvm_events {
    struct exit_log *log;
    int thread;  /* of the guest's processor 0 */
    bool known;  /* its TSC was set: offset is the guest's TSC less the host's */
    bool moved;  /* set anew after it had run */
    bool others; /* other guests' processors were made meanwhile */
    long long offset;
    long long
        started; /* TSC of the host at the first exit, or when the guest was let go; 0: not yet */
};

/*
 * Makes the instance and starts tracing. exits: all VM exits of the processes that this one starts
 * from now on; else only the rare event that a TSC is set, of anybody: nothing happens while a
 * guest runs. Returns false with the reason, one sentence without its stop.
 */
bool kvm_trace_open(struct kvm_trace *t, bool exits, struct buf *why_not);

/* Forgets what was traced so far. */
void kvm_trace_clear(struct kvm_trace *t);

/* Reads all that was traced. Returns false with the reason when events were lost. */
bool kvm_trace_read(struct kvm_trace *t, struct kvm_events *events, struct buf *why_not);

/*
 * The guest's TSC less the host's, of the one guest that was started since kvm_trace_clear;
 * released: the host's TSC when it was let go. Returns false with the reason.
 */
bool kvm_trace_offset(struct kvm_trace *t, long long released, long long *offset,
                      struct buf *why_not);

/* Ends tracing and removes the instance. */
void kvm_trace_close(struct kvm_trace *t);

/* Takes in one line of the trace. Pure but for memory. */
void kvm_trace_line(struct kvm_events *events, const char *line);

/* Why the offset cannot be told, or NULL. Pure. */
const char *kvm_events_trouble(const struct kvm_events *events);

#endif
