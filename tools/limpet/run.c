/* limpet run: boot one app, its console on stdout, its status as ours.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cleanup.h"
#include "image.h"
#include "lab.h"
#include "limpet.h"
#include "options.h"
#include "platforms.h"
#include "words.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool write_failed; /* our stdout, and not because its reader is gone */

/* Writes all bytes to our stdout. A reader that is gone ends the run like Ctrl-C would. */
static void to_stdout(void *ctx, const char *data, size_t n)
{
    (void)ctx;
    while (n && !interrupted) {
        ssize_t done = write(STDOUT_FILENO, data, n);
        struct pollfd full = {.fd = STDOUT_FILENO, .events = POLLOUT};

        if (done > 0) {
            data += done;
            n -= (size_t)done;
        } else if (errno == EAGAIN) {
            poll(&full, 1, -1);
        } else if (errno != EINTR) {
            write_failed = errno != EPIPE;
            if (write_failed)
                warn("cannot write to the standard output: %s", strerror(errno));
            interrupted = SIGPIPE;
        }
    }
}

/* Our stdin, unless it is closed or belongs to another job of the terminal. */
static int usable_stdin(void)
{
    if (isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) != getpgrp())
        return -1;
    return STDIN_FILENO;
}

static int run_native(const struct platform *platform, const struct image *image,
                      const struct options *o)
{
    struct console_listener listener = {.bytes = to_stdout, .show_exit = o->verbose};
    struct vm_config config = o->vm;
    struct vm_job job = {.image = image->path, .modules = &o->modules, .stdin_fd = usable_stdin()};
    struct vm_result result;
    struct buf line = {0};
    int status;

    config.kvm = platform->kvm;
    words_guest_line(&line, &o->kernel, &o->env, o->rest + 1, (size_t)o->rest_count - 1);
    job.line = line.data;
    vm_run(&config, &job, &listener, &result);
    status = result.status;
    if (o->verbose) {
        warn("%s", result.command_line);
        warn("first byte %.1f ms, last line %.1f ms, end %.1f ms after the start of QEMU",
             result.first_byte_s * 1e3, result.last_line_s * 1e3, result.end_s * 1e3);
    }
    if (!result.own && interrupted != SIGPIPE)
        warn("%s: %s", o->rest[0], result.text);
    vm_result_free(&result);
    buf_free(&line);
    return status;
}

/* The same command for the tool inside the lab, where folders are others. */
static int run_lab(const struct image *image, const struct options *o)
{
    struct console_listener listener = {.bytes = to_stdout};
    struct lab_job job;
    bool good = true;
    char *app;
    int status = lab_begin(&job);

    if (status)
        return status;
    app = lab_add_image(&job, image->path);
    args_add(&job.command, "run");
    args_add(&job.command, app ? app : "");
    args_add(&job.command, "-p");
    args_add(&job.command, "kvm");
    lab_add_options(&job, o);
    if (o->verbose)
        args_add(&job.command, "-v");
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
    if (status < 0 && (status = image_find(o.rest[0], &image)) == 0) {
        offer = platform->probe(&why);
        if (!o.platforms && offer != OFFER_NATIVE) {
            platform = platform_find("qemu");
            offer = OFFER_NATIVE;
        }
        if (offer == OFFER_LAB) {
            status = run_lab(&image, &o);
        } else if (offer == OFFER_NATIVE || o.vm.qemu) {
            status = run_native(platform, &image, &o);
        } else {
            warn("%s: %s", platform->name, why.data);
            status = platform->kvm ? ST_LAB : ST_QEMU;
        }
    }
    buf_free(&why);
    image_free(&image);
    options_free(&o);
    return write_failed ? ST_FAILED : status;
}
