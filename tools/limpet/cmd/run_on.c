/* limpet run on one platform: on this machine itself, or in its lab.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/cleanup.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/quote.h"
#include "cmd/backtrace.h"
#include "cmd/options.h"
#include "cmd/preflight.h"
#include "cmd/run.h"
#include "cmd/run_gdb.h"
#include "host/host.h"
#include "host/place.h"
#include "lab/lab.h"
#include "tools/status.h"
#include "vm/doors.h"
#include "vm/platforms.h"
#include "vm/program.h"
#include "vm/qemu.h"
#include "vm/vmm.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What of standard input and output are terminals, or are to count as such. */
static const char *terminals(const struct options *o)
{
    return o->tty ? o->tty : tty_words[isatty(STDIN_FILENO) + 2 * isatty(STDOUT_FILENO)];
}

/* The options that tell the guest's kernel of our streams and of the time, then the user's. A guest
 * of QEMU may have no clock that knows the date. */
static void kernel_options(const struct vm_job *job, const char *tty, bool qemu, bool fast,
                           const struct options *o, struct args *out)
{
    struct timespec now;

    if (strcmp(tty, "both"))
        args_addf(out, "tty=%s", tty);
    if (job->framed)
        args_add(out, "input=framed");
    if (fast)
        args_add(out, "console=fast");
    clock_gettime(CLOCK_REALTIME, &now);
    if (qemu)
        args_addf(out, "time=%lld.%03ld", (long long)now.tv_sec, now.tv_nsec / 1000000);
    for (size_t i = 0; i < o->kernel.n; i++)
        args_add(out, o->kernel.v[i]);
}

/* Of one module the kernel is told the name: few loaders but QEMU, by multiboot, have one for it.
 */
static void name_module(const char *module, struct args *out)
{
    const char *arguments;
    char *path = vm_module_path(module, &arguments), *file;
    struct buf name = {0};

    if (!path)
        return;
    file = xasprintf("%.*s", (int)(arguments - module), module);
    quote_name(&name, basename(file));
    args_addf(out, "name=%s", name.data);
    free(file);
    free(path);
    buf_free(&name);
}

static int run_native(const struct platform *platform, const struct image *image,
                      const struct options *o, const struct console_listener *listener)
{
    struct vm_config config = o->vm;
    struct vm_job job = {.image = image->path, .modules = &o->modules, .stdin_fd = input_usable()};
    struct vm_result result;
    const char *tty = terminals(o);
    struct args kernel = {0};
    struct buf line = {0};
    struct gdb gdb = {.fd = -1};
    int status = o->gdb ? gdb_listen(&gdb) : 0;

    if (status)
        return status;
    config.platform = platform;
    job.framed = platform->run != vmm_run && !platform->reference &&
                 (!strcmp(tty, "none") || !strcmp(tty, "out"));
    config.fast_console =
        platform->run == qemu_run && platform->variant == QEMU_DIRECT && !o->vm.machine;
    kernel_options(&job, tty, platform->run == qemu_run, config.fast_console, o, &kernel);
    if (o->modules.n == 1 && (platform->program || o->vm.door))
        name_module(o->modules.v[0], &kernel);
    quote_guest_line(&line, &kernel, &o->env, o->rest + 1, (size_t)o->rest_count - 1);
    job.line = line.data;
    if (o->gdb) {
        gdb_start(&gdb, image->path, o->gdb[0]);
        config.gdb = gdb.fd;
        config.timeout_s = o->vm.timeout_s > 0 ? o->vm.timeout_s : RUN_FOR_EVER_S;
        if (gdb.pid)
            job.stdin_fd = -1;
    }
    platform->run(&config, &job, listener, &result);
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
    if (o->gdb)
        gdb_finish(&gdb);
    return status;
}

/* QEMU's emulated SVM does not let KVM see a guest's INT3, by which QEMU's stub stops it. */
static bool lab_breaks(const struct platform *platform)
{
    if (platform->run != qemu_run || lab_uses_kvm())
        return true;
    warn(
        "--gdb: in a lab whose hardware is emulated KVM sees no breakpoints of QEMU's; use -p vmm, "
        "or -p qemu");
    return false;
}

