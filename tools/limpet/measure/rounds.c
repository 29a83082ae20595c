/* Rounds, in each of which every target has its turn, in random order.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/rounds.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/msg.h"
#include "base/random.h"
#include "base/sha256.h"
#include "measure/exits_count.h"
#include "results/results.h"
#include "results/rows.h"
#include "vm/kvm_trace.h"
#include "vm/qemu.h"

#include <stdlib.h>
#include <string.h>

/* What has been measured of one target so far. */
struct work {
    struct facts *run;
    struct rows rows;
    unsigned runs, done, warm; /* warm: runs that did not count */
    struct buf said;           /* by the first run of a program of the user's own */
    char *why;                 /* NULL as long as all is well */
    bool fresh;                /* the last run is not among the rows yet: */
    struct guest_lines lines;
    struct vm_result vm;
};

struct rounds {
    const struct suite *suite;
    const struct suite_app *app;
    struct target *targets;
    struct work work[PLATFORMS_MAX];
    int count;
    unsigned done, most;
    bool in_turn, ended;
};

static unsigned runs_of(const struct suite_app *app, const struct platform *platform,
                        const struct measure_plan *plan, unsigned most)
{
    unsigned usual = suite_usual_runs(app, platform);

    return most ? most : plan->quick ? (usual + 3) / 4 : usual;
}

double rounds_wanted(const struct suite_app *app, const struct platform *platform,
                     const struct measure_plan *plan, unsigned most, bool lab)
{
    unsigned runs = runs_of(app, platform, plan, most);

    if (lab && !most && app->lab_runs && runs > app->lab_runs)
        runs = app->lab_runs;
    return runs + plan->warmup;
}

double rounds_steps(const struct suite_app *app, const struct platform *platform,
                    const struct measure_plan *plan, unsigned most, bool lab)
{
    return app->collect ? rounds_wanted(app, platform, plan, most, lab) : 0;
}

static void work_begin(struct work *w, const struct suite *suite, const struct suite_app *app,
                       const struct target *t, unsigned rounds)
{
    *w = (struct work){.run = target_new_run(t, suite, app)};
    w->runs = runs_of(app, t->platform, t->plan, rounds);
    w->why = t->unfit ? xstrdup(t->unfit) : NULL;
}

/* A program that is timed as a whole does the same in every run when it says the same. Returns what
 * is wrong (caller frees), or NULL. */
static char *check_output(struct work *w, const struct measure_plan *plan)
{
    const char *said = w->lines.said.data ? w->lines.said.data : "", *first;
    size_t at = 0, line = 1;

    if (plan->any_output || plan->until || w->lines.rows.n)
        return NULL;
    if (!w->said.data) {
        buf_str(&w->said, said);
        return NULL;
    }
    for (first = w->said.data; first[at] && first[at] == said[at]; at++)
        line += first[at] == '\n';
    if (first[at] == said[at])
        return NULL;
    while (at && first[at - 1] != '\n')
        at--;
    return xasprintf("it does not say the same as in its first run: line %zu is \"%.*s\", was "
                     "\"%.*s\" (--any-output, where that is as it should be)",
                     line, (int)strcspn(said + at, "\n"), said + at, (int)strcspn(first + at, "\n"),
                     first + at);
}

static void work_once(struct work *w, const struct suite *suite, const struct suite_app *app,
                      const struct target *t)
{
    progress("%s, run %u of %u on %s …", suite->name, w->done + 1, w->runs, t->label);
    w->why = target_run(t, app, NULL, &w->lines, &w->vm);
    if (!w->why && app->own)
        w->why = check_output(w, t->plan);
    w->fresh = true;
    progress_done(1);
}

/* What does not count. Returns whether it went well. */
static bool warm_up(struct work *w, const struct suite *suite, const struct suite_app *app,
                    const struct target *t)
{
    while (w->warm < t->plan->warmup && !w->why && !interrupted) {
        progress("%s, warm-up %u of %u on %s …", suite->name, ++w->warm, t->plan->warmup, t->label);
        w->why = target_run(t, app, NULL, &w->lines, &w->vm);
        progress_done(1);
        guest_lines_free(&w->lines);
        vm_result_free(&w->vm);
    }
    return !w->why;
}

/* Takes the last run into the rows, or leaves it out. */
static void work_take(struct work *w, const struct suite *suite, const struct suite_app *app,
                      bool counts)
{
    if (!w->fresh)
        return;
    if (w->why && interrupted) { /* cut off: as if it had not begun */
        w->fresh = false;
        guest_lines_free(&w->lines);
        vm_result_free(&w->vm);
        return;
    }
    if (!w->why && counts)
        app->collect(suite, app, &w->rows, &w->vm, &w->lines);
    if (counts || !w->done) /* else the record stays that of a good run */
        results_complete(w->run, &w->vm, &w->lines);
    w->done++;
    w->fresh = false;
    guest_lines_free(&w->lines);
    vm_result_free(&w->vm);
}

/* Why a target has no figures, or no more of them. */
static void skip_failed(const struct work *w, const struct suite *suite,
                        const struct suite_app *app, const struct target *t, bool in_turn)
{
    char *text = in_turn && w->runs > 1 && w->done
                     ? xasprintf("run %u of %u: %s", w->done, w->runs, w->why)
                     : xstrdup(w->why);

    target_skip(t, suite, app, text);
    free(text);
}

