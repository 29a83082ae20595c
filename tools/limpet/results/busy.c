/* How busy the machine was while guests ran, for their run's record.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/busy.h"

#include <math.h>
#include <string.h>

#define STOLEN_MUCH 0.02
#define CPU_LITTLE  0.8
#define SLEEPS_S    0.1 /* of basic's, 100 of 1 ms (apps/basic/cpus.c) */

static void add(struct facts *run, const char *name, double more)
{
    facts_set_number(run, name, facts_number(run, name) + more);
}

static void raise_to(struct facts *run, const char *name, double value)
{
    facts_set_number(run, name, fmax(facts_number(run, name), value));
}

/* A run's record of it; there is one from now on. */
static void begin(struct facts *run)
{
    struct facts *none = facts_new();

    if (!facts_has(run, "busy"))
        facts_set(run, "busy", none);
    facts_free(none);
}

void busy_add(struct facts *run, const struct vm_result *vm)
{
    begin(run);
    if (vm->busy.cpus) {
        facts_set_count(run, "busy.cpus", vm->busy.cpus);
        raise_to(run, "busy.load", vm->busy.load);
        raise_to(run, "busy.stolen", vm->busy.stolen);
    }
    if (vm->user_s + vm->system_s > 0) {
        add(run, "busy.wall_s", vm->end_s);
        add(run, "busy.user_s", vm->user_s);
        add(run, "busy.system_s", vm->system_s);
    }
}

void busy_join(struct facts *run, const struct facts *more)
{
    static const char *const greatest[] = {"busy.load", "busy.stolen", "busy.outside.load",
                                           "busy.outside.stolen"};
    static const char *const sums[] = {"busy.wall_s", "busy.user_s", "busy.system_s"};
    size_t n = facts_has(run, "busy.outside") && facts_has(more, "busy.outside") ? 4 : 2;

    begin(run);
    for (size_t i = 0; i < n; i++)
        raise_to(run, greatest[i], facts_number(more, greatest[i]));
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
        if (facts_has(more, sums[i]))
            add(run, sums[i], facts_number(more, sums[i]));
}

void busy_outside(struct facts *run, const struct load *load)
{
    facts_set_count(run, "busy.outside.cpus", load->cpus);
    facts_set_number(run, "busy.outside.load", load->load);
    facts_set_number(run, "busy.outside.stolen", load->stolen);
}

static const char *comma(const struct buf *text) { return text->len ? ", " : ""; }

/* Appends one machine's load and steal, if they are much. Returns whether they are. */
static bool machine(const struct facts *m, struct buf *out)
{
    double load = facts_number(m, "load"), cpus = facts_number(m, "cpus"),
           stolen = facts_number(m, "stolen");
    bool loaded = cpus > 0 && load > cpus;

    if (loaded)
        buf_printf(out, "load %.*f on %.0f CPU%s", load<9.95, load, cpus, cpus> 1 ? "s" : "");
    if (stolen >= STOLEN_MUCH)
        buf_printf(out, "%s%.0f %% of its CPU time stolen", comma(out), stolen * 100);
    return loaded || stolen >= STOLEN_MUCH;
}

/* For how long a run's guests slept, which a quick machine's took a good part of their lives. */
static double slept_s(const struct facts *run)
{
    const char *only = facts_text(run, "only");
    bool sleeps = !strcmp(facts_text(run, "suite"), "basic") && (!only[0] || strstr(only, "sleep"));

    return sleeps ? SLEEPS_S * facts_number(run, "count") : 0;
}

/* Does a suite's guest compute all the time that it does not sleep, on one processor? */
static bool computes(const struct facts *run)
{
    const char *suite = facts_text(run, "suite");

    return facts_number(run, "vcpus") == 1 && (!strcmp(suite, "basic") || !strcmp(suite, "stream"));
}

bool busy_tell(const struct facts *run, struct buf *out)
{
    const struct facts *outside = facts_at(run, "busy.outside");
    double wall = facts_number(run, "busy.wall_s") - slept_s(run);
    double cpu = facts_number(run, "busy.user_s") + facts_number(run, "busy.system_s");
    struct buf text = {0};
    bool much = machine(outside ? outside : facts_at(run, "busy"), &text);

    much |= computes(run) && wall > 0 && cpu < CPU_LITTLE * wall;
    if (much && wall > 0)
        buf_printf(&text, "%sits VMM had a CPU for %.0f %% of the time", comma(&text),
                   cpu / wall * 100);
    if (much && out)
        buf_add(out, text.data, text.len);
    buf_free(&text);
    return much;
}
