/* VM exits: traced, joined with the guest's stamps, counted.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "exits/exits.h"
#include "base/cleanup.h"
#include "vm/platforms.h"
#include "results/results.h"
#include "results/rows.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define LIFE ", start to exit"

struct exits *exits_start(const struct platform *platform, struct buf *why_not)
{
    struct exits *e;
    bool good;

    if (!platform->hardware) {
        buf_str(why_not, "plain QEMU has none");
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

/* The reasons that occur, the most frequent first. */
static json_t *by_frequency(const struct exit_log *log, unsigned long *counts)
{
    json_t *reasons = json_object();

    for (;;) {
        size_t most = 0;

        for (size_t i = 1; i < log->reasons.n; i++)
            if (counts[i] > counts[most])
                most = i;
        if (!log->reasons.n || !counts[most])
            return reasons;
        json_object_set_new(reasons, log->reasons.v[most], json_integer((json_int_t)counts[most]));
        counts[most] = 0;
    }
}

json_t *exits_between(const struct exits *e, long long begin, long long end, struct buf *why_not)
{
    unsigned long *counts = xrealloc(NULL, (e->log.reasons.n + 1) * sizeof *counts);
    unsigned long total = 0;
    bool unsure = false;
    json_t *all = NULL;

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
    else
        all = json_pack("{s:I,s:o}", "total", (json_int_t)total, "reasons",
                        by_frequency(&e->log, counts));
    free(counts);
    return all;
}

static json_t *row_of(json_t *rows, const char *name)
{
    json_t *row;
    size_t i;

    for (i = 0; (row = json_array_get(rows, i)); i++)
        if (!strcmp(json_string_value(json_object_get(row, "name")), name))
            return row;
    return NULL;
}

/* Sets a row's exits, or why there are none; takes over exits. */
static void give(json_t *row, json_t *exits, const char *why_not)
{
    if (exits)
        json_object_set_new(row, "exits", exits);
    else if (row)
        json_object_set_new(row, "no_exits", json_string(why_not));
}

/* Is it the row of a guest's whole life, in a suite of guests? */
static bool is_life(json_t *row)
{
    const char *name = json_text(row, "name");
    size_t n = strlen(name), m = strlen(LIFE);

    return n > m && !strcmp(name + n - m, LIFE);
}

static void give_row(const struct exits *e, json_t *counted, json_t *row)
{
    json_t *same = row_of(counted, json_string_value(json_object_get(row, "name")));
    json_t *begin = json_object_get(same, "begin"), *end = json_object_get(same, "end");
    json_t *exits = NULL;
    struct buf why = {0};

    if (is_life(row))
        exits = exits_between(e, LLONG_MIN, LLONG_MAX, &why);
    else if (json_is_integer(begin) && json_is_integer(end))
        exits = exits_between(e, json_integer_value(begin), json_integer_value(end), &why);
    else
        buf_str(&why, "the counting run did not tell when the row began and ended");
    give(row, exits, why.data);
    buf_free(&why);
}

static bool give_figure(const struct exits *e, json_t *tally, const char *name, long long begin,
                        long long end, struct buf *why_not)
{
    json_t *exits = exits_between(e, begin, end, why_not), *row;

    if (!exits)
        return false;
    row = tally_figure(tally, "boot", name, "exits", "less",
                       (double)json_integer_value(json_object_get(exits, "total")));
    give(row, exits, NULL);
    return true;
}

static void give_boot(const struct exits *e, const struct report *report, json_t *tally)
{
    struct ledger ledger = {.stages = json_object()};
    struct buf why = {0};

    if (!report_ledger(report, &ledger))
        buf_str(&why, "the guest did not tell when it began");
    else if (give_figure(e, tally, "VM exits to main", ledger.door, ledger.main, &why))
        give_figure(e, tally, "VM exits", LLONG_MIN, LLONG_MAX, &why);
    if (why.len)
        give(row_of(tally, "start to exit"), NULL, why.data);
    json_decref(ledger.stages);
    buf_free(&why);
}

void exits_give(const struct exits *e, const struct report *report, json_t *tally,
                const char *why_not)
{
    json_t *whole = row_of(tally, "start to exit"), *row;
    size_t i;

    if (whole && e)
        give_boot(e, report, tally);
    else if (whole)
        give(whole, NULL, why_not);
    for (i = 0; !whole && (row = json_array_get(tally, i)); i++) {
        if (!strcmp(json_text(row, "unit"), "ms") && !is_life(row))
            continue; /* a part of a life */
        if (e)
            give_row(e, report->rows, row);
        else
            give(row, NULL, why_not);
    }
}
