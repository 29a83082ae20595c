/* limpet compare: two sides that take turns, or files of either side; what differs, and how sure.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/cleanup.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/quote.h"
#include "base/random.h"
#include "cmd/cmd.h"
#include "cmd/compare_count.h"
#include "cmd/options.h"
#include "lab/lab.h"
#include "measure/turns.h"
#include "page/page.h"
#include "results/comparison.h"
#include "results/results.h"
#include "tools/status.h"
#include "vm/doors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct judging judging_of(const struct options *o)
{
    return (struct judging){.within = o->within, .rows = o->rows, .force = o->force};
}

/* Prints all there is to tell. Returns the exit status. */
static int show(struct side a, const struct result *again, struct side b, struct judging judging,
                const struct options *o)
{
    struct comparison c = comparison_of(a, again, b, &judging);
    char *unknown = comparison_unknown(&c), *json = o->json ? comparison_json(&c) : NULL;
    struct buf out = {0};
    int status = comparison_status(&c, o->fail_above, o->unsure_ok);

    if (json)
        buf_printf(&out, "%s\n", json);
    else if (o->markdown)
        comparison_md(&c, &out);
    else
        comparison_format(&c, &out);
    if (!json && facts_has(a.v[0]->facts, "partial"))
        buf_printf(&out, "%sThis is not all that was asked for: %s.\n", o->markdown ? "\n" : "",
                   facts_text(a.v[0]->facts, "partial"));
    output_text(&out);
    if (unknown) {
        warn("--rows: the sides have no row \"%s\" in common", unknown);
        status = ST_UNLIKE;
    } else if (!c.n) {
        warn("the sides have no row in common");
    }
    free(unknown);
    free(json);
    buf_free(&out);
    comparison_free(&c);
    return status;
}

/* The last results of files, or NULL with a message. */
static struct result **read_all(char *const *paths, size_t n)
{
    struct result **all = xrealloc(NULL, (n + 1) * sizeof(struct result *));

    for (size_t i = 0; i < n; i++)
        if (!(all[i] = results_read(paths[i]))) {
            while (i-- > 0)
                results_free(all[i]);
            free(all);
            return NULL;
        }
    return all;
}

/* Does a side have the same result twice? Then a message. */
static bool has_twice(struct result *const *side, char *const *paths, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (facts_alike(side[i]->facts, side[k]->facts, "created") &&
                facts_alike(side[i]->facts, side[k]->facts, "seed")) {
                warn("%s and %s end with the same result: a side wants several sessions", paths[k],
                     paths[i]);
                return true;
            }
    return false;
}

/* The first so many files are A's. */
static int compare_files(const struct options *o, size_t of_a)
{
    size_t n = (size_t)o->rest_count;
    struct result **all;
    int status;

    if (o->output || o->runs) {
        warn("%s is for sides that take turns; files are only compared", o->output ? "-o" : "-n");
        return ST_USAGE;
    }
    if (!output_spares(NULL, o->rest, n))
        return ST_USAGE;
    all = read_all(o->rest, n);
    if (!all)
        return ST_FAILED;
    if (o->count)
        status = compare_count_show(all[0], all[n - 1], o);
    else if (has_twice(all, o->rest, of_a) || has_twice(all + of_a, o->rest + of_a, n - of_a))
        status = ST_USAGE;
    else
        status = show((struct side){(const struct result *const *)all, of_a}, NULL,
                      (struct side){(const struct result *const *)all + of_a, n - of_a},
                      judging_of(o), o);
    for (size_t i = 0; i < n; i++)
        results_free(all[i]);
    free(all);
    return status;
}

