/* limpet bench in a lab: the tool inside measures, its result is merged into ours.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/bench.h"
#include "measure/target.h"
#include "results/busy.h"
#include "lab/lab.h"
#include "base/cleanup.h"
#include "base/msg.h"
#include "vm/doors.h"
#include "tools/status.h"
#include "results/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What comes out of the lab while it measures: progress, and anything else for when it fails. */
struct lab_output {
    const char *lab;
    double steps; /* of progress */
    struct buf log;
};

static void lab_line(void *ctx, const char *line, size_t n)
{
    struct lab_output *o = ctx;

    if (!progress_relay(o->lab, o->steps, line, n) && o->log.len < 65536) {
        buf_add(&o->log, line, n);
        buf_str(&o->log, "\n");
    }
}

void bench_skip(const struct bench *b, const struct platform *platform, const char *why)
{
    for (size_t s = 0; s < b->chosen.n; s++)
        if (suite_fits(b->chosen.v[s], platform, b->plan.usual))
            results_skip(b->result, b->chosen.v[s]->name, platform->name, why);
}

static void lab_command(struct lab_job *job, const struct bench *b, const struct lab_bench *lab)
{
    struct args *a = &job->command;
    struct buf platforms = {0};

    args_add(a, "bench");
    for (size_t s = 0; s < b->chosen.n; s++)
        if (!b->chosen.v[s]->own_rows)
            args_add(a, b->chosen.v[s]->name);
    for (int i = 0; i < lab->count; i++)
        buf_printf(&platforms, "%s%s", i ? "," : "", lab->platforms[i]->name);
    args_addf(a, "--platforms=%s", platforms.data);
    args_add(a, "--partial");
    args_add(a, "--output=/job/out.json");
    args_addf(a, "--seed=%llu", b->seed);
    if (lab->limit_s > 0)
        args_addf(a, "--time-limit=%.3f", lab->limit_s);
    if (b->plan.exits)
        args_add(a, "--exits");
    if (b->plan.runs)
        args_addf(a, "--runs=%u", b->plan.runs);
    lab_add_options(job, &b->plan.vm, &b->travelling);
    images_add_program(&b->images, &b->plan.arguments, LAB_APPS, a);
    buf_free(&platforms);
}

/* How long the job may take: every guest as long as it may, with the toolstack's share. */
static double job_limit(const struct bench *b, const struct lab_bench *lab)
{
    const struct measure_plan *plan = &b->plan;
    double each = plan->vm.timeout_s > 0 ? plan->vm.timeout_s : LAB_GUEST_TIMEOUT, boots = 0;
    unsigned apps = 0;

    for (size_t s = 0; s < b->chosen.n; s++)
        for (const struct suite_app *app = b->chosen.v[s]->apps; app->name; app++)
            apps++;
    for (int i = 0; i < lab->count; i++)
        boots += plan->runs ? apps * plan->runs : apps + lab->platforms[i]->boots;
    return each * TARGET_PATIENCE * 3 * lab->count + LAB_MARGIN_S * boots;
}

static struct result *read_result(const struct lab_job *job)
{
    char *path = xasprintf("%s/job/out.json", job->dir);
    struct result *result = results_read(path);

    free(path);
    return result;
}

/* Copies the images into the job's folder. */
static bool add_images(struct lab_job *job, const struct bench *b, const struct lab_bench *lab)
{
    unsigned wrappings = doors_wrappings(lab->platforms, lab->count, b->plan.vm.door);
    return images_add(&b->images, job, LAB_APPS, wrappings);
}

/* What the lab's own Linux does not see: how busy the machine was on which it ran. */
static void note_outside(struct result *inner, const struct load_since *since)
{
    struct load facts;

    load_end(since, &facts);
    for (size_t i = 0; inner && i < inner->run_count; i++)
        busy_outside(inner->runs[i], &facts);
}

bool bench_lab(const struct bench *b, const struct lab_bench *lab)
{
    struct lab_output output = {.lab = lab->name, .steps = lab->steps};
    struct console_listener listener = {.ctx = &output, .line = lab_line};
    struct lab_job job;
    struct result *inner = NULL;
    struct load_since since;
    int status = lab_begin(&job, lab->name);
    bool good;

    if (!status && !add_images(&job, b, lab))
        status = ST_LAB;
    if (!status) {
        lab_command(&job, b, lab);
        job.quiet = true;
        job.timeout_s = job_limit(b, lab);
        load_begin(&since);
        status = lab_run(&job, &listener);
        if (status == ST_OK || status == ST_FAILED)
            inner = read_result(&job);
        note_outside(inner, &since);
    }
    lab_end(&job);
    progress_done(output.steps);
    if (inner && facts_has(inner->facts, "partial"))
        results_partial(b->result, facts_text(inner->facts, "partial"));
    if (inner)
        results_merge(b->result, inner);
    else if (output.log.len)
        relay(output.log.data, output.log.len);
    for (int i = 0; i < lab->count && !inner && !interrupted; i++)
        bench_skip(b, lab->platforms[i], "the lab failed (the reason is on stderr)");
    good = inner != NULL;
    results_free(inner);
    buf_free(&output.log);
    return good;
}
