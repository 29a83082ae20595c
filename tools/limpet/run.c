/* limpet run: boot one app, its console on stdout, its status as ours.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cleanup.h"
#include "host.h"
#include "image.h"
#include "lab.h"
#include "limpet.h"
#include "options.h"
#include "output.h"
#include "platforms.h"
#include "preflight.h"
#include "qemu.h"
#include "vmm.h"
#include "words.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int usable_stdin(void)
{
    if (isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) != getpgrp())
        return -1;
    return STDIN_FILENO;
}

/* What of standard input and output are terminals, or are to count as such. */
static const char *terminals(const struct options *o)
{
    return o->tty ? o->tty : tty_words[isatty(STDIN_FILENO) + 2 * isatty(STDOUT_FILENO)];
}

/* The options that tell the guest's kernel of our streams and of the time, then the user's. A guest
 * of QEMU may have no clock that knows the date. */
static void kernel_options(const struct vm_job *job, const char *tty, bool qemu,
                           const struct options *o, struct args *out)
{
    struct timespec now;

    if (strcmp(tty, "both"))
        args_addf(out, "tty=%s", tty);
    if (job->framed)
        args_add(out, "input=framed");
    clock_gettime(CLOCK_REALTIME, &now);
    if (qemu)
        args_addf(out, "time=%lld.%03ld", (long long)now.tv_sec, now.tv_nsec / 1000000);
    for (size_t i = 0; i < o->kernel.n; i++)
        args_add(out, o->kernel.v[i]);
}

static int run_native(const struct platform *platform, const struct image *image,
                      const struct options *o)
{
    struct console_listener listener = {.bytes = output_bytes, .show_exit = o->verbose};
    struct vm_config config = o->vm;
    struct vm_job job = {.image = image->path, .modules = &o->modules, .stdin_fd = usable_stdin()};
    struct vm_result result;
    const char *tty = terminals(o);
    struct args kernel = {0};
    struct buf line = {0};
    int status;

    config.platform = platform;
    job.framed = platform->run != vmm_run && (!strcmp(tty, "none") || !strcmp(tty, "out"));
    kernel_options(&job, tty, platform->run == qemu_run, o, &kernel);
    words_guest_line(&line, &kernel, &o->env, o->rest + 1, (size_t)o->rest_count - 1);
    job.line = line.data;
    platform->run(&config, &job, &listener, &result);
    status = result.status;
    if (o->verbose) {
        warn("%s", result.command_line);
        if (result.details)
            warn("%s", result.details);
        warn("first byte %.1f ms, last line %.1f ms, end %.1f ms after the start",
             result.first_byte_s * 1e3, result.last_line_s * 1e3, result.end_s * 1e3);
    }
    if (!result.own && interrupted != SIGPIPE)
        warn("%s: %s", o->rest[0], result.text);
    vm_result_free(&result);
    args_free(&kernel);
    buf_free(&line);
    return status;
}

/* The same command for the tool inside the lab, where folders are others. */
static int run_lab(const struct platform *platform, const struct image *image,
                   const struct options *o)
{
    struct console_listener listener = {.bytes = output_bytes};
    struct lab_job job;
    bool good = true;
    char *app;
    int status = lab_begin(&job, platform->lab);

    if (status)
        return status;
    app = lab_add_image(&job, image->path);
    args_add(&job.command, "run");
    args_add(&job.command, app ? app : "");
    args_add(&job.command, "-p");
    args_add(&job.command, platform->name);
    lab_add_options(&job, o);
    if (o->verbose)
        args_add(&job.command, "-v");
    args_addf(&job.command, "--tty=%s", terminals(o));
    job.stdin_fd = usable_stdin();
    for (size_t i = 0; i < o->env.n; i++)
        args_addf(&job.command, "--env=%s", o->env.v[i]);
    for (size_t i = 0; i < o->kernel.n; i++)
        args_addf(&job.command, "--kernel=%s", o->kernel.v[i]);
    for (size_t i = 0; app && i < o->modules.n && good; i++)
        good = !lab_add_module(&job, o->modules.v[i], i);
    args_add(&job.command, "--");
    for (int i = 1; i < o->rest_count; i++)
        args_add(&job.command, o->rest[i]);
    job.timeout_s = (o->vm.timeout_s > 0 ? o->vm.timeout_s : LAB_GUEST_TIMEOUT) + LAB_MARGIN_S;
    status = app && good ? lab_run(&job, &listener) : ST_IMAGE;
    lab_end(&job);
    free(app);
    return status;
}

int cmd_run(int argc, char **argv)
{
    const struct platform *platform = platform_find("kvm");
    struct options o;
    struct image image = {0};
    struct buf why = {0};
    enum offer offer;
    int status = options_parse(OPT_RUN, argc, argv, &o);

    if (status < 0 && !o.rest_count) {
        warn("run what? for instance: limpet run hello");
        status = ST_USAGE;
    }
    if (status < 0 && o.platforms && platform_list(o.platforms, &platform, 1) != 1)
        status = ST_USAGE;
    if (status < 0 && o.platforms && !platform_accepts(platform, &o.vm, &o.modules))
        status = ST_USAGE;
    if (status < 0 && (status = image_find(o.rest[0], &image)) == 0) {
        offer = platform_offer(platform, &why);
        if (offer == OFFER_LAB && platform->interpretable && kvm_interprets()) {
            warn("KVM here interprets instructions, and not all of them; for all: limpet lab exec "
                 "kvm -- ./limpet run %s -p %s",
                 o.rest[0], platform->name);
            offer = OFFER_NATIVE;
        }
        if (!o.platforms && offer != OFFER_NATIVE) {
            platform = platform_find("qemu");
            offer = OFFER_NATIVE;
        }
        if (offer != OFFER_NO)
            status = preflight(platform, &o, &image, offer == OFFER_LAB);
        if (status) {
            ; /* it has been said */
        } else if (offer == OFFER_LAB) {
            status = run_lab(platform, &image, &o);
        } else if (offer == OFFER_NATIVE || o.vm.qemu) {
            status = run_native(platform, &image, &o);
        } else {
            warn("%s: %s", platform->name, why.data);
            status = platform->lab && getenv("LIMPET_LAB") ? ST_LAB : ST_START;
        }
    }
    buf_free(&why);
    image_free(&image);
    options_free(&o);
    return output_failed() ? ST_FAILED : status;
}
