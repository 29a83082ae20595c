/* Published claims beside ours: sentences with a bound rather than a table's cells.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/estimate.h"
#include "vm/platforms.h"
#include "replay/replay.h"
#include "results/results.h"
#include "stats/stats.h"
#include "show/text.h"

#include <math.h>
#include <string.h>

/* What one claim is held against on one platform. */
struct ours {
    const struct row *row;
    const struct facts *run;
    struct estimate e; /* in the claim's unit; valid without why */
    const char *why;   /* there is none, or NULL; the result's or static */
    bool none;         /* as the system has no such thing: nothing is missing */
};

static bool counts_exits(const struct replay_claim *c) { return !strcmp(c->unit, "exits"); }
static bool says_right(const struct replay_claim *c) { return !strcmp(c->unit, "right"); }

static const char *suite_of(const struct replay_claim *c) { return c->suite ? c->suite : "vmm"; }

/* Why a platform has no row. */
static const char *missing(const struct result *result, const struct replay_claim *c,
                           const char *platform)
{
    const char *reason = results_reason(result, suite_of(c), platform);
    const struct facts *run = results_find_run(result, suite_of(c), platform);

    if (reason)
        return reason;
    return run ? "our result has no such row" : "our result has nothing of this suite there";
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
    if (c->stat) {
        o->e.coverage = 0;
        o->why = estimate_stat(o->row, c->stat, &o->e.value) ? NULL : "ours has too few samples";
    }
    if (counts_exits(c)) { /* of one run more */
        o->e = (struct estimate){.value = to_vmm(exits), .n = 1};
        o->why = exits->known ? NULL : o->row->no_exits;
        if (!exits->known && !o->why)
            o->why = "our result does not count its exits";
    } else if (!o->why && hz > 0 && c->bytes > 0 && !strcmp(unit, "cycles")) {
        double low = o->e.low;

        o->e.value = c->bytes * hz / o->e.value / 1e6;
        o->e.low = c->bytes * hz / o->e.high / 1e6;
        o->e.high = c->bytes * hz / low / 1e6;
    } else if (!o->why && !strcmp(c->unit, "us") && !strcmp(unit, "cycles")) {
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
    struct ours o = {.row = results_row(result, suite_of(c), c->name, platform)};

    o.run = results_run_of(result, o.row);
    o.none = !o.row && run_none(results_find_run(result, suite_of(c), platform), c->name);
    if (o.row)
        take_value(c, &o);
    else if (o.none)
        o.why = run_none(results_find_run(result, suite_of(c), platform), c->name);
    else
        o.why = missing(result, c, platform);
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

/* Is a process of this machine held against bare hardware, and the machine is virtual itself? */
static bool is_virtual(const struct result *result, const struct ours *o)
{
    const struct platform *p = platform_find(facts_text(o->run, "platform"));

    return p && p->process && facts_true(result->facts, "host.virtualized");
}

static void verdict(const struct result *result, const struct replay_claim *c, const struct ours *o,
                    struct buf *out)
{
    struct figure theirs = {.value = c->high, .low = c->high, .high = c->high, .grain = c->grain};
    struct figure ours = {.value = o->e.value, .low = o->e.value, .high = o->e.value};

    if (o->e.coverage >= STATS_CONFIDENCE) {
        ours.low = o->e.low;
        ours.high = o->e.high;
    }
    if (o->why)
        buf_printf(out, "%s: %s", o->none ? "none" : "SKIP", o->why);
    else if (!c->fact &&
             (run_in_emulated_lab(o->run) || (c->hardware && facts_true(o->run, "emulated"))))
        buf_str(out, "emulated: not judged");
    else if (is_virtual(result, o))
        buf_str(out, "this machine is virtual itself: not judged");
    else if (!(c->low < c->high))
        rank_judgement(&theirs, &ours, counts_exits(c) || c->over || c->more, out);
    else if (ours.value < c->low || ours.value > c->high)
        buf_printf(out, "does not hold: %s", ours.value < c->low ? "it is less" : "it is more");
    else
        buf_str(out, c->holds ? c->holds : "holds");
}

/* By how much more b is than a. */
static double apart(double a, double b) { return b / a - 1; }

/* What theirs tells of itself: how far two runs of a side lie apart, and the sides. */
static void own_noise(const double v[4], struct buf *out)
{
    double again = fmax(fabs(apart(v[0], v[1])), fabs(apart(v[2], v[3])));
    double sides = apart(v[2] + v[3], v[0] + v[1]);

    buf_printf(out, "theirs: A and B %.1f %% apart, two runs of one of them up to %.1f %%: %s",
               100 * fabs(sides), 100 * again,
               fabs(sides) <= again ? "within their noise" : "two runs a side cannot tell");
}

/* One that there is no row of ours for. */
static void add_none(const struct replay_claim *c, struct sheet *t)
{
    struct buf words = {0};

    if (c->twice[0] > 0) {
        own_noise(c->twice, &words);
        buf_str(&words, "; ");
    }
    buf_printf(&words, "none: %s", c->none);
    sheet_cells(t, (const char *[]){c->label, c->theirs, "", "-", "", words.data, NULL});
    buf_free(&words);
}

static bool has_suite(const struct result *result, const struct replay_claim *c,
                      const char *platform)
{
    return results_find_run(result, suite_of(c), platform) ||
           results_reason(result, suite_of(c), platform);
}

/* Is it left out, as another platform is there instead? */
static bool left_out(const struct result *result, const struct replay_claim *c, int i)
{
    bool any = false;

    if (!c->where_measured || has_suite(result, c, c->platforms[i]))
        return false;
    for (int k = 0; c->platforms[k]; k++)
        any |= has_suite(result, c, c->platforms[k]);
    return any || i;
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
    verdict(result, c, &o, &words);
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
    return o.why && !o.none;
}

/* A claim on all its platforms. Returns on how many ours is missing. */
static unsigned add_all(const struct replay_claim *c, const struct result *result, struct sheet *t)
{
    unsigned without = 0;
    bool first = true;

    if (c->none) {
        add_none(c, t);
        return 0;
    }
    for (int i = 0; c->platforms[i]; i++) {
        if (left_out(result, c, i))
            continue;
        without += add_claim(c, c->platforms[i], first, result, t);
        first = false;
    }
    return without;
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
            without += add_all(c, result, &t);
            c++;
        } while (c->label && !c->section);
        sheet_text(&t, out);
        sheet_free(&t);
        buf_str(out, "\n");
    }
    return without;
}
