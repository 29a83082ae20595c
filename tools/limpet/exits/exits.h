/* VM exits: how often the hypervisor ran in place of the guest, and why. Counted in a run of its
 * own, from the host's trace, whose events carry the host's TSC. The room uses results/ and vm/,
 * and what is below them.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_EXITS_H
#define LIMPET_EXITS_H

#include "base/buf.h"
#include "vm/exit_log.h"
#include "vm/kvm_trace.h"
#include "base/proc.h"
#include "results/results.h"
#include "vm/vm.h"

#include <stdbool.h>

/* A trace in progress, then what it holds. */
struct exits {
    struct exit_log log;
    long long offset, error; /* guest's TSC less the host's, within so many ticks */
    bool xen;
    struct kvm_trace kvm;
    struct proc xentrace;
    char *dir;
};

/* Starts tracing, before the platform's guest is started. NULL with the reason, one sentence
 * without its stop. */
struct exits *exits_start(const struct platform *platform, struct buf *why_not);

/* Ends tracing after the guest's run. Returns false with the reason when nothing can be counted. */
bool exits_stop(struct exits *e, const struct vm_result *vm, struct buf *why_not);

void exits_free(struct exits *e);

/* The exits between two values of the guest's TSC (LLONG_MIN and LLONG_MAX: all). Not known, with
 * the reason, when some may be on either side. */
struct exit_counts exits_between(const struct exits *e, long long begin, long long end,
                                 struct buf *why_not);

/*
 * Hands a counting run's exits to the rows of the timed runs. Where its lines have rows, each row
 * of the timed ones gets exits, those between begin and end of the row of its name there, or
 * no_exits, why there are none. A boot, whose lines have a ledger, gets the rows "VM exits to
 * main" (from the door) and "VM exits" (all its life), or its row "start to exit" the reason. e may
 * be NULL: then why_not holds for all. In a suite of guests, a row "NAME, start to exit" gets those
 * of all its life.
 */
void exits_give(const struct exits *e, const struct guest_lines *lines, struct rows *rows,
                const char *why_not);

/* Where the counting run's guest tells of gaps, in which it did not have its CPU (a line of the
 * kind "gaps": begin, a TSC, and longest, "AT+TICKS …"): adds to the rows in how many of them, of
 * 100, an exit lies, with the reasons of all (gaps.c). */
void exits_give_gaps(const struct exits *e, const struct guest_lines *lines, struct rows *rows);

/* How Xen's trace begins and ends (xentrace.c). */
bool exits_start_xen(struct exits *e, struct buf *why_not);
/* Ends xentrace, which runs, and Xen's tracing with it. */
void exits_end_xentrace(struct exits *e);
bool exits_stop_xen(struct exits *e, const struct vm_result *vm, struct buf *why_not);

/*
 * Adds a domain's exits from a file of xentrace. intel: the exit codes are VMX's, else SVM's.
 * Returns false with the reason when the file is damaged or records were lost. Pure.
 */
bool xen_trace_parse(const void *data, size_t n, int domain, bool intel, struct exit_log *log,
                     struct buf *why_not);

#endif
