/* What is measured, and one run of an app there.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/target.h"
#include "base/cleanup.h"
#include "base/msg.h"
#include "base/proc.h"
#include "base/quote.h"
#include "measure/ruler.h"
#include "results/audit.h"
#include "results/results.h"
#include "results/rows.h"
#include "tools/status.h"

#include <math.h>
#include <stdlib.h>

#define RULER_TRIES 3

/* The first row that the guest itself found wrong, or that does not fit together, in words (caller
 * frees), or NULL. counted: its times are no times. */
static char *invalid_row(const struct guest_lines *lines, double life_s, bool counted)
{
    double hz = facts_number(lines->facts, "clock.tsc_hz");

    for (size_t i = 0; i < lines->rows.n; i++) {
        const struct row *row = lines->rows.v[i];
        char *unfit = row->invalid ? xstrdup(row->invalid)
                      : counted    ? NULL
                                   : audit_row(row, hz, life_s);
        char *why;

        if (!unfit)
            continue;
        why = xasprintf("%s is not valid: %s", row->name, unfit);
        free(unfit);
        return why;
    }
    return NULL;
}

/* Why this run is no measurement (caller frees), or NULL. until: as the job's. */
static char *trouble(const struct vm_result *vm, const struct guest_lines *lines, const char *until,
                     bool counted)
{
    char *invalid;

    if (until && vm->own && vm->until_s <= 0)
        return xasprintf("\"%s\" was never seen: the app ended with status %d", until, vm->status);
    if (until && vm->until_s > 0)
        return NULL;
    if (!vm->own)
        return xstrdup(vm->text);
    if ((invalid = invalid_row(lines, vm->end_s, counted)))
        return invalid;
    if (vm->end_s <= 0)
        return xstrdup("the guest said its last line, but its machine did not end");
    if (vm->status)
        return xasprintf("the app ended with status %d", vm->status);
    if (lines->bad)
        return xasprintf("%u of the guest's report lines could not be read", lines->bad);
    return NULL;
}

static struct vm_config config_of(const struct target *t, unsigned mem_mib)
{
    struct vm_config config = t->plan->vm;

    config.platform = t->platform;
    config.trace = t->trace;
    config.mem_mib = config.mem_mib ? config.mem_mib : mem_mib;
    config.timeout_s =
        (config.timeout_s > 0 ? config.timeout_s : VM_DEFAULT_TIMEOUT) * TARGET_PATIENCE;
    return config;
}

/* Runs an app; lines and vm are filled. */
static void run_guest(const struct target *t, const struct suite_app *app, const struct args *argv,
                      struct guest_lines *lines, struct vm_result *vm)
{
    struct console_listener listener = {.ctx = lines, .line = guest_lines_take};
    struct vm_config config = config_of(t, app->mem_mib);
    struct vm_job job = {.image = images_of(t->images, app->name)->path,
                         .until = app->own ? t->plan->until : NULL,
                         .stdin_fd = -1};
    struct args none = {0}, env = {0};
    struct buf line = {0};

    guest_lines_init(lines);
    lines->keeps = app->own;
    if (app->own)
        args_add(&env, TARGET_ASKS_ROWS);
    quote_guest_line(&line, &none, &env, argv->v, argv->n);
    job.line = line.data;
    vm_run(&config, &job, &listener, vm);
    args_free(&env);
    buf_free(&line);
}

/* Runs the command that is to come before each run. Returns what is wrong (caller frees), or NULL.
 */
static char *prepare(const struct target *t)
{
    const char *command = t->plan->prepare;
    char *const argv[] = {"/bin/sh", "-c", (char *)command, NULL};
    double patience = t->plan->vm.timeout_s > 0 ? t->plan->vm.timeout_s : VM_DEFAULT_TIMEOUT;
    struct buf said = {0};
    char *why = NULL;
    int status = command ? proc_run(argv, NULL, patience * TARGET_PATIENCE, NULL, &said) : 0;

    if (status)
        why = xasprintf("the command of --prepare failed%s%s", said.len ? ": " : "",
                        said.len ? said.data : "");
    buf_free(&said);
    return why;
}