/* A file that ends with a comparison of sides that took turns: told once more. */
static int compare_again(const struct options *o)
{
    const char *path = o->rest[0];
    struct judging judging = judging_of(o);
    const struct result *sides[TURNS_SIDES];
    struct results all;
    int status = ST_USAGE;

    if (o->output || o->runs) {
        warn("%s is for sides that take turns; %s holds what they gave", o->output ? "-o" : "-n",
             path);
        return ST_USAGE;
    }
    if (!output_spares(NULL, o->rest, 1))
        return ST_USAGE;
    all = results_load(path);
    judging.force = true;
    if (!all.n)
        status = ST_FAILED;
    else if (comparison_find(&all, sides))
        status =
            show((struct side){&sides[0], 1}, sides[1], (struct side){&sides[2], 1}, judging, o);
    else
        warn("%s does not end with what limpet compare -o writes; of results of limpet bench give "
             "two files",
             path);
    results_free_all(&all);
    return status;
}

/* One side's options and images. */
struct side_options {
    struct options options;
    struct args words;
    char *dir;
};

/* Reads a side's options: with a program of the user's own, or that of both sides. */
static int read_side(struct side_options *s, struct contender *c, const struct options *both,
                     struct turns *t)
{
    const char *program = NULL;
    int status, given;

    args_add(&s->words, "compare");
    if (quote_split(c->words, &s->words) != 0) {
        warn("a quote is left open in: %s", c->words);
        return ST_USAGE;
    }
    status = options_parse(OPT_SIDE, (int)s->words.n, s->words.v, &s->options);
    if (status >= 0)
        return status;
    if (!suites_choose(both->rest, both->rest_count - both->behind, &t->chosen, &program))
        return ST_USAGE;
    given = s->options.rest_count - s->options.behind;
    if (given > 1 ||
        (given && !strstr(s->options.rest[0], "/") && suite_find(s->options.rest[0]))) {
        warn("a side has options and a program of your own, no \"%s\"", s->options.rest[given - 1]);
        return ST_USAGE;
    }
    c->plan = options_plan(both);
    c->plan.vm = s->options.vm;
    c->plan.vm.timeout_s = both->vm.timeout_s;
    c->plan.stream_args = s->options.stream_args;
    c->plan.program = given ? s->options.rest[0] : program;
    if (s->options.behind)
        c->plan.arguments = options_plan(&s->options).arguments;
    options_to_args(OPT_SIDE, &s->options, &c->travelling);
    return 0;
}

/* Copies a side's images. */
static int prepare(struct side_options *s, struct contender *c, const struct options *both,
                   const struct turns *t)
{
    int status;

    s->dir = cleanup_tmpdir();
    status =
        s->dir ? images_find(&c->images, &t->chosen, s->options.apps, c->plan.program) : ST_FAILED;
    if (!status && !images_spare(&c->images, both->output))
        status = ST_USAGE;
    return status ? status
                  : images_snapshot(&c->images, s->dir,
                                    doors_wrappings(t->platforms, t->count, c->plan.vm.door));
}

static void side_free(struct side_options *s, struct contender *c)
{
    images_free(&c->images);
    if (s->dir)
        cleanup_remove(s->dir);
    free(s->dir);
    options_free(&s->options);
    args_free(&s->words);
    args_free(&c->travelling);
}

/* Can it be measured here, or in a lab? Returns 0, or a status with a message. */
static int check_platform(const struct platform *p, const struct side_options sides[2])
{
    bool some = sides[0].options.vm.qemu || sides[1].options.vm.qemu;
    bool own = sides[0].options.vm.qemu && sides[1].options.vm.qemu;
    struct buf why = {0};
    enum offer offer = lab_offer(p, &why);
    int status = ST_OK;

    for (int i = 0; i < 2 && !status; i++)
        if (!platform_accepts(p, &sides[i].options.vm, NULL))
            status = ST_USAGE;
    if (!status && offer == OFFER_LAB && some) {
        warn("%s: --qemu does not reach into the lab, which has its own QEMU", p->name);
        status = ST_USAGE;
    } else if (!status && offer == OFFER_NO && (!own || p->hardware)) {
        warn("%s: %s", p->name, why.data);
        status = ST_LAB;
    }
    buf_free(&why);
    return status;
}

/* Which suites, and which program of the user's own on either side. Returns 0, or a status with a
 * message. */
