/* limpet compare: two result files, or two sides that take turns; what differs, and what is noise.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/cleanup.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/quote.h"
#include "base/random.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "lab/lab.h"
#include "measure/rounds.h"
#include "measure/suites.h"
#include "results/comparison.h"
#include "results/results.h"
#include "show/tables.h"
#include "tools/status.h"
#include "vm/doors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Prints all there is to tell. Returns the exit status. */
static int show(const struct result *a, const struct result *again, const struct result *b,
                bool force)
{
    struct comparison c = comparison_of(a, again, b, force);
    struct buf out = {0};
    int status = comparison_status(&c);

    comparison_format(&c, &out);
    output_text(&out);
    if (!c.n)
        warn("the two have no row in common");
    buf_free(&out);
    comparison_free(&c);
    return status;
}

static int compare_files(const struct options *o)
{
    struct result *a, *b;
    int status = ST_FAILED;

    if (o->output) {
        warn("-o takes what two sides measure in turn; two files are only compared");
        return ST_USAGE;
    }
    if (!output_spares(NULL, o->rest, 2))
        return ST_USAGE;
    a = results_read(o->rest[0]);
    b = a ? results_read(o->rest[1]) : NULL;
    if (b)
        status = show(a, NULL, b, o->force);
    results_free(a);
    results_free(b);
    return status;
}

/* One side's options and images. */
struct contender {
    struct options options;
    struct args words;
    struct measure_plan plan;
    struct images images;
    char *dir;
};

/* The sides of one platform: A, A again, B. */
#define SIDES  3
#define ROUNDS 20 /* by default */
static const char *const labels[SIDES] = {"A", "A again", "B"};

/* What is measured: the sides of each platform, and what they gave. */
struct turns {
    struct contender contenders[2];
    const struct platform *platforms[PLATFORMS_MAX];
    int count;
    struct suite_list chosen;
    struct target targets[PLATFORMS_MAX][SIDES];
    struct result *results[SIDES];
};

/* Reads a side's options and copies its images. */
static int prepare(struct contender *c, const char *text, const struct options *both,
                   const struct turns *t)
{
    int status;

    args_add(&c->words, "compare");
    if (quote_split(text ? text : "", &c->words) != 0) {
        warn("a quote is left open in: %s", text);
        return ST_USAGE;
    }
    status = options_parse(OPT_SIDE, (int)c->words.n, c->words.v, &c->options);
    if (status < 0 && c->options.rest_count) {
        warn("a side has options only, no \"%s\"", c->options.rest[0]);
        status = ST_USAGE;
    }
    if (status >= 0)
        return status;
    c->plan = options_plan(&c->options);
    c->plan.vm.timeout_s = both->vm.timeout_s;
    c->plan.only = both->only;
    c->dir = cleanup_tmpdir();
    status = c->dir ? images_find(&c->images, &t->chosen, c->options.apps) : ST_FAILED;
    if (!status && !images_spare(&c->images, both->output))
        status = ST_USAGE;
    return status ? status
                  : images_snapshot(&c->images, c->dir,
                                    doors_wrappings(t->platforms, t->count, c->plan.vm.door));
}

static void contender_free(struct contender *c)
{
    images_free(&c->images);
    if (c->dir)
        cleanup_remove(c->dir);
    free(c->dir);
    options_free(&c->options);
    args_free(&c->words);
}

/* Starts a guest once where the check of the clock starts none. */
static void start_once(struct target *t)
{
    const struct suite *const *suite = suites;
    struct guest_lines lines;
    struct vm_result vm;

    while (!(*suite)->is_boot)
        suite++;
    progress("a first start of %s on %s …", t->label, t->platform->title);
    t->unfit = target_run(t, (*suite)->apps, NULL, &lines, &vm);
    guest_lines_free(&lines);
    vm_result_free(&vm);
}

/* Is a target fit to be measured? If not, a message. */
static bool try_target(struct target *t)
{
    targets_check_clocks(t, 1);
    if (t->platform->suites == BOOT_ONLY && !interrupted)
        start_once(t);
    if (t->unfit && !interrupted)
        warn("%s on %s: %s", t->label, t->platform->title, t->unfit);
    return !t->unfit;
}

/* Both sides are started once on every platform before anything is measured, so that one that does
 * not start costs nobody's time; A again is A. Returns 0, or a status with a message. */
static int try_all(struct turns *t)
{
    bool fit = true;

    for (int p = 0; p < t->count; p++) {
        struct target *targets = t->targets[p];

        for (int i = 0; i < SIDES; i++) {
            struct contender *c = &t->contenders[i / 2];

            targets[i] = (struct target){.platform = t->platforms[p],
                                         .plan = &c->plan,
                                         .images = &c->images,
                                         .result = t->results[i],
                                         .label = labels[i]};
        }
        fit &= try_target(&targets[0]);
        fit &= try_target(&targets[2]);
        targets[1].fit = facts_copy(targets[0].fit);
    }
    progress("%s", "");
    return interrupted ? ST_INTERRUPT + interrupted : fit ? ST_OK : ST_FAILED;
}

static void measure_suite(struct turns *t, const struct suite *suite, int platform, unsigned rounds,
                          unsigned long long *random)
{
    for (const struct suite_app *app = suite->apps; app->name && !interrupted; app++)
        if (app->collect)
            rounds_run(suite, app, t->targets[platform], SIDES, rounds, true, random);
}

/* All rounds on all platforms. A side that fails ends a suite there; what all sides gave before
 * stays. Returns 0, or a status with a message. */