char *target_run(const struct target *t, const struct suite_app *app, const char *more,
                 struct guest_lines *lines, struct vm_result *vm)
{
    struct args argv = {0};

    char *why = prepare(t);

    if (why) {
        guest_lines_init(lines);
        *vm = (struct vm_result){.status = ST_FAILED, .text = xstrdup(why), .facts = facts_new()};
        return why;
    }
    quote_split(app->args, &argv);
    if (more)
        quote_split(more, &argv);
    if (app->arguments)
        app->arguments(t->plan, &argv);
    run_guest(t, app, &argv, lines, vm);
    args_free(&argv);
    return trouble(vm, lines, app->own ? t->plan->until : NULL, t->plan->vm.plugin);
}

static void describe_program(const struct measure_plan *plan, struct facts *run)
{
    struct buf words = {0};

    quote_shell_all(&words, plan->arguments.v, plan->arguments.n);
    if (words.len)
        facts_set_text(run, "arguments", words.data);
    if (plan->until)
        facts_set_text(run, "until", plan->until);
    buf_free(&words);
}

struct facts *target_new_run(const struct target *t, const struct suite *suite,
                             const struct suite_app *app)
{
    const struct image *image = images_of(t->images, app->name);
    struct vm_config config = config_of(t, app->mem_mib);
    struct facts *run = results_run(suite->name, &config, image->path, image->sha256);

    if (t->fit) { /* of which one part is a fact of the machine, no measure */
        struct facts *ruler = facts_copy(t->fit);

        if (facts_at(ruler, "confidential"))
            facts_set(run, "confidential", facts_at(ruler, "confidential"));
        facts_remove(ruler, "confidential");
        facts_set(run, "ruler", ruler);
        facts_free(ruler);
    }
    if (t->plan->only && suite->picks_rows)
        facts_set_text(run, "only", t->plan->only);
    if (app->own)
        describe_program(t->plan, run);
    return run;
}

void target_end_run(const struct target *t, struct facts *run, struct rows *rows, long long count)
{
    rows_finish(rows);
    facts_set_count(run, "count", count);
    if (count)
        results_add(t->result, run, rows);
    else
        facts_free(run);
    rows_free(rows);
}

/* What is no fault of the clock is not tried again where it would take long, or never go better. */
static void check_clock(struct target *t)
{
    static const struct suite_app ruler = {.name = RULER};
    struct args argv = {0};
    struct guest_lines lines;
    struct vm_result vm;
    bool hopeless = false;
    double error;

    args_add(&argv, "--json");
    for (int i = 0; i < RULER_TRIES && !t->fit && !hopeless && !interrupted; i++) {
        free(t->unfit);
        progress("the clock of %s …", t->label);
        run_guest(t, &ruler, &argv, &lines, &vm);
        hopeless = !vm.own && (vm.status == ST_START || vm.status == ST_HANG);
        t->unfit = trouble(&vm, &lines, NULL, false);
        if (!t->unfit)
            t->fit = ruler_check(&lines, &t->unfit);
        guest_lines_free(&lines);
        vm_result_free(&vm);
    }
    args_free(&argv);
    error = facts_number(t->fit, "host_error_ppm") / 1e6;
    if (error > RULER_TOLERANCE)
        warn("the clock of %s could be checked to ±%.0f %% only, on so busy a machine", t->label,
             ceil(error * 100));
}

void targets_check_clocks(struct target *targets, int count)
{
    for (int i = 0; i < count && !interrupted; i++)
        if (!suite_is_boot_alone(targets[i].platform, targets[i].plan->usual))
            check_clock(&targets[i]);
}

void target_skip(const struct target *t, const struct suite *suite, const struct suite_app *app,
                 const char *why)
{
    bool whose = suite->apps[1].name && !t->unfit;
    char *text = whose ? xasprintf("%s: %s", app->name, why) : xstrdup(why);

    if (whose || app == suite->apps) /* an unfit target is told of once */
        results_skip(t->result, suite->name, t->platform->name, text);
    free(text);
}

void targets_free(struct target *targets, int count)
{
    for (int i = 0; i < count; i++) {
        facts_free(targets[i].fit);
        free(targets[i].unfit);
    }
}
