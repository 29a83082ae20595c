/* limpet profile: where a guest's time goes, by a timer in the guest or by counting.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/profile.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/msg.h"
#include "cmd/cmd.h"
#include "lab/lab.h"
#include "page/flame.h"
#include "show/profile_table.h"
#include "tools/status.h"
#include "vm/doors.h"
#include "vm/observed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Samples a second, where nobody says: prime, so no multiple of a program's own. */
#define RATE 997
#define TOP  20

/* The app itself, or, of one that make has built, its twin with the sampler. Returns 0, or ST_IMAGE
 * with a message. */
static int find(const char *app, bool exact, struct image *image)
{
    int status = image_find(app, image);
    const char *slash;
    char *twin;

    if (status || exact || image->observes)
        return status;
    slash = strrchr(image->path, '/');
    twin = xasprintf("%.*s/profile%s", (int)(slash - image->path), image->path, slash);
    image_free(image);
    if (access(twin, R_OK)) {
        warn("%s has no sampler: link it with limpet-cc --profile; its objects stay as they are",
             app);
        status = ST_IMAGE;
    } else {
        status = image_find(twin, image);
    }
    free(twin);
    return status;
}

static void told(void *ctx, const char *line) { profile_take(ctx, line); }

/* The app's own output is not what is asked for. */
static void show_output(void *ctx, const char *data, size_t n)
{
    (void)ctx;
    output_write(STDERR_FILENO, data, n);
}

/* Returns the guest's status, or one of ours with a message. */
static int measure(struct options *o, const struct platform *platform, const struct image *image,
                   struct profile *p)
{
    struct observed observed = {
        .what = "profile ", .rest.bytes = show_output, .told = told, .ctx = p};
    struct console_listener listener = observed_listener(&observed);
    int status;

    args_addf(&o->kernel, "profile=%u", o->rate ? o->rate : RATE);
    status = run_on(platform, image, o, &listener);
    observed_finish(&observed);
    if (!p->begun && !status)
        status = ST_FAILED;
    if (!p->begun)
        warn("%s ended without a word of its samples", o->rest[0]);
    else if (!p->whole || p->damaged)
        warn("some lines of the profile are damaged or lost: its shares may be wrong");
    return status;
}

/* By what the guest's processor is imitated, or NULL. */
static const char *emulated_by(const struct options *o, const struct platform *platform)
{
    struct buf why = {0};
    enum offer offer = lab_offer(platform, &why);

    buf_free(&why);
    if (o->lab || offer == OFFER_LAB)
        return "the lab, whose hardware QEMU imitates";
    return platform->hardware ? NULL : "QEMU's translator (TCG)";
}

/* Returns 0, or -1 with a message. */
static int write_page(const struct options *o, const struct platform *platform,
                      const struct profile *p, const struct functions *f)
{
    char *title = xasprintf("%s on %s", basename(o->rest[0]), platform->title);
    struct buf out = {0};
    int failed;

    if (ends_in(o->output, ".svg"))
        flame_svg(p, f, title, &out);
    else
        flame_html(p, f, title, emulated_by(o, platform), &out);
    failed = output_file(o->output, out.data, out.len);
    buf_free(&out);
    free(title);
    return failed;
}

static int show(const struct options *o, const struct platform *platform, const struct profile *p,
                const struct functions *f)
{
    struct buf out = {0}, folded = {0};
    int failed = 0;

    if (!profile_busy(p)) {
        warn("no sample: the guest ran for %.3g s; more come by --rate, or where it runs longer",
             (double)p->ns / 1e9);
        failed = -1;
    } else {
        profile_text(p, f, o->top ? o->top : TOP, emulated_by(o, platform), &out);
        output_text(&out);
        fflush(stdout);
    }
    if (!failed && o->folded) {
        profile_folded(p, f, &folded);
        failed = output_file(o->folded, folded.data, folded.len);
    }
    if (!failed && o->output)
        failed = write_page(o, platform, p, f);
    buf_free(&out);
    buf_free(&folded);
    return failed ? ST_FAILED : ST_OK;
}

/* Is what will be written nothing that is read, and not twice the same file? */
static bool spares(const struct options *o, const struct image *image)
{
    char *inputs[] = {image->path, (char *)o->vm.qemu, (char *)o->folded};

    return (!o->output || output_spares(o->output, inputs, 3)) &&
           (!o->folded || output_spares(o->folded, inputs, 2));
}

/* Where it is profiled, or NULL with a message. */
static const struct platform *choose(const struct options *o)
{
    const struct platform *list[PLATFORMS_MAX] = {NULL};
    int count = 1;

    if (o->platforms)
        count = platform_list(o->platforms, list, PLATFORMS_MAX);
    else
        list[0] = run_usual_platform(o);
    if (count > 1)
        warn("profile: one platform, not %d: profiles of several do not add up", count);
    if (count != 1 || doors_keep(list, 1, o->vm.door) < 1 ||
        !platform_accepts(list[0], &o->vm, &o->modules))
        return NULL;
    return list[0];
}

static int cmd_profile(int argc, char **argv)
{
    const struct platform *platform = NULL;
    const struct console_listener exact_listener = {.bytes = show_output};
    struct functions f = {0};
    struct image image = {0};
    struct profile p = {0};
    struct options o;
    char *root = NULL;
    int status = options_parse(OPT_PROFILE, argc, argv, &o);

    if (status < 0 && (!o.rest_count || !o.rest[0][0])) {
        warn("profile what? for instance: limpet profile stream");
        status = ST_USAGE;
    }
    if (status < 0 && (run_pack_root(&o, &root) || !(platform = choose(&o))))
        status = ST_USAGE;
    if (status < 0)
        status = find(o.rest[0], o.exact, &image);
    if (!status && !spares(&o, &image))
        status = ST_USAGE;
    if (!status && platform) {
        int shown;

        status = o.exact ? profile_exact(&o, platform, &image, &exact_listener, &p, &f)
                         : measure(&o, platform, &image, &p);
        if (!o.exact && !functions_load(image.path, &f))
            warn("%s has no table of functions: addresses have no names", o.rest[0]);
        shown = p.begun ? show(&o, platform, &p, &f) : ST_OK;
        status = status ? status : shown;
        functions_free(&f);
    }
    if (root)
        cleanup_remove(root);
    free(root);
    profile_free(&p);
    image_free(&image);
    options_free(&o);
    return output_failed() ? ST_FAILED : status;
}

const struct command command_profile = {
    .name = "profile",
    .fn = cmd_profile,
    .help = "where a guest's time goes: functions, call stacks, a flame graph",
    .usage = "limpet profile APP [OPTION…] [-- ARGS…]",
    .options = OPT_PROFILE,
    .notes = "\n"
             "APP is as in limpet run, linked with limpet-cc --profile; of a name whose image\n"
             "has no sampler the one in the folder profile beside it is taken, which make\n"
             "builds. With --exact any image will do, on qemu alone: its translator counts\n"
             "every instruction. The app's own output goes to stderr, the table to stdout.\n"
             "What samples tell and what not: docs/profile.md.\n"
             "The exit status is that of limpet run.\n",
    .example = "limpet profile stream -p qemu -o stream.html -- -n 1000000",
    .words = WORDS_APP,
};