/* What a program said that is timed as a whole, so that another's can be held against it. */
static void note_output(struct work *w, const struct suite_app *app,
                        const struct measure_plan *plan)
{
    char hex[SHA256_HEX_SIZE];

    if (plan->warmup)
        facts_set_count(w->run, "warmup", plan->warmup);
    if (plan->prepare)
        facts_set_text(w->run, "prepare", plan->prepare);
    if (!app->own || !w->said.data)
        return;
    sha256_hex(w->said.data, w->said.len, hex);
    facts_set_text(w->run, "output_sha256", hex);
}

/* in_turn: what a target that failed has given before counts. */
static void work_end(struct work *w, const struct suite *suite, const struct suite_app *app,
                     const struct target *t, bool in_turn)
{
    double left = w->runs + t->plan->warmup - w->warm;
    bool counted = suite->exits == EXITS_ALWAYS || (suite->exits == EXITS_ASKED && t->plan->exits);

    if (w->why && !interrupted)
        skip_failed(w, suite, app, t, in_turn);
    if (w->why && !in_turn && !interrupted)
        rows_free(&w->rows);
    else if (counted && !w->why && !interrupted)
        exits_count(suite, app, t, &w->rows);
    progress_done(left > w->done ? left - w->done : 0); /* which will not be */
    note_output(w, app, t->plan);
    target_end_run(t, w->run, &w->rows, w->done);
    buf_free(&w->said);
    free(w->why);
}

/* For the time line of a boot, the clocks of KVM's guests are joined with ours, where root may. */
static void trace_clocks(struct kvm_trace *trace, struct target *targets, int count)
{
    struct buf why = {0};

    for (int i = 0; i < count; i++)
        if (targets[i].platform->run == qemu_run && targets[i].platform->hardware &&
            (trace->dir || kvm_trace_open(trace, false, &why)))
            targets[i].trace = trace;
    buf_free(&why);
}

/* One round, in random order. Returns whether all targets are well. */
static bool round_once(struct rounds *r, unsigned long long *random)
{
    int order[PLATFORMS_MAX];
    bool well = true;

    for (int i = 0; i < r->count; i++)
        order[i] = i;
    random_shuffle(order, r->count, random);
    for (int i = 0; i < r->count && (well || !r->in_turn) && !interrupted; i++) {
        struct work *w = &r->work[order[i]];

        if (!w->why && r->done < w->runs && warm_up(w, r->suite, r->app, &r->targets[order[i]]))
            work_once(w, r->suite, r->app, &r->targets[order[i]]);
        well &= !w->why;
    }
    return well && !interrupted;
}

struct rounds *rounds_begin(const struct suite *suite, const struct suite_app *app,
                            struct target *targets, int count, unsigned most, bool in_turn)
{
    struct rounds *r = xrealloc(NULL, sizeof *r);

    *r = (struct rounds){
        .suite = suite, .app = app, .targets = targets, .count = count, .in_turn = in_turn};
    for (int i = 0; i < count; i++) {
        work_begin(&r->work[i], suite, app, &targets[i], most);
        r->most = r->work[i].runs > r->most ? r->work[i].runs : r->most;
    }
    return r;
}

/* Is its time over? Then the results tell so. */
static bool is_late(const struct rounds *r)
{
    double deadline = r->count ? r->targets[0].plan->deadline : 0;

    if (deadline <= 0 || now_s() < deadline)
        return false;
    for (int i = 0; i < r->count; i++)
        results_partial(r->targets[i].result, RESULT_LATE);
    return true;
}

bool rounds_go_on(struct rounds *r, unsigned until, unsigned long long *random)
{
    struct kvm_trace trace = {0};

    if (r->suite->joins_clocks && !r->ended)
        trace_clocks(&trace, r->targets, r->count);
    for (; r->done < until && r->done < r->most && !r->ended && !interrupted; r->done++) {
        if (r->done && is_late(r))
            break;
        bool whole = round_once(r, random);

        for (int i = 0; i < r->count; i++)
            work_take(&r->work[i], r->suite, r->app, whole || !r->in_turn);
        r->ended = r->in_turn && !whole;
    }
    kvm_trace_close(&trace);
    for (int i = 0; i < r->count; i++)
        r->targets[i].trace = NULL;
    return !r->ended && r->done < r->most && !interrupted;
}

void rounds_look(const struct rounds *r, struct result *const results[])
{
    for (int i = 0; i < r->count; i++) {
        struct rows rows = {0};

        for (size_t k = 0; k < r->work[i].rows.n; k++)
            rows_append(&rows, row_copy(r->work[i].rows.v[k]));
        rows_finish(&rows);
        results_add(results[i], facts_copy(r->work[i].run), &rows);
    }
}

void rounds_end(struct rounds *r)
{
    for (int i = 0; i < r->count; i++)
        work_end(&r->work[i], r->suite, r->app, &r->targets[i], r->in_turn);
    free(r);
}

void rounds_run(const struct suite *suite, const struct suite_app *app, struct target *targets,
                int count, unsigned rounds, unsigned long long *random)
{
    struct rounds *r = rounds_begin(suite, app, targets, count, rounds, false);

    rounds_go_on(r, r->most, random);
    rounds_end(r);
}
