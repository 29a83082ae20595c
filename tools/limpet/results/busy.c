/* How busy the machine was while guests ran, for their run's record.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/busy.h"
#include "results/results.h"

#include <math.h>
#include <string.h>

#define STOLEN_MUCH 0.02
#define CPU_LITTLE  0.8
#define SLEEPS_S    0.1 /* of basic's, 100 of 1 ms (apps/basic/cpus.c) */

static double number(json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static void add(json_t *object, const char *key, double more)
{
    json_object_set_new(object, key, json_real(number(object, key) + more));
}

static void raise_to(json_t *object, const char *key, double value)
{
    json_object_set_new(object, key, json_real(fmax(number(object, key), value)));
}

/* A run's record of it; there is one from now on. */
static json_t *record(json_t *run)
{
    if (!json_object_get(run, "busy"))
        json_object_set_new(run, "busy", json_object());
    return json_object_get(run, "busy");
}

static void take(json_t *busy, const struct load *facts)
{
    json_object_set_new(busy, "cpus", json_integer(facts->cpus));
    raise_to(busy, "load", facts->load);
    raise_to(busy, "stolen", facts->stolen);
}

void busy_add(json_t *run, const struct vm_result *vm)
{
    json_t *busy = record(run);

    if (vm->busy.cpus)
        take(busy, &vm->busy);
    if (vm->user_s + vm->system_s > 0) {
        add(busy, "wall_s", vm->end_s);
        add(busy, "user_s", vm->user_s);
        add(busy, "system_s", vm->system_s);
    }
}

void busy_join(json_t *run, json_t *more)
{
    static const char *const greatest[] = {"load", "stolen"};
    static const char *const sums[] = {"wall_s", "user_s", "system_s"};
    json_t *other = json_object_get(more, "busy"), *outside = json_object_get(other, "outside");
    json_t *busy = record(run);

    for (size_t i = 0; i < sizeof greatest / sizeof *greatest; i++)
        raise_to(busy, greatest[i], number(other, greatest[i]));
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
        if (json_object_get(other, sums[i]))
            add(busy, sums[i], number(other, sums[i]));
    for (size_t i = 0; i < sizeof greatest / sizeof *greatest && outside; i++)
        raise_to(json_object_get(busy, "outside"), greatest[i], number(outside, greatest[i]));
}

void busy_outside(json_t *run, const struct load *facts)
{
    json_t *outside = json_object();

    take(outside, facts);
    json_object_set_new(record(run), "outside", outside);
}

static const char *comma(const struct buf *text) { return text->len ? ", " : ""; }

/* Appends one machine's load and steal, if they are much. Returns whether they are. */
static bool machine(json_t *m, struct buf *out)
{
    double load = number(m, "load"), cpus = number(m, "cpus"), stolen = number(m, "stolen");
    bool loaded = cpus > 0 && load > cpus;

    if (loaded)
        buf_printf(out, "load %.*f on %.0f CPU%s", load<9.95, load, cpus, cpus> 1 ? "s" : "");
    if (stolen >= STOLEN_MUCH)
        buf_printf(out, "%s%.0f %% of its CPU time stolen", comma(out), stolen * 100);
    return loaded || stolen >= STOLEN_MUCH;
}

/* For how long a run's guests slept, which a quick machine's took a good part of their lives. */
static double slept_s(json_t *run)
{
    const char *only = json_text(run, "only");
    bool sleeps = !strcmp(json_text(run, "suite"), "basic") && (!only[0] || strstr(only, "sleep"));

    return sleeps ? SLEEPS_S * number(run, "count") : 0;
}

/* Does a suite's guest compute all the time that it does not sleep, on one processor? */
static bool computes(json_t *run)
{
    const char *suite = json_text(run, "suite");

    return number(run, "vcpus") == 1 && (!strcmp(suite, "basic") || !strcmp(suite, "stream"));
}

bool busy_tell(json_t *run, struct buf *out)
{
    json_t *busy = json_object_get(run, "busy"), *outside = json_object_get(busy, "outside");
    double wall = number(busy, "wall_s") - slept_s(run);
    double cpu = number(busy, "user_s") + number(busy, "system_s");
    struct buf text = {0};
    bool much = machine(outside ? outside : busy, &text);

    much |= computes(run) && wall > 0 && cpu < CPU_LITTLE * wall;
    if (much && wall > 0)
        buf_printf(&text, "%sits VMM had a CPU for %.0f %% of the time", comma(&text),
                   cpu / wall * 100);
    if (much && out)
        buf_add(out, text.data, text.len);
    buf_free(&text);
    return much;
}
