/* A comparison in words.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/comparison.h"
#include "results/estimate.h"
#include "results/results.h"
#include "stats/stats.h"
#include "show/text.h"

#include <stdlib.h>
#include <string.h>

#define HASH_SHOWN 12

void judged_text(const struct judged *j, struct buf *out)
{
    bool more = j->d.change > 0;

    if (j->word == WORD_SAME)
        buf_str(out, "no difference");
    else if (j->word != WORD_UNSURE)
        buf_printf(out, "B is %s, %s",
                   !more          ? "less"
                   : j->row->more ? "higher"
                                  : "more",
                   j->word == WORD_WORSE ? "WORSE" : "better");
    else if (!j->needed)
        buf_printf(out, "cannot tell: %s", j->d.divisible ? "no -n would" : "A is 0, no ratio");
    else
        buf_printf(out, "cannot tell: -n %u %s", j->needed,
                   j->n < DIFFERENCE_LEAST_RUNS ? "at least" : "would");
}

void judged_change(const struct judged *j, struct buf *out)
{
    if (j->d.divisible || j->d.known)
        buf_printf(out, "%+.1f %%", j->d.change * 100);
    else
        buf_str(out, "-");
}

void judged_interval(const struct judged *j, struct buf *out)
{
    if (j->d.known)
        buf_printf(out, "%+.1f … %+.1f", j->d.interval[0] * 100, j->d.interval[1] * 100);
    else
        buf_str(out, "-");
}

void judged_value(const struct judged *j, bool of_b, struct buf *out)
{
    double share = of_b ? (j->d.interval[1] - j->d.interval[0]) / 2 : j->d.floor;
    double error = j->d.known && j->d.divisible ? share * j->d.a : 0;
    double value = of_b ? j->d.b : j->d.a;
    struct estimate e = {.known = true,
                         .value = value,
                         .low = value - error,
                         .high = value + error,
                         .coverage = error > 0};

    estimate_text(out, &e, NUMBER_PLAIN);
}

/* What is recorded of a run that may explain a difference. */
static const char *const run_facts[] = {
    "mode", "nesting",     "emulated_by", "kernel", "cpu_model", "vcpus", "mem_mib",
    "vmm",  "vmm_version", "domain_type", "cpu",    "machine",   "door",
};

/* Adds what differs, once. Takes over the texts. */
static void add_texts(struct args *out, const char *what, char *a, char *b)
{
    bool known = !strcmp(a, b);

    for (size_t i = 0; i + 2 < out->n; i += 3)
        known |= !strcmp(out->v[i], what) && !strcmp(out->v[i + 1], a) && !strcmp(out->v[i + 2], b);
    if (!known) {
        args_add(out, what);
        args_add(out, a);
        args_add(out, b);
    }
    free(a);
    free(b);
}

static void add_difference(struct args *out, const char *what, const struct facts *of_a,
                           const struct facts *of_b, const char *name)
{
    if (!facts_alike(of_a, of_b, name))
        add_texts(out, what, facts_words(of_a, name), facts_words(of_b, name));
}

/* "cpu_model" as people write it. */
static char *plain_key(const char *key)
{
    char *text = xstrdup(key);

    for (char *c = text; *c; c++)
        if (*c == '_')
            *c = ' ';
    return text;
}

/* The first word of QEMU's command line, or the beginning of an image's hash. */
static char *part_of(const struct facts *run, const char *name, size_t most)
{
    const char *text = facts_text(run, name);
    size_t n = most ? most : strcspn(text, " ");

    return text[0] ? xasprintf("%.*s", (int)n, text) : xstrdup("none");
}

static void run_differences(const struct comparison *c, const struct group *g, struct args *out)
{
    const struct facts *a = results_find_run(c->a, g->suite, g->platform->name);
    const struct facts *b = results_find_run(c->b, g->suite, g->platform->name);
    char *what;

    for (size_t i = 0; i < sizeof run_facts / sizeof *run_facts; i++) {
        char *key = plain_key(run_facts[i]);

        what = xasprintf("%s, %s", g->platform->title, key);
        add_difference(out, what, a, b, run_facts[i]);
        free(what);
        free(key);
    }
    if (!strcmp(facts_text(a, "vmm"), "qemu") && !strcmp(facts_text(b, "vmm"), "qemu")) {
        what = xasprintf("%s, program", g->platform->title);
        add_texts(out, what, part_of(a, "command_line", 0), part_of(b, "command_line", 0));
        free(what);
    }
    what = xasprintf("image %s, SHA-256", facts_text(a, "image"));
    add_texts(out, what, part_of(a, "image_sha256", HASH_SHOWN),
              part_of(b, "image_sha256", HASH_SHOWN));
    free(what);
}

void comparison_sides(const struct comparison *c, struct args *out)
{
    const struct facts *a = c->a->facts, *b = c->b->facts;
    const struct facts *host_a = facts_at(a, "host"), *host_b = facts_at(b, "host");
    struct args names = {0};

    if (!c->again) {
        add_difference(out, "command", a, b, "command");
        add_difference(out, "measured", a, b, "created");
    }
    add_difference(out, "tool", a, b, "tool");
    facts_names(host_a, &names);
    for (size_t i = 0; i < names.n; i++) {
        char *key = plain_key(names.v[i]), *what = xasprintf("host, %s", key);

        add_difference(out, what, host_a, host_b, names.v[i]);
        free(what);
        free(key);
    }
    args_free(&names);
    for (size_t i = 0; i < c->n; i++)
        if (c->groups[i].n || c->groups[i].refused)
            run_differences(c, &c->groups[i], out);
}

void comparison_needed(const struct comparison *c, struct buf *out)
{
    double *needed = xrealloc(NULL, (c->count[WORD_UNSURE] + 1) * sizeof *needed), most;
    const char *whom;
    size_t n = 0;

    if (!c->count[WORD_UNSURE]) {
        free(needed);
        return;
    }
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->groups[i].n; k++)
            if (c->groups[i].rows[k].needed)
                needed[n++] = c->groups[i].rows[k].needed;
    stats_sort(needed, n);
    most = n ? needed[n - 1] : 0;
    whom = n == c->count[WORD_UNSURE] ? "all of them" : "most of them";
    if (n && most <= DIFFERENCE_LEAST_RUNS)
        buf_printf(out, "Fewer than %d runs tell nothing of noise: at least -n %d is needed.",
                   DIFFERENCE_LEAST_RUNS, DIFFERENCE_LEAST_RUNS);
    else if (n && needed[n / 2] < most)
        buf_printf(out, "Noise would hide %g %%: -n %.0f would tell half of them, -n %.0f %s.",
                   DIFFERENCE_SMALL * 100, needed[n / 2], most, whom);
    else if (n)
        buf_printf(out, "Noise would hide %g %%: -n %.0f would tell %s.", DIFFERENCE_SMALL * 100,
                   most, whom);
    else
        buf_printf(out, "No number of runs (-n) would tell%s.",
                   c->again ? "" : ": sides that take turns (--a, --b) tell more");
    free(needed);
}
