/* limpet bench: suites on platforms, as tables and as a result.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/cleanup.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/quote.h"
#include "base/random.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "measure/bench.h"
#include "measure/count.h"
#include "results/results.h"
#include "show/screen.h"
#include "show/tables.h"
#include "tools/status.h"
#include "vm/doors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Drops platforms that are there for suites of their own, of which none was chosen. */
static void drop_others(struct bench *b)
{
    int kept = 0;

    for (int i = 0; i < b->count; i++) {
        const struct platform *p = b->platforms[i];
        bool fits = !b->plan.usual || p->suites != OWN_USUALLY;

        for (size_t s = 0; s < b->chosen.n && !fits; s++)
            fits = suite_fits(b->chosen.v[s], p, true);
        if (fits)
            b->platforms[kept++] = p;
    }
    b->count = kept;
}

/* What ratios are to: what is asked for, or is usual of the suite and measured. */
static const char *norm_of(const struct bench *b, const char *asked)
{
    const char *usual = suites_norm(&b->chosen);

    for (int i = 0; i < b->count && usual && !asked; i++)
        if (!strcmp(b->platforms[i]->name, usual))
            return usual;
    return asked;
}

/* What is to be measured on what. Returns 0, or ST_USAGE with a message. */
static int choose(struct bench *b, const struct options *o)
{
    bool any = false, normed = false;
    const char *own;

    b->plan = options_plan(o);
    if (o->count && (o->runs || o->warmup || o->exits || o->parallel)) {
        warn("%s does not go with --count, which is one run", o->runs     ? "-n"
                                                              : o->warmup ? "--warmup"
                                                              : o->exits  ? "--exits"
                                                                          : "--parallel");
        return ST_USAGE;
    }
    if (!suites_choose(o->rest, o->rest_count - o->behind, &b->chosen, &b->plan.program) ||
        !options_fit_program(o, b->plan.program))
        return ST_USAGE;
    own = b->plan.usual && !o->count ? suites_usual_on(&b->chosen) : NULL;
    b->count = platform_list(own            ? own
                             : o->platforms ? o->platforms
                             : o->count     ? "qemu"
                                            : "all",
                             b->platforms, PLATFORMS_MAX);
    if (!options_norm(o))
        return ST_USAGE;
    drop_others(b);
    b->count = doors_keep(b->platforms, b->count, o->vm.door);
    for (int i = 0; i < b->count; i++) {
        if (!platform_accepts(b->platforms[i], &o->vm, NULL))
            return ST_USAGE;
        for (size_t s = 0; s < b->chosen.n; s++)
            any |= suite_fits(b->chosen.v[s], b->platforms[i], b->plan.usual);
    }
    for (int i = 0; i < b->count && o->norm && !normed; i++)
        normed = !strcmp(b->platforms[i]->name, o->norm);
    if (o->norm && !normed) {
        warn("--norm %s: it is none of the platforms to be measured (-p)", o->norm);
        return ST_USAGE;
    }
    own = suites_usual_on(&b->chosen);
    if (b->count > 0 && !any && own)
        warn("%s: measured on %s where no platform is named (-p)", b->chosen.v[0]->name, own);
    else if (b->count > 0 && !any)
        warn("%s: only the suite boot is measured there", b->platforms[0]->name);
    return any ? 0 : ST_USAGE;
}

/* The images in a folder of their own; the result can be written where it is wanted, and that is
 * none of the files that are read. Returns 0, or a status with a message. */
static int prepare(struct bench *b, const struct options *o, const char *dir)
{
    char *qemu = (char *)o->vm.qemu;
    int status = dir ? images_find(&b->images, &b->chosen, NULL, b->plan.program) : ST_FAILED;

    if (status)
        return status;
    if (!images_spare(&b->images, o->output) || !output_spares(o->output, &qemu, 1))
        return ST_USAGE;
    if (o->output && !results_can_append(o->output))
        return ST_FAILED;
    return images_snapshot(&b->images, dir, doors_wrappings(b->platforms, b->count, o->vm.door));
}