/* The same command for the tool inside the lab, where folders are others. */
static int run_lab(const struct platform *platform, const struct image *image,
                   const struct options *o, const struct console_listener *listener)
{
    struct options inner = *o;
    struct args travelling = {0};
    struct gdb gdb = {.fd = -1};
    struct lab_job job;
    bool good = true;
    char *app;
    int status = o->gdb && !lab_breaks(platform) ? ST_USAGE : lab_begin(&job, platform->lab);

    if (!status && o->gdb && (status = gdb_listen(&gdb)))
        lab_end(&job);
    if (status)
        return status;
    if (o->gdb) {
        gdb_start(&gdb, image->path, o->gdb[0]);
        job.gdb = gdb.fd;
        inner.vm.timeout_s = o->vm.timeout_s > 0 ? o->vm.timeout_s : RUN_FOR_EVER_S;
    }
    app = lab_add_image(&job, LAB_APPS, image->path,
                        WRAPPING_BIT(door_wrapping(platform, o->vm.door)));
    args_add(&job.command, "run");
    args_add(&job.command, app ? app : "");
    args_add(&job.command, "-p");
    args_add(&job.command, platform->name);
    inner.tty = terminals(o);
    options_to_args(OPT_RUN, &inner, &travelling);
    lab_add_options(&job, &inner.vm, &travelling);
    job.stdin_fd = gdb.pid ? -1 : input_usable();
    for (size_t i = 0; app && i < o->modules.n && good; i++)
        good = !lab_add_module(&job, o->modules.v[i], i);
    args_add(&job.command, "--");
    for (int i = 1; i < o->rest_count; i++)
        args_add(&job.command, o->rest[i]);
    job.timeout_s =
        (inner.vm.timeout_s > 0 ? inner.vm.timeout_s : LAB_GUEST_TIMEOUT) + LAB_MARGIN_S;
    status = app && good ? lab_run(&job, listener) : ST_IMAGE;
    lab_end(&job);
    if (o->gdb)
        gdb_finish(&gdb);
    args_free(&travelling);
    free(app);
    return status;
}

/* A wrapping for an app of the user's own that has none, or one of an older build: made in a folder
 * of ours. copy: the image's copy beside it then. Returns 0, or a status with a message. */
static int make_wrapping(const struct platform *platform, const char *door,
                         const struct image *image, struct image *copy, char **dir)
{
    enum wrapping wrapping = door_wrapping(platform, door);
    char *tool = wrapping_tool(wrapping);
    int status = ST_OK;

    if (wrapping != WRAPPING_NONE && !image_is_wrapped(image->path, wrapping) && tool &&
        !access(tool, X_OK)) {
        *dir = cleanup_tmpdir();
        *copy = (struct image){.path = xstrdup(image->path)};
        status = *dir ? image_snapshot(copy, *dir, WRAPPING_BIT(wrapping)) : ST_FAILED;
    }
    free(tool);
    return status;
}

/* Has this machine itself the platform, be it one that only interprets? A VMM that does not run in
 * the lab may do so here. */
static bool is_here(const struct platform *platform, enum offer offer)
{
    return offer == OFFER_NATIVE ||
           ((offer == OFFER_LAB || (platform->program && program_is_here(platform->program))) &&
            platform->interpretable && kvm_interprets());
}

const struct platform *run_usual_platform(const struct options *o)
{
    const struct platform *kvm = platform_find("kvm");
    struct buf why = {0};
    bool good = o->lab || is_here(kvm, lab_offer(kvm, &why));

    buf_free(&why);
    return good ? kvm : platform_find("qemu");
}

/* Where a run is: the offer of the platform, unless the lab is asked for. */
static enum offer place_of(const struct platform *platform, const struct options *o,
                           struct buf *why)
{
    enum offer offer;

    if (o->lab && (!platform->lab || place()->lab)) {
        buf_str(why, platform->lab ? "this is the lab" : "it needs no lab, and has none");
        return OFFER_NO;
    }
    offer = lab_offer(platform, why);
    if (o->lab)
        return OFFER_LAB;
    if (offer != OFFER_NATIVE && is_here(platform, offer)) {
        warn("KVM here interprets instructions, and not all of them%s",
             offer == OFFER_LAB ? ": --lab boots it in the lab, where all are there" : "");
        return OFFER_NATIVE;
    }
    return offer;
}

int run_on(const struct platform *platform, const struct image *image, const struct options *o,
           const struct console_listener *listener)
{
    struct backtrace backtrace = {.rest = *listener, .image = image->path};
    struct console_listener outer = backtrace_listener(&backtrace);
    struct image copy = {0};
    struct buf why = {0};
    char *dir = NULL;
    enum offer offer = place_of(platform, o, &why);
    int status;

    status = offer == OFFER_NO ? ST_OK : make_wrapping(platform, o->vm.door, image, &copy, &dir);
    if (copy.path)
        image = &copy;
    if (!status && offer != OFFER_NO)
        status = preflight(platform, o, image, offer == OFFER_LAB);
    if (status) {
        ; /* it has been said */
    } else if (offer == OFFER_LAB) {
        status = run_lab(platform, image, o, &outer);
    } else if (offer == OFFER_NATIVE || (o->vm.qemu && !o->lab)) {
        status = run_native(platform, image, o, &outer);
    } else {
        warn("%s: %s", platform->name, why.data);
        status = o->lab ? ST_USAGE : platform->lab && place()->lab ? ST_LAB : ST_START;
    }
    if (dir)
        cleanup_remove(dir);
    free(dir);
    image_free(&copy);
    buf_free(&why);
    return status;
}