static int choose_suites(struct turns *t, struct side_options sides[2], const struct options *o)
{
    const char *programs[2];
    int status = ST_OK;

    for (int i = 0; i < 2 && !status; i++) {
        const char *words = i ? o->b : o->a;

        t->contenders[i].words = words ? words : "";
        status = read_side(&sides[i], &t->contenders[i], o, t);
        programs[i] = t->contenders[i].plan.program;
    }
    if (status)
        return status;
    if (!programs[0] != !programs[1]) {
        warn("%c has no program of its own to hold against %s", programs[0] ? 'B' : 'A',
             programs[0] ? programs[0] : programs[1]);
        return ST_USAGE;
    }
    return suites_choose(o->rest, o->rest_count - o->behind, &t->chosen, &programs[0]) &&
                   options_fit_program(o, programs[0])
               ? ST_OK
               : ST_USAGE;
}

/* What is to be measured on what. Returns 0, or a status with a message. */
static int choose(struct turns *t, struct side_options sides[2], const struct options *o)
{
    int status = ST_OK;

    if ((o->budget_s > 0 || o->most) && o->runs != RUNS_AUTO) {
        warn("--budget and --most go with -n auto");
        return ST_USAGE;
    }
    status = choose_suites(t, sides, o);
    if (status)
        return status;
    t->count = platform_list(o->platforms ? o->platforms : "qemu", t->platforms, PLATFORMS_MAX);
    if (t->count <= 0)
        return ST_USAGE;
    for (size_t s = 0; s < t->chosen.n; s++)
        if (!suite_takes_turns(t->chosen.v[s])) {
            warn("sides cannot take turns in the suite %s: compare result files",
                 t->chosen.v[s]->name);
            return ST_USAGE;
        }
    for (int i = 0; i < 2 && !status; i++)
        status = prepare(&sides[i], &t->contenders[i], o, t);
    for (int i = 0; i < t->count && !status; i++)
        status = check_platform(t->platforms[i], sides);
    if (!status && o->output && !results_can_append(o->output))
        status = ST_FAILED;
    return status;
}

/* Says what is measured, before it takes its time. */
static void begin(void *ctx)
{
    const struct turns *t = ctx;

    for (int i = 0; i < 2; i++)
        printf("%c: %s\n", 'A' + i,
               t->contenders[i].words[0] ? t->contenders[i].words : "(as usual)");
    printf("in turn, in random order (seed %llu), A twice in every round\n\n", t->seed);
    fflush(stdout);
}

static void begin_silently(void *ctx) { (void)ctx; }

/* The results, with how they are to be judged. */
static void make_results(struct turns *t, const struct options *o, const char *command)
{
    for (int i = 0; i < TURNS_SIDES; i++) {
        t->results[i] = results_new(command, t->seed);
        facts_set_text(t->results[i]->facts, "side", turns_labels[i]);
        results_label(t->results[i], o->label);
        if (o->within > 0)
            facts_set_number(t->results[i]->facts, "within", o->within);
        if (o->rows)
            facts_set_text(t->results[i]->facts, "judged_rows", o->rows);
    }
}

/* Shows what was measured, and keeps it. Returns a status. */
static int finish(const struct turns *t, const struct options *o)
{
    struct judging judging = judging_of(o);
    int shown;

    for (int i = 0; i < TURNS_SIDES && t->looks; i++)
        facts_set_count(t->results[i]->facts, "looks", t->looks);
    for (int i = 0; i < TURNS_SIDES && interrupted; i++)
        results_partial(t->results[i], RESULT_INTERRUPTED);
    judging.force = true;
    shown = show((struct side){(const struct result *const *)&t->results[0], 1}, t->results[1],
                 (struct side){(const struct result *const *)&t->results[2], 1}, judging, o);
    return o->output && results_append_all(t->results, TURNS_SIDES, o->output) ? ST_FAILED : shown;
}