/* Is there more than one suite on one platform? That fits on no screen with all its figures. */
static bool has_several(const struct bench *b) { return b->chosen.n > 1 || b->count > 1; }

/* Says how long it will take, where that is long. */
static void tell_time(const struct bench *b)
{
    double s = bench_seconds(b);

    if (b->limit_s > 0 && s > b->limit_s)
        s = b->limit_s;
    if (!has_several(b) || s < 120)
        return;
    warn("%zu suite%s on %d platform%s: some %.0f %s, as machines usually are", b->chosen.n,
         b->chosen.n > 1 ? "s" : "", b->count, b->count > 1 ? "s" : "",
         s < 7200 ? s / 60 : s / 3600, s < 7200 ? "minutes" : "hours");
}

static int show(const struct bench *b, const struct options *o)
{
    const char *output = o->output;
    struct buf out = {0};
    struct view view;
    unsigned failed;

    if (interrupted)
        results_partial(b->result, RESULT_INTERRUPTED);
    view_init(&view, b->result, output);
    view.norm = norm_of(b, o->norm);
    failed = tables_format(&view, &out);
    if (has_several(b) && !o->count) {
        buf_clear(&out);
        screen_format(b->result, &out);
        norm_format(&view, &out);
    }
    if (facts_has(b->result->facts, "partial"))
        buf_printf(&out, "This is not all that was asked for: %s.\n",
                   facts_text(b->result->facts, "partial"));
    output_text(&out);
    buf_free(&out);
    if (failed)
        warn("%u cell%s could not be measured", failed, failed > 1 ? "s" : "");
    if (output && failed && !o->partial && !interrupted)
        warn("%s was not written (--partial writes it all the same)", output);
    else if (output && results_append(b->result, output))
        return ST_FAILED;
    else if (output && has_several(b) && !o->count) {
        quote_shell(&out, output);
        printf("\nAll figures: limpet report --md %s\n", out.data);
    }
    buf_free(&out);
    return failed ? ST_FAILED : ST_OK;
}

static int cmd_bench(int argc, char **argv)
{
    struct options o;
    struct bench b = {.count = 0};
    char *dir = NULL, *command = options_command(argc, argv);
    int status = options_parse(OPT_BENCH, argc, argv, &o);

    o.usual |= !o.platforms || platform_list_has_all(o.platforms);
    if (status < 0 && !(status = choose(&b, &o))) {
        options_to_args(OPT_BENCH, &o, &b.travelling);
        dir = cleanup_tmpdir();
        status = prepare(&b, &o, dir);
        if (!status) {
            b.limit_s = o.time_limit_s;
            b.seed = o.seed ? o.seed : random_seed();
            b.result = results_new(command, b.seed);
            results_label(b.result, o.label);
            if (!o.count)
                tell_time(&b);
            status = o.count ? count_measure(&b) : bench_measure(&b);
        }
        if (b.result && (!interrupted || b.result->run_count)) { /* what was measured is kept */
            int shown = show(&b, &o);

            status = status ? status : shown;
        }
        results_free(b.result);
    }
    images_free(&b.images);
    if (dir)
        cleanup_remove(dir);
    free(dir);
    args_free(&b.travelling);
    free(command);
    options_free(&o);
    return status;
}

const struct command command_bench = {
    .name = "bench",
    .fn = cmd_bench,
    .help = "measure: basic, stream and boot on every platform",
    .usage = "limpet bench [SUITE…] [OPTION…]\n"
             "       limpet bench ./PROGRAM.elf [OPTION…] [-- ARGUMENT…]",
    .options = OPT_BENCH,
    .notes = "\nOf a program of your own that uses apps/lib/bench.h the rows are measured; any\n"
             "other is timed as a whole, and has to say the same in every run\n"
             "(docs/benchmarks.md).\n"
             "One suite on one platform is shown with all its figures; more than that on one\n"
             "screen: what is left out there, limpet report shows of a file (-o).\n"
             "A cell that could not be measured is SKIP, its reason stands below, and the exit\n"
             "status is 1.\n",
    .example = "limpet bench basic boot -p qemu,kvm -n 20 -o result.json",
    .words = WORDS_SUITES,
};
