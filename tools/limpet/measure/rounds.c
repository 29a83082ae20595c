/* How suites are measured: rounds, in each of which every side has its turn, in random order.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/audit.h"
#include "measure/bench.h"
#include "base/cleanup.h"
#include "exits/exits.h"
#include "base/msg.h"
#include "tools/status.h"
#include "results/results.h"
#include "measure/ruler.h"
#include "show/tables.h"
#include "results/rows.h"
#include "base/quote.h"
#include "base/random.h"
#include "host/place.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RULER_TRIES 3

/* What a suite's app is called with. */
static void suite_arguments(const struct suite *suite, const struct options *o, const char *more,
                            struct args *argv)
{
    const char *only = o->only && suite->bit == SUITE_BASIC ? o->only : "";

    quote_split(suite->args, argv);
    if (more)
        quote_split(more, argv);
    if (o->stream_args && suite->bit == SUITE_STREAM) {
        quote_split(o->stream_args, argv);
    } else if (o->vm.smp > 1 && suite->bit == SUITE_STREAM) { /* a thread for each CPU */
        args_add(argv, "-t");
        args_addf(argv, "%u", o->vm.smp < 64 ? o->vm.smp : 64);
    }
    for (size_t n; *only; only += n + (only[n] == ',')) {
        n = basic_row_length(only);
        args_addf(argv, "%.*s", (int)n, only);
    }
}

/* The first row that the guest itself found wrong, or that does not fit together, in words (caller
 * frees), or NULL. */
static char *invalid_row(const struct report *report, double life_s)
{
    double hz =
        json_number_value(json_object_get(json_object_get(report->facts, "clock"), "tsc_hz"));
    json_t *row;
    size_t i;

    for (i = 0; (row = json_array_get(report->rows, i)); i++) {
        const char *invalid = json_string_value(json_object_get(row, "invalid"));
        char *unfit = invalid ? xstrdup(invalid) : audit_row(row, hz, life_s), *why;

        if (!unfit)
            continue;
        why = xasprintf("%s is not valid: %s", json_text(row, "name"), unfit);
        free(unfit);
        return why;
    }
    return NULL;
}

/* Why this run is no measurement (caller frees), or NULL. */
static char *trouble(const struct vm_result *vm, const struct report *report)
{
    char *invalid;

    if (!vm->own)
        return xstrdup(vm->text);
    if ((invalid = invalid_row(report, vm->end_s)))
        return invalid;
    if (vm->end_s <= 0)
        return xstrdup("the guest said its last line, but its machine did not end");
    if (vm->status)
        return xasprintf("the app ended with status %d", vm->status);
    if (report->bad)
        return xasprintf("%u of the guest's report lines could not be read", report->bad);
    return NULL;
}

static struct vm_config config_of(const struct side *side, unsigned mem_mib)
{
    struct vm_config config = side->options->vm;

    config.platform = side->platform;
    config.trace = side->trace;
    config.mem_mib = config.mem_mib ? config.mem_mib : mem_mib;
    config.timeout_s =
        (config.timeout_s > 0 ? config.timeout_s : VM_DEFAULT_TIMEOUT) * BENCH_PATIENCE;
    return config;
}

/* Runs an app on one side; report and vm are filled. */
static void run_guest(const struct side *side, const struct image *image, const struct args *argv,
                      unsigned mem_mib, struct report *report, struct vm_result *vm)
{
    struct console_listener listener = {.ctx = report, .line = report_line};
    struct vm_config config = config_of(side, mem_mib);
    struct vm_job job = {.image = image->path, .stdin_fd = -1};
    struct args none = {0};
    struct buf line = {0};

    report_init(report);
    quote_guest_line(&line, &none, &none, argv->v, argv->n);
    job.line = line.data;
    vm_run(&config, &job, &listener, vm);
    buf_free(&line);
}

char *side_run(const struct side *side, const struct suite *suite, const char *more,
               struct report *report, struct vm_result *vm)
{
    struct args argv = {0};

    suite_arguments(suite, side->options, more, &argv);
    run_guest(side, &side->images[suite - suites], &argv, suite->mem_mib, report, vm);
    args_free(&argv);
    return trouble(vm, report);
}

json_t *side_new_run(const struct side *side, const struct suite *suite)
{
    const struct image *image = &side->images[suite - suites];
    struct vm_config config = config_of(side, suite->mem_mib);
    json_t *run = results_run(suite->name, &config, image->path, image->sha256);

    if (side->fit)
        json_object_set(run, "ruler", side->fit);
    if (side->options->only && suite->bit == SUITE_BASIC)
        json_object_set_new(run, "only", json_string(side->options->only));
    return run;
}

/* What is no fault of the clock is not tried again where it would take long, or never go better. */
static void check_ruler(struct side *side)
{
    struct args argv = {0};
    struct report report;
    struct vm_result vm;
    bool hopeless = false;
    double error;

    args_add(&argv, "--json");
    for (int i = 0; i < RULER_TRIES && !side->fit && !hopeless && !interrupted; i++) {
        free(side->unfit);
        progress("the clock of %s …", side->label);
        run_guest(side, side->ruler, &argv, 0, &report, &vm);
        hopeless = !vm.own && (vm.status == ST_START || vm.status == ST_HANG);
        side->unfit = trouble(&vm, &report);
        if (!side->unfit)
            side->fit =
                ruler_check(json_object_get(report.facts, "ruler"), report.ticks, &side->unfit);
        report_free(&report);
        vm_result_free(&vm);
    }
    args_free(&argv);
    error = json_number_value(json_object_get(side->fit, "host_error_ppm")) / 1e6;
    if (error > RULER_TOLERANCE)
        warn("the clock of %s could be checked to ±%.0f %% only, on so busy a machine", side->label,
             ceil(error * 100));
}

