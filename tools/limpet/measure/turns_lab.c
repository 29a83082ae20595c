/* Sides that take turns in a lab: the tool inside measures, its results are joined with ours.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/turns.h"
#include "base/cleanup.h"
#include "base/msg.h"
#include "base/quote.h"
#include "lab/lab.h"
#include "measure/target.h"
#include "tools/status.h"
#include "vm/doors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const folders[2] = {LAB_APPS, "apps-b"}; /* of the sides' images */

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

/* Copies the images of both sides. */
static bool add_images(struct lab_job *job, const struct turns *t)
{
    bool good = true;

    for (int i = 0; i < 2 && good; i++) {
        const struct contender *c = &t->contenders[i];
        unsigned wrappings = doors_wrappings(t->platforms, t->count, c->plan.vm.door);

        good = images_add(&c->images, job, folders[i], wrappings);
    }
    return good;
}

/* Adds --a or --b, as the tool inside is to have it. */
static void add_side(const struct turns *t, int side, struct args *out)
{
    const struct contender *c = &t->contenders[side];
    struct args words = {0};
    struct buf text = {0};

    for (size_t i = 0; i < c->travelling.n; i++)
        args_add(&words, c->travelling.v[i]);
    args_addf(&words, "--apps=/job/%s", folders[side]);
    images_add_program(&c->images, &c->plan.arguments, folders[side], &words);
    for (size_t i = 0; i < words.n; i++) {
        buf_str(&text, i ? " " : "");
        quote_word(&text, words.v[i]);
    }
    args_addf(out, "--%c=%s", 'a' + side, text.data);
    buf_free(&text);
    args_free(&words);
}

static void lab_command(struct lab_job *job, const struct turns *t, unsigned long long seed,
                        unsigned rounds)
{
    const struct measure_plan *plan = &t->contenders[0].plan;
    struct args *a = &job->command;
    struct buf platforms = {0};

    args_add(a, "compare");
    for (size_t s = 0; s < t->chosen.n; s++)
        if (!t->chosen.v[s]->own_rows)
            args_add(a, t->chosen.v[s]->name);
    for (int i = 0; i < 2; i++)
        add_side(t, i, a);
    for (int i = 0; i < t->count; i++)
        if (!strcmp(t->platforms[i]->lab ? t->platforms[i]->lab : "", job->lab))
            buf_printf(&platforms, "%s%s", platforms.len ? "," : "", t->platforms[i]->name);
    args_addf(a, "--platforms=%s", platforms.data);
    args_addf(a, "--runs=%u", rounds);
    args_addf(a, "--seed=%llu", seed);
    args_add(a, "--output=/job/out.json");
    lab_add_options(job, &plan->vm, &t->travelling);
    buf_free(&platforms);
}

/* How long the job may take: every guest as long as it may, with the toolstack's share. */
static double job_limit(const struct turns *t, unsigned rounds)
{
    double timeout = t->contenders[0].plan.vm.timeout_s;
    double each = timeout > 0 ? timeout : LAB_GUEST_TIMEOUT;

    return (each * TARGET_PATIENCE + LAB_MARGIN_S * rounds) * TURNS_SIDES * t->count *
           (double)t->chosen.n;
}

/* Joins what a boot gave with what there is. Returns false when it gave nothing. */
static bool take(struct turns *t, const struct lab_job *job, unsigned boot)
{
    char *path = xasprintf("%s/job/out.json", job->dir);
    struct results all = results_load(path);
    const struct result *sides[TURNS_SIDES];
    bool good = comparison_find(&all, sides);

    for (int i = 0; i < TURNS_SIDES && good; i++) {
        if (boot)
            results_join(t->results[i], sides[i]);
        else
            results_merge(t->results[i], all.v[all.n - TURNS_SIDES + (size_t)i]);
    }
    results_free_all(&all);
    free(path);
    return good;
}

int turns_lab(struct turns *t, const char *lab, unsigned boot, unsigned rounds, double steps)
{
    struct lab_output output = {.lab = lab, .steps = steps};
    struct console_listener listener = {.ctx = &output, .line = lab_line};
    struct lab_job job;
    int status = lab_begin(&job, lab);
    bool good = false;

    if (!status && add_images(&job, t)) {
        lab_command(&job, t, t->seed + boot, rounds);
        job.quiet = true;
        job.timeout_s = job_limit(t, rounds);
        status = lab_run(&job, &listener);
        good = status <= ST_UNLIKE && status != ST_USAGE && take(t, &job, boot);
    }
    lab_end(&job);
    progress_done(output.steps);
    if (!good && output.log.len)
        relay(output.log.data, output.log.len);
    buf_free(&output.log);
    return interrupted ? ST_INTERRUPT + interrupted : good ? ST_OK : ST_LAB;
}