static int compare_sides(const struct options *o, const char *command)
{
    struct turns t = {.seed = o->seed ? o->seed : random_seed(),
                      .rounds = o->runs == RUNS_AUTO ? 0
                                : o->runs            ? o->runs
                                : o->quick           ? TURNS_QUICK
                                                     : TURNS_ROUNDS,
                      .quick = o->quick && !o->runs,
                      .most = o->most ? o->most : TURNS_MOST,
                      .budget_s = o->budget_s,
                      .judging = judging_of(o)};
    struct side_options sides[2] = {{.dir = NULL}};
    int status = choose(&t, sides, o);

    options_to_args(OPT_COMPARE, o, &t.travelling);
    if (!status && o->count) {
        status = compare_count_sides(&t, o, command);
    } else if (!status) {
        make_results(&t, o, command);
        status = turns_measure(&t, o->json || o->markdown ? begin_silently : begin, &t);
        if (t.results[0]->run_count) { /* what was measured is told, and kept */
            int shown = finish(&t, o);

            status = status ? status : shown;
        }
    }
    for (int i = 0; i < TURNS_SIDES; i++)
        results_free(t.results[i]);
    for (int i = 0; i < 2; i++)
        side_free(&sides[i], &t.contenders[i]);
    args_free(&t.travelling);
    return status;
}

static int cmd_compare(int argc, char **argv)
{
    char *command = options_command(argc, argv);
    int of_b, status;
    struct options o;

    status = options_parse(OPT_COMPARE, argc, argv, &o);
    of_b = o.behind;
    if (!of_b && o.rest_count == 2)
        of_b = 1;
    if (status < 0 && o.json && o.markdown) {
        warn("compare: --md or --json, not both");
        status = ST_USAGE;
    } else if (status < 0 && o.count && !compare_count_accepts(&o)) {
        status = ST_USAGE;
    } else if (status < 0 && (o.a || o.b)) {
        status = compare_sides(&o, command);
    } else if (status < 0 && o.count && (of_b != 1 || o.rest_count != 2)) {
        warn("compare --count takes two files with counts, or --a and --b: one run is exact");
        status = ST_USAGE;
    } else if (status < 0 && of_b && of_b < o.rest_count) {
        status = compare_files(&o, (size_t)(o.rest_count - of_b));
    } else if (status < 0 && o.rest_count == 1 && !of_b) {
        status = compare_again(&o);
    } else if (status < 0) {
        warn("compare what? Two result files, several of each side (A1 A2 A3 -- B1 B2 B3), or --a "
             "and --b; see: limpet compare --help");
        status = ST_USAGE;
    }
    options_free(&o);
    free(command);
    return status;
}

const struct command command_compare = {
    .name = "compare",
    .fn = cmd_compare,
    .help = "two sides: is B worse, the same, or can nobody tell?",
    .usage = "limpet compare --a \"OPTIONS\" --b \"OPTIONS\" [SUITE…] [OPTION…]\n"
             "       limpet compare A1.json A2.json A3.json -- B1.json B2.json B3.json\n"
             "       limpet compare FILE        (which compare -o wrote)",
    .options = OPT_COMPARE,
    .notes = "\n"
             "The words: same within 5 % (--within), WORSE, better, or cannot tell and how\n"
             "many rounds would. All of them hold at once with 95 %, however many rows there\n"
             "are; fewer than 6 rounds tell nothing. Sides are to be measured in turn: files\n"
             "(of each the last result counts) are compared by what was started anew, a file\n"
             "or a boot of a lab, and less than three a side give no verdict. docs/method.md\n"
             "explains it. Each side is started once before anything is measured; when one\n"
             "fails later, what all of them gave before is told, and written with -o.\n"
             "\n"
             "Exit status:\n"
             "  0  every row of B is the same or better  1  a side failed\n"
             "  3  some row is WORSE                     2  wrong use\n"
             "  4  none is, but of some one cannot tell  5  not comparable: unlike machines,\n"
             "                                              or no row in common\n",
    .example = "limpet compare --b \"--qemu ./qemu-new\" basic boot -n auto --budget 20m",
    .words = WORDS_SUITES_FILES,
};