static int measure(struct turns *t, const struct options *o, unsigned long long random)
{
    unsigned rounds = o->runs ? o->runs : ROUNDS;
    int status = ST_OK;

    for (int p = 0; p < t->count; p++)
        for (size_t s = 0; s < t->chosen.n; s++)
            if (suite_fits(t->chosen.v[s], t->platforms[p], false))
                measure_suite(t, t->chosen.v[s], p, rounds, &random);
    progress("%s", "");
    if (interrupted)
        return ST_INTERRUPT + interrupted;
    for (int i = 0; i < SIDES; i++)
        for (size_t k = 0; k < t->results[i]->skip_count; k++) {
            const struct skip *skip = &t->results[i]->skips[k];

            warn("%s, %s on %s: %s", labels[i], skip->suite, platform_find(skip->platform)->title,
                 skip->reason);
            status = ST_FAILED;
        }
    return status;
}

/* What is to be measured on what. Returns 0, or a status with a message. */
static int choose(struct turns *t, const struct options *o)
{
    struct buf why = {0};
    int status = ST_OK;

    if (!suites_choose(o->rest, o->rest_count, &t->chosen))
        return ST_USAGE;
    t->count = platform_list(o->platforms ? o->platforms : "qemu", t->platforms, PLATFORMS_MAX);
    if (t->count <= 0)
        return ST_USAGE;
    for (size_t s = 0; s < t->chosen.n; s++)
        if (!suite_takes_turns(t->chosen.v[s])) {
            warn("sides cannot take turns in the suite %s: compare two result files",
                 t->chosen.v[s]->name);
            return ST_USAGE;
        }
    for (int i = 0; i < 2 && !status; i++) {
        status = prepare(&t->contenders[i], i ? o->b : o->a, o, t);
        for (int k = 0; k < t->count && !status; k++)
            if (!platform_accepts(t->platforms[k], &t->contenders[i].options.vm, NULL))
                status = ST_USAGE;
    }
    for (int i = 0; i < t->count && !status; i++) {
        enum offer offer = lab_offer(t->platforms[i], &why);
        bool own = t->contenders[0].options.vm.qemu && t->contenders[1].options.vm.qemu;

        if (offer == OFFER_NATIVE || (offer == OFFER_NO && own && !t->platforms[i]->hardware))
            continue;
        warn("%s is not native here (%s). In a lab: limpet lab exec %s -- ./limpet compare …",
             t->platforms[i]->name, why.data, t->platforms[i]->lab ? t->platforms[i]->lab : "kvm");
        status = ST_LAB;
    }
    if (!status && o->output && !results_can_append(o->output))
        status = ST_FAILED;
    buf_free(&why);
    return status;
}

static void turns_free(struct turns *t)
{
    for (int p = 0; p < t->count; p++)
        targets_free(t->targets[p], SIDES);
    for (int i = 0; i < SIDES; i++)
        results_free(t->results[i]);
    contender_free(&t->contenders[0]);
    contender_free(&t->contenders[1]);
}

static int compare_sides(const struct options *o, const char *command)
{
    unsigned long long seed = o->seed ? o->seed : random_seed();
    struct turns t = {0};
    int status = choose(&t, o);

    if (!status) {
        for (int i = 0; i < SIDES; i++) {
            t.results[i] = results_new(command, seed);
            facts_set_text(t.results[i]->facts, "side", labels[i]);
        }
        status = try_all(&t);
    }
    if (!status) {
        printf("A: %s\nB: %s\nin turn, in random order (seed %llu), A twice in every round for the "
               "floor\n\n",
               o->a && o->a[0] ? o->a : "(as usual)", o->b && o->b[0] ? o->b : "(as usual)", seed);
        fflush(stdout);
        status = measure(&t, o, seed);
        if (!interrupted) { /* what was measured is told, and kept */
            int shown = show(t.results[0], t.results[1], t.results[2], true);
            bool kept = !o->output || !results_append_all(t.results, SIDES, o->output);

            status = status ? status : kept ? shown : ST_FAILED;
        }
    }
    turns_free(&t);
    return status;
}

static int cmd_compare(int argc, char **argv)
{
    char *command = options_command(argc, argv);
    struct options o;
    int status = options_parse(OPT_COMPARE, argc, argv, &o);

    if (status < 0 && (o.a || o.b))
        status = compare_sides(&o, command);
    else if (status < 0 && o.rest_count == 2)
        status = compare_files(&o);
    else if (status < 0) {
        warn("compare what? Two result files, or --a and --b; see: limpet compare --help");
        status = ST_USAGE;
    }
    options_free(&o);
    free(command);
    return status;
}

const struct command command_compare = {
    .name = "compare",
    .fn = cmd_compare,
    .help = "two results, or two sides in turn: what differs, what is noise",
    .usage = "limpet compare A.json B.json\n"
             "       limpet compare --a \"OPTIONS\" --b \"OPTIONS\" [SUITE…] [OPTION…]",
    .options = OPT_COMPARE,
    .notes = "\n"
             "Of a file the last result counts. A and B are figures of a side's best runs, to\n"
             "which others on the machine have added least, not the medians of a report. The\n"
             "floor is what the same thing differs by from itself; a change inside it is no\n"
             "difference. Where noise would hide 5 %, or there are fewer than 6 runs, nothing\n"
             "is told: -n says how many would. Each side is started once before anything is\n"
             "measured; when one fails later, what all of them gave before is told, and\n"
             "written with -o.\n"
             "\n"
             "Exit status:\n"
             "  0  every row of B is the same or better  1  a side failed, or rows are refused\n"
             "  3  some row is worse                     2  wrong use\n"
             "  4  none is worse, but of some nothing can be told\n",
    .example = "limpet compare --b \"--qemu ./qemu-new\" basic boot",
    .words = WORDS_SUITES_FILES,
};