void rounds_check_rulers(struct side *sides, int count)
{
    for (int i = 0; i < count && !interrupted; i++)
        if (!sides[i].platform->boot_only)
            check_ruler(&sides[i]);
}

/* What has been measured of one side so far. */
struct work {
    json_t *run, *rows;
    unsigned runs, done;
    char *why;  /* NULL as long as all is well */
    bool fresh; /* the last run is not among the rows yet: */
    struct report report;
    struct vm_result vm;
};

unsigned usual_runs(const struct suite *suite, const struct platform *platform)
{
    unsigned runs = suite->runs ? suite->runs : platform->boots;

    return place()->emulated_by && runs > suite->lab_runs ? suite->lab_runs : runs;
}

static void work_begin(struct work *w, const struct suite *suite, const struct side *side,
                       unsigned rounds)
{
    *w = (struct work){.run = side_new_run(side, suite), .rows = json_array()};
    w->runs = rounds ? rounds : usual_runs(suite, side->platform);
    w->why = side->unfit ? xstrdup(side->unfit) : NULL;
}

static void work_once(struct work *w, const struct suite *suite, const struct side *side)
{
    progress("%s, run %u of %u on %s …", suite->name, w->done + 1, w->runs, side->label);
    w->why = side_run(side, suite, NULL, &w->report, &w->vm);
    w->fresh = true;
}

/* Takes the last run into the rows, or leaves it out. */
static void work_take(struct work *w, const struct suite *suite, bool counts)
{
    if (!w->fresh)
        return;
    if (!w->why && counts)
        suite->collect(suite, w->rows, &w->vm, &w->report);
    if (counts || !w->done) /* else the record stays that of a good run */
        results_complete(w->run, &w->vm, &w->report);
    w->done++;
    w->fresh = false;
    report_free(&w->report);
    vm_result_free(&w->vm);
}

void suite_skip(const struct suite *suite, const struct side *side, const char *why)
{
    bool whose = suite->bit == SUITE_VMM && !side->unfit;
    char *text = whose ? xasprintf("%s: %s", suite->app, why) : xstrdup(why);

    if (whose || suite_first(suite)) /* an unfit side is told of once */
        results_skip(side->result, suite->name, side->platform->name, text);
    free(text);
}

/* Why a side has no figures, or no more of them. */
static void skip_failed(const struct work *w, const struct suite *suite, const struct side *side,
                        bool in_turn)
{
    char *text = in_turn && w->runs > 1 && w->done
                     ? xasprintf("run %u of %u: %s", w->done, w->runs, w->why)
                     : xstrdup(w->why);

    suite_skip(suite, side, text);
    free(text);
}

/* in_turn: what a side that failed has given before counts. */
static void work_end(struct work *w, const struct suite *suite, const struct side *side,
                     bool in_turn)
{
    bool counted = suite->bit == SUITE_VMM || (side->options->exits && suite->bit != SUITE_STREAM);

    if (w->why && !interrupted)
        skip_failed(w, suite, side, in_turn);
    if (w->why && !in_turn)
        json_array_clear(w->rows);
    else if (counted && !w->why && !interrupted)
        exits_count(suite, side, w->rows);
    tally_finish(w->rows);
    json_object_set_new(w->run, "count", json_integer(w->done));
    if (w->done)
        results_add(side->result, w->run, w->rows);
    else
        json_decref(w->run);
    json_decref(w->rows);
    free(w->why);
}

/* For the time line of a boot, the clocks of KVM's guests are joined with ours, where root may. */
static void trace_clocks(struct kvm_trace *trace, struct side *sides, int count)
{
    struct buf why = {0};

    for (int i = 0; i < count; i++)
        if (!strcmp(sides[i].platform->name, "kvm") &&
            (trace->dir || kvm_trace_open(trace, false, &why)))
            sides[i].trace = trace;
    buf_free(&why);
}

/* One round, in random order. Returns whether all sides are well. */
static bool round_once(const struct suite *suite, struct side *sides, struct work *work, int count,
                       unsigned n, bool in_turn, unsigned long long *random)
{
    int order[BENCH_PLATFORMS];
    bool well = true;

    for (int i = 0; i < count; i++)
        order[i] = i;
    random_shuffle(order, count, random);
    for (int i = 0; i < count && (well || !in_turn) && !interrupted; i++) {
        struct work *w = &work[order[i]];

        if (!w->why && n < w->runs)
            work_once(w, suite, &sides[order[i]]);
        well &= !w->why;
    }
    return well && !interrupted;
}

void rounds_run(const struct suite *suite, struct side *sides, int count, unsigned rounds,
                bool in_turn, unsigned long long *random)
{
    struct work work[BENCH_PLATFORMS];
    struct kvm_trace trace = {0};
    unsigned most = 0;
    bool go_on = true;

    if (suite->bit == SUITE_BOOT)
        trace_clocks(&trace, sides, count);
    for (int i = 0; i < count; i++) {
        work_begin(&work[i], suite, &sides[i], rounds);
        most = work[i].runs > most ? work[i].runs : most;
    }
    for (unsigned n = 0; n < most && go_on && !interrupted; n++) {
        bool whole = round_once(suite, sides, work, count, n, in_turn, random);

        for (int i = 0; i < count; i++)
            work_take(&work[i], suite, whole || !in_turn);
        go_on = whole || !in_turn;
    }
    kvm_trace_close(&trace);
    for (int i = 0; i < count; i++) {
        sides[i].trace = NULL;
        work_end(&work[i], suite, &sides[i], in_turn);
    }
}

void sides_free(struct side *sides, int count)
{
    for (int i = 0; i < count; i++) {
        json_decref(sides[i].fit);
        free(sides[i].unfit);
    }
}
