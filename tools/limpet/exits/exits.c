/* VM exits: traced, joined with the guest's stamps, counted.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "exits/exits.h"
#include "base/cleanup.h"
#include "vm/platforms.h"
#include "results/results.h"
#include "results/rows.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LIFE ", start to exit"

struct exits *exits_start(const struct platform *platform, struct buf *why_not)
{
    struct exits *e;
    bool good;

    if (!platform->hardware) {
        buf_str(why_not, strcmp(platform->name, "host") != 0 ? "plain QEMU has none"
                                                             : "a process of Linux has none");
        return NULL;
    }
    e = xrealloc(NULL, sizeof *e);
    *e = (struct exits){.xen = !strcmp(platform->lab, "xen")};
    good = e->xen ? exits_start_xen(e, why_not) : kvm_trace_open(&e->kvm, true, why_not);
    if (good)
        return e;
    exits_free(e);
    return NULL;
}

static bool stop_kvm(struct exits *e, struct buf *why_not)
{
    struct kvm_events events = {.log = &e->log};
    bool good = kvm_trace_read(&e->kvm, &events, why_not);
    const char *trouble = good ? kvm_events_trouble(&events) : NULL;

    if (trouble)
        buf_str(why_not, trouble);
    e->offset = events.offset;
    kvm_trace_close(&e->kvm);
    return good && !trouble;
}

bool exits_stop(struct exits *e, const struct vm_result *vm, struct buf *why_not)
{
    return e->xen ? exits_stop_xen(e, vm, why_not) : stop_kvm(e, why_not);
}

void exits_free(struct exits *e)
{
    if (!e)
        return;
    kvm_trace_close(&e->kvm);
    if (e->xentrace.pid)
        exits_end_xentrace(e);
    if (e->dir)
        cleanup_remove(e->dir);
    free(e->dir);
    exit_log_free(&e->log);
    free(e);
}

/* Adds the reasons that occur, the most frequent first. */
static void by_frequency(const struct exit_log *log, unsigned long *counts, struct exit_counts *out)
{
    for (;;) {
        size_t most = 0;

        for (size_t i = 1; i < log->reasons.n; i++)
            if (counts[i] > counts[most])
                most = i;
        if (!log->reasons.n || !counts[most])
            return;
        exit_counts_add(out, log->reasons.v[most], (double)counts[most]);
        counts[most] = 0;
    }
}

struct exit_counts exits_between(const struct exits *e, long long begin, long long end,
                                 struct buf *why_not)
{
    unsigned long *counts = xrealloc(NULL, (e->log.reasons.n + 1) * sizeof *counts);
    unsigned long total = 0;
    bool unsure = false;
    struct exit_counts all = {0};

    memset(counts, 0, (e->log.reasons.n + 1) * sizeof *counts);
    for (size_t i = 0; i < e->log.n; i++) {
        /* The guest's TSC then; unsigned, because the offset may have wrapped. */
        long long at =
            (long long)((unsigned long long)e->log.events[i].tsc + (unsigned long long)e->offset);

        if (at - e->error >= begin && at + e->error <= end) {
            counts[e->log.events[i].reason]++;
            total++;
        } else if (at + e->error >= begin && at - e->error <= end) {
            unsure = true;
        }
    }
    if (unsure)
        buf_printf(why_not,
                   "the clocks are joined within %lld cycles only, and some exits are as near "
                   "to its beginning or end",
                   e->error);
    else {
        by_frequency(&e->log, counts, &all);
        all.known = true;
        all.total = (double)total;
    }
    free(counts);
    return all;
}

/* Sets a row's exits, or why there are none; takes over exits. */
static void give(struct row *row, struct exit_counts exits, const char *why_not)
{
    if (exits.known) {
        exit_counts_free(&row->exits);
        row->exits = exits;
    } else if (row) {
        row_set_text(&row->no_exits, why_not);
    }
}

/* Is it the row of a guest's whole life, in a suite of guests? */
static bool is_life(const struct row *row) { return ends_in(row->name, LIFE); }

static void give_row(const struct exits *e, const struct rows *counted, struct row *row)
{
    const struct row *same = rows_find(counted, row->name);
    struct exit_counts exits = {0};
    struct buf why = {0};

    if (is_life(row))
        exits = exits_between(e, LLONG_MIN, LLONG_MAX, &why);
    else if (same && same->spans)
        exits = exits_between(e, same->begin, same->end, &why);
    else
        buf_str(&why, "the counting run did not tell when the row began and ended");
    if (same && exits.known && !isnan(same->calls) && !isnan(row->calls) &&
        fabs(same->calls - row->calls) > 0.5)
        exits.calls = same->calls;
    give(row, exits, why.data);
    buf_free(&why);
}

static bool give_figure(const struct exits *e, struct rows *rows, const char *name, long long begin,
                        long long end, struct buf *why_not)
{
    struct exit_counts exits = exits_between(e, begin, end, why_not);

    if (exits.known)
        give(rows_figure(rows, "boot", name, "exits", "less", exits.total), exits, NULL);
    return exits.known;
}

static void give_boot(const struct exits *e, const struct ledger *ledger, struct rows *rows)
{
    struct buf why = {0};

    if (!ledger->known)
        buf_str(&why, "the guest did not tell when it began");
    else if (give_figure(e, rows, "VM exits to main", ledger->door, ledger->main, &why))
        give_figure(e, rows, "VM exits", LLONG_MIN, LLONG_MAX, &why);
    if (why.len)
        give(rows_find(rows, "start to exit"), (struct exit_counts){0}, why.data);
    buf_free(&why);
}

void exits_give(const struct exits *e, const struct guest_lines *lines, struct rows *rows,
                const char *why_not)
{
    struct row *whole = rows_find(rows, "start to exit");

    if (whole && e)
        give_boot(e, &lines->ledger, rows);
    else if (whole)
        give(whole, (struct exit_counts){0}, why_not);
    for (size_t i = 0; i < rows->n && !whole; i++) {
        struct row *row = rows->v[i];

        if (!strcmp(row->unit, "ms") && !is_life(row))
            continue; /* a part of a life */
        if (fpclassify(row->calls) == FP_ZERO)
            continue; /* computed of what another row measured */
        if (e)
            give_row(e, &lines->rows, row);
        else
            give(row, (struct exit_counts){0}, why_not);
    }
}
