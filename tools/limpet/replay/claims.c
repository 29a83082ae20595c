/* Published claims beside ours: sentences with a bound rather than a table's cells.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/estimate.h"
#include "vm/platforms.h"
#include "replay/replay.h"
#include "results/results.h"
#include "stats/stats.h"
#include "show/text.h"

#include <string.h>

/* What one claim is held against on one platform. */
struct ours {
    const struct row *row;
    const struct facts *run;
    struct estimate e; /* in the claim's unit; valid without why */
    const char *why;   /* there is none, or NULL; the result's or static */
};

static bool counts_exits(const struct replay_claim *c) { return !strcmp(c->unit, "exits"); }
static bool says_right(const struct replay_claim *c) { return !strcmp(c->unit, "right"); }

/* Why a platform has no row. */
static const char *missing(const struct result *result, const char *platform)
{
    const char *reason = results_reason(result, "vmm", platform);

    if (reason)
        return reason;
    return results_find_run(result, "vmm", platform)
               ? "our result has no such row"
               : "our result has nothing of the suite vmm there";
}

/* A VMM's own loop sees these exits; KVM deals with the others. */
static double to_vmm(const struct exit_counts *exits)
{
    double sum = 0;

    for (size_t i = 0; i < exits->n; i++)
        if (!strcmp(exits->reasons[i].name, "io") || !strcmp(exits->reasons[i].name, "hlt"))
            sum += exits->reasons[i].count;
    return sum;
}

/* A row's figure in the claim's unit. Cycles are told as times by the guest's clock. */
static void take_value(const struct replay_claim *c, struct ours *o)
{
    const char *unit = o->row->unit;
    const struct exit_counts *exits = &o->row->exits;
    double hz = facts_number(o->run, "clock.tsc_hz");

    o->e = estimate_value(o->row);
    if (counts_exits(c)) { /* of one run more */
        o->e = (struct estimate){.value = to_vmm(exits), .n = 1};
        o->why = exits->known ? NULL : o->row->no_exits;
        if (!exits->known && !o->why)
            o->why = "our result does not count its exits";
    } else if (!strcmp(c->unit, "us") && !strcmp(unit, "cycles")) {
        o->e.value *= 1e6 / hz;
        o->e.low *= 1e6 / hz;
        o->e.high *= 1e6 / hz;
        o->why = hz > 0 ? NULL : "our result does not tell the guest's clock";
    } else if (!c->over && !says_right(c) && strcmp(c->unit, unit) != 0) {
        o->why = "our result has another unit";
    }
}

static struct ours find(const struct result *result, const struct replay_claim *c,
                        const char *platform)
{
    struct ours o = {.row = results_row(result, "vmm", c->name, platform)};

    o.run = results_run_of(result, o.row);
    if (o.row)
        take_value(c, &o);
    else
        o.why = missing(result, platform);
    return o;
}

/* The ratio of another platform's row to ours, where the claim is of one. */
static void divide(const struct result *result, const struct replay_claim *c, struct ours *o)
{
    struct ours other = find(result, c, c->over);

    if (!o->why)
        o->why = other.why;
    if (!o->why && !(o->e.value > 0))
        o->why = "ours is 0";
    if (o->why)
        return;
    o->e = (struct estimate){.value = other.e.value / o->e.value,
                             .n = other.e.n < o->e.n ? other.e.n : o->e.n};
}

static void verdict(const struct replay_claim *c, const struct ours *o, struct buf *out)
{
    struct figure theirs = {.value = c->high, .low = c->high, .high = c->high};
    struct figure ours = {.value = o->e.value, .low = o->e.value, .high = o->e.value};

    if (o->e.coverage >= STATS_CONFIDENCE) {
        ours.low = o->e.low;
        ours.high = o->e.high;
    }
    if (o->why)
        buf_printf(out, "not measured: %s", o->why);
    else if (run_in_emulated_lab(o->run) && !c->fact)
        buf_str(out, "emulated: not judged");
    else if (!(c->low < c->high))
        rank_judgement(&theirs, &ours, counts_exits(c) || c->over, out);
    else if (ours.value < c->low || ours.value > c->high)
        buf_printf(out, "does not hold: %s", ours.value < c->low ? "it is less" : "it is more");
    else
        buf_str(out, c->holds ? c->holds : "holds");
}

static const char *title_of(const char *platform) { return platform_find(platform)->title; }

/* A claim on one platform. Returns whether ours is missing. */
static bool add_claim(const struct replay_claim *c, const char *platform, bool first,
                      const struct result *result, struct sheet *t)
{
    struct ours o = find(result, c, platform);
    struct buf words = {0}, number = {0};

    if (c->over)
        divide(result, c, &o);
    verdict(c, &o, &words);
    sheet_cell(t, "%s", first ? c->label : "");
    sheet_cell(t, "%s", first ? c->theirs : "");
    if (c->over)
        sheet_cell(t, "%s / %s", title_of(c->over), title_of(platform));
    else
        sheet_cell(t, "%s", title_of(platform));
    if (!o.why)
        estimate_text(&number, &o.e, NUMBER_PLAIN);
    if (o.why)
        sheet_cell(t, "-");
    else if (says_right(c))
        sheet_cell(t, "right");
    else
        sheet_cell(t, "%s %s", number.data, c->over ? "×" : unit_text(c->unit));
    if (o.why)
        sheet_cell(t, "%s", "");
    else
        sheet_cell(t, "%zu", o.e.n);
    sheet_cell(t, "%s", words.data);
    buf_free(&words);
    buf_free(&number);
    return o.why != NULL;
}

unsigned claims_format(const struct replay_claim *c, const struct result *result, struct buf *out)
{
    static const char *const titles[] = {"theirs", "on", "ours", "n", "verdict"};
    unsigned without = 0;

    while (c->label) {
        struct sheet t = {.columns = 6, .left = 1 << 1 | 1 << 2 | 1 << 5};

        sheet_cell(&t, "%s", c->section);
        for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
            sheet_cell(&t, "%s", titles[i]);
        do {
            for (int i = 0; c->platforms[i]; i++)
                without += add_claim(c, c->platforms[i], i == 0, result, &t);
            c++;
        } while (c->label && !c->section);
        sheet_text(&t, out);
        sheet_free(&t);
        buf_str(out, "\n");
    }
    return without;
}
