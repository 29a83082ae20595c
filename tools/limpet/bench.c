/* limpet bench: every suite on every platform, as the classic tables and as JSON.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "bench.h"
#include "cleanup.h"
#include "lab.h"
#include "limpet.h"
#include "results.h"
#include "tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct suite suites[] = {
    {"basic", "basic", "--json", SUITE_BASIC, suite_once},
    {"stream", "stream", "--json", SUITE_STREAM, suite_once},
    {"boot", "hello", "--ledger=json", SUITE_BOOT, suite_boot},
};

#define SUITES (sizeof suites / sizeof *suites)

/* Which suites are meant. Returns 0 for an unknown one, with a message. */
static unsigned choose(const struct options *o)
{
    unsigned chosen = 0;

    for (int i = 0; i < o->rest_count; i++) {
        unsigned bit = 0;

        for (size_t s = 0; s < SUITES; s++)
            if (!strcmp(o->rest[i], suites[s].name))
                bit = suites[s].bit;
        if (!bit) {
            warn("unknown suite \"%s\"; there are basic, stream and boot", o->rest[i]);
            return 0;
        }
        chosen |= bit;
    }
    return chosen ? chosen : SUITE_BASIC | SUITE_STREAM | SUITE_BOOT;
}

/* Copies of the chosen suites' images in a folder: a build at the same time must not change what is
 * compared. Returns 0 or a status with a message. */
static int find_images(unsigned chosen, struct image *images, const char *dir)
{
    int status = dir ? 0 : ST_FAILED;

    for (size_t s = 0; s < SUITES && !status; s++) {
        if (!(chosen & suites[s].bit))
            continue;
        status = image_find(suites[s].app, &images[s]);
        if (!status)
            status = image_snapshot(&images[s], dir);
    }
    return status;
}

/* What comes out of the lab while it measures: progress, and anything else for when it fails. */
static void lab_line(void *ctx, const char *line, size_t n)
{
    struct buf *log = ctx;

    if (n > sizeof PROGRESS_MARK && !strncmp(line, PROGRESS_MARK, sizeof PROGRESS_MARK - 1)) {
        progress("lab: %.*s", (int)(n - sizeof PROGRESS_MARK + 1), line + sizeof PROGRESS_MARK - 1);
    } else if (log->len < 65536) {
        buf_add(log, line, n);
        buf_str(log, "\n");
    }
}

static void lab_command(struct lab_job *job, const struct options *o, unsigned chosen)
{
    struct args *a = &job->command;

    args_add(a, "bench");
    for (size_t s = 0; s < SUITES; s++)
        if (chosen & suites[s].bit)
            args_add(a, suites[s].name);
    args_add(a, "-p");
    args_add(a, "kvm");
    args_add(a, "--partial");
    args_add(a, "-o");
    args_add(a, "/job/out.json");
    if (o->runs)
        args_addf(a, "--runs=%u", o->runs);
    if (o->stream_args)
        args_addf(a, "--stream-args=%s", o->stream_args);
    lab_add_options(job, o);
}

/* Boots the lab once for all suites. Returns 0, or a status whose reason stands in the result. */
static int bench_lab(const struct bench *b, unsigned chosen, const struct image *images)
{
    double each = b->options->vm.timeout_s > 0 ? b->options->vm.timeout_s : LAB_GUEST_TIMEOUT;
    struct buf log = {0};
    struct console_listener listener = {.ctx = &log, .line = lab_line};
    struct lab_job job;
    char *path;
    json_t *inner = NULL;
    int status = lab_begin(&job);

    for (size_t s = 0; s < SUITES && !status; s++) {
        char *name = images[s].path ? lab_add_image(&job, images[s].path) : NULL;

        if (images[s].path && !name)
            status = ST_LAB;
        free(name);
    }
    if (!status) {
        lab_command(&job, b->options, chosen);
        job.quiet = true;
        const size_t count = SUITES;
        job.timeout_s = (each * BENCH_PATIENCE + LAB_MARGIN_S) * (double)count;
        status = lab_run(&job, &listener);
        path = xasprintf("%s/job/out.json", job.dir);
        if (status == ST_OK || status == ST_FAILED)
            inner = results_read(path);
        free(path);
    }
    lab_end(&job);
    if (inner)
        results_merge(b->result, inner);
    else if (log.len)
        fputs(log.data, stderr);
    for (size_t s = 0; s < SUITES && !inner; s++)
        if (chosen & suites[s].bit)
            results_skip(b->result, suites[s].name, "kvm",
                         "the lab failed (the reason is on stderr)");
    json_decref(inner);
    buf_free(&log);
    return inner ? 0 : status ? status : ST_LAB;
}

/* Measures everything; returns 0, or the status of what cannot go on. */
static int measure(struct bench *b, const struct platform *const *platforms, int count,
                   unsigned chosen, const struct image *images)
{
    bool lab = false;

    for (int i = 0; i < count; i++) {
        struct buf why = {0};
        enum offer offer = platforms[i]->probe(&why);

        if (offer == OFFER_NATIVE ||
            (offer == OFFER_NO && b->options->vm.qemu && !platforms[i]->kvm))
            b->platforms[b->count++] = platforms[i];
        else if (offer == OFFER_LAB)
            lab = true;
        else
            for (size_t s = 0; s < SUITES; s++)
                if (chosen & suites[s].bit)
                    results_skip(b->result, suites[s].name, platforms[i]->name, why.data);
        buf_free(&why);
    }
    for (size_t s = 0; s < SUITES && !interrupted; s++)
        if ((chosen & suites[s].bit) && b->count)
            suites[s].fn(&suites[s], b, &images[s]);
    if (lab && !interrupted)
        bench_lab(b, chosen, images);
    progress("%s", "");
    return interrupted ? ST_INTERRUPT + interrupted : 0;
}

static int show(const struct bench *b, const struct platform *const *platforms, int count,
                unsigned chosen)
{
    const char *output = b->options->output;
    struct buf out = {0};
    unsigned failed = tables_format(b->result, chosen, platforms, count, &out);

    if (out.len)
        fputs(out.data, stdout);
    buf_free(&out);
    if (failed)
        warn("%u cell%s could not be measured", failed, failed > 1 ? "s" : "");
    if (output && failed && !b->options->partial)
        warn("%s was not written (--partial writes it all the same)", output);
    else if (output && results_write(b->result, output))
        return ST_FAILED;
    return failed ? ST_FAILED : ST_OK;
}

int cmd_bench(int argc, char **argv)
{
    const struct platform *platforms[BENCH_PLATFORMS];
    struct image images[SUITES] = {0};
    struct options o;
    struct bench b = {.options = &o};
    char *dir = NULL;
    unsigned chosen = 0;
    int count = 0, status = options_parse(OPT_BENCH, argc, argv, &o);

    if (status < 0 && !(chosen = choose(&o)))
        status = ST_USAGE;
    if (status < 0 &&
        (count = platform_list(o.platforms ? o.platforms : "all", platforms, BENCH_PLATFORMS)) < 0)
        status = ST_USAGE;
    if (status < 0) {
        dir = cleanup_tmpdir();
        status = find_images(chosen, images, dir);
    }
    if (status == 0 && chosen) {
        b.result = results_new();
        status = measure(&b, platforms, count, chosen, images);
        if (!status)
            status = show(&b, platforms, count, chosen);
        json_decref(b.result);
    }
    for (size_t s = 0; s < SUITES; s++)
        image_free(&images[s]);
    if (dir)
        cleanup_remove(dir);
    free(dir);
    options_free(&o);
    return status;
}
