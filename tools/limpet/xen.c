/* One guest in one Xen domain: build it, let it go, watch it to its end, destroy it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "xen.h"
#include "cleanup.h"
#include "image.h"
#include "judge.h"
#include "limpet.h"
#include "proc.h"
#include "xen_config.h"
#include "xen_host.h"
#include "xen_offset.h"
#include "xen_stages.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <x86intrin.h>

#define CREATE_S     120.0 /* xl create */
#define DESTROY_S    60.0  /* xl destroy */
#define CONSOLE_S    10.0  /* from a domain's creation to its console */
#define LAST_WORDS_S 0.5   /* of silence after a domain's end: xenconsoled may rest 0.2 s */
#define SETTLE_US    50000 /* for what toolstack and device model still do after a creation */
#define QUIET_MS     10    /* nothing more after the last line */

/* The domain and everything that is watched of it. */
struct domain {
    const struct vm_config *config;
    const struct vm_job *job;
    struct vm_result *result;
    char *dir, *name;
    struct xen_host host;
    struct vm_io io;
    struct xen_facts facts;
    struct xen_cpu cpu; /* before it was let go */
    bool cpu_known;
    int id, tty;
    double released; /* when its processor was let go */
    long long released_tsc;
    bool ended;
};

/* Sets the result of a domain that never ran; takes over text. */
static bool fail(struct domain *d, int status, char *text)
{
    d->result->status = interrupted ? ST_INTERRUPT + interrupted : status;
    d->result->text = interrupted ? xstrdup("interrupted") : text;
    if (interrupted)
        free(text);
    return false;
}

static char *path_in(const struct domain *d, const char *name)
{
    return xasprintf("%s/%s", d->dir, name);
}

static bool write_file(struct domain *d, const char *path, const struct buf *text)
{
    FILE *f = fopen(path, "w");
    bool good = f && fwrite(text->data, 1, text->len, f) == text->len;

    if (f && fclose(f))
        good = false;
    return good || fail(d, ST_FAILED, xasprintf("cannot write %s: %s", path, strerror(errno)));
}

/* The disk that the domain gets: a copy, which it may write to. NULL with the result set. */
static char *copy_disk(struct domain *d)
{
    char *from = image_disk(d->job->image), *to = path_in(d, "disk.img");

    if (access(from, R_OK))
        fail(d, ST_IMAGE, xasprintf("no disk %s to boot from (make builds it)", from));
    else if (file_copy(from, to, 0600))
        fail(d, ST_FAILED, xasprintf("cannot copy %s", from));
    free(from);
    if (!d->result->text)
        return to;
    free(to);
    return NULL;
}

/* Writes the configuration and the files that it names. Returns false with the result set. */
static bool configure(struct domain *d)
{
    const struct vm_config *c = d->config;
    const struct args *modules = d->job->modules;
    const char *module = modules && modules->n ? modules->v[0] : NULL, *rest;
    char *ramdisk = module ? vm_module_path(module, &rest) : NULL, *disk = NULL;
    char *file = path_in(d, "domain.cfg"), *bios = image_bios();
    struct xen_domain x = {.way = c->platform->variant,
                           .name = d->name,
                           .image = d->job->image,
                           .line = d->job->line,
                           .bios = bios,
                           .ramdisk = ramdisk,
                           .smp = c->smp ? c->smp : 1,
                           .mem_mib = c->mem_mib ? c->mem_mib : VM_DEFAULT_MEM_MIB,
                           /* QEMU's SVM lets a guest's XSETBV pass Xen by: see qemu.c. */
                           .no_xsave = getenv("LIMPET_EMULATED") != NULL};
    struct buf text = {0};
    bool good = true;

    if (module && !ramdisk)
        good =
            fail(d, ST_IMAGE, xasprintf("cannot use the module %s: %s", module, strerror(errno)));
    if (good && x.way == XEN_HVM_DISK_FAST && access(bios, R_OK))
        good = fail(d, ST_IMAGE, xasprintf("no %s (make setup builds it)", bios));
    if (good && xen_way_has_disk(x.way))
        good = (x.image = disk = copy_disk(d)) != NULL;
    if (good) {
        xen_config(&x, &text);
        good = write_file(d, file, &text);
        d->result->command_line = text.data;
    }
    free(ramdisk);
    free(disk);
    free(bios);
    free(file);
    return good;
}

/* Where the toolstack keeps what a domain's device model says. */
static char *device_model_log(const struct domain *d)
{
    return xasprintf("/var/log/xen/qemu-dm-%s.log", d->name);
}

/* What xl and the device model said when a domain could not be built. */
static char *build_failure(const struct domain *d, const struct buf *errors)
{
    char *path = device_model_log(d), *text;
    size_t n;
    char *log = file_read(path, 1 << 20, &n);

    text = xasprintf("domain build: xl create failed%s%s%s%s", errors->len ? ":\n" : "",
                     errors->len ? errors->data : "", log && n ? "The device model:\n" : "",
                     log && n ? log : "");
    for (n = strlen(text); n && text[n - 1] == '\n'; n--)
        text[n - 1] = '\0';
    free(path);
    free(log);
    return text;
}

/* xl create, the domain paused. Returns false with the result set; a domain may be there all the
 * same. */
static bool create(struct domain *d)
{
    char *argv[] = {"xl", "create", "-q", "-e", "-p", "domain.cfg", NULL};
    struct buf errors = {0};
    int status;

    d->io.origin = now_s();
    cleanup_domain(d->name);
    status = proc_run(argv, d->dir, CREATE_S, NULL, &errors);
    d->result->created_s = now_s() - d->io.origin;
    if (!status)
        d->result->domain = d->id = d->host.find(&d->host, d->name);
    if (status || interrupted)
        fail(d, ST_START, build_failure(d, &errors));
    else if (d->id < 0)
        fail(d, ST_START, xasprintf("domain build: there is no domain %s", d->name));
    buf_free(&errors);
    return !d->result->text;
}

static char *node(const struct domain *d, const char *name)
{
    return xasprintf("/local/domain/%d/%s", d->id, name);
}

/* Opens the terminal that xenconsoled has for the domain. */
static bool open_console(struct domain *d)
{
    char *path = node(d, "console/tty"), *tty;
    double until = now_s() + CONSOLE_S;
    struct termios raw;

    while (!(tty = d->host.read(&d->host, path)) && now_s() < until && !interrupted)
        usleep(10000);
    free(path);
    if (tty)
        d->tty = open(tty, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    free(tty);
    if (d->tty < 0)
        return fail(d, ST_START, xstrdup("toolstack: xenconsoled gave the domain no console"));
    if (!tcgetattr(d->tty, &raw)) {
        cfmakeraw(&raw);
        tcsetattr(d->tty, TCSANOW, &raw);
    }
    d->io.in = d->io.out = d->tty;
    return true;
}

/* Into the structure that the guest finds at its entry; rbx holds its address. */
static bool put_line(struct domain *d)
{
    unsigned long long at = (unsigned long long)d->cpu.rbx;
    void *page = d->cpu_known && d->host.map ? d->host.map(&d->host, d->id, at) : NULL;
    bool good = page && xen_put_line(page, at, d->job->line);

    if (page)
        d->host.unmap(&d->host, page);
    return good;
}

/* The arguments of those that xl gives none: directly where it can be done, for to ask xenstore for
 * them takes a guest longer than all the rest of its boot. */
static bool give_arguments(struct domain *d)
{
    enum xen_way way = d->config->platform->variant;
    const char *name = xen_way_arguments(way);
    char *path;
    bool good;

    d->cpu_known = d->host.cpu(&d->host, d->id, &d->cpu);
    if (!name || (!xen_way_has_disk(way) && put_line(d)))
        return true;
    path = node(d, name);
    good = d->host.write(&d->host, path, d->job->line);
    free(path);
    return good || fail(d, ST_START, xstrdup("toolstack: xenstore does not take the arguments"));
}

/* In the lab, whose Xen is ours, a guest's firmware is heard in Xen's log while it runs. */
static void hear_firmware(bool yes)
{
    char *argv[] = {"xenhypfs", "write", "/params/guest_loglvl", yes ? "all" : "none", NULL};
    struct buf errors = {0};

    if (getenv("LIMPET_LAB"))
        proc_run(argv, NULL, DESTROY_S, NULL, &errors);
    buf_free(&errors);
}

/* Lets the processor go, and notes what its TSC was then: it ticks as ours does. */
static bool release(struct domain *d)
{
    struct vm_clock *clock = &d->result->clock;
    const struct xen_cpu *cpu = &d->cpu;

    clock->known = d->cpu_known;
    if (xen_way_has_disk(d->config->platform->variant))
        hear_firmware(true);
    usleep(SETTLE_US);
    d->io.origin += SETTLE_US / 1e6; /* which is no part of the domain's life */
    d->released = now_s();
    d->released_tsc = (long long)__rdtsc();
    if (!d->host.unpause(&d->host, d->id))
        return fail(d, ST_START, xstrdup("toolstack: the domain cannot be unpaused"));
    d->result->started_s = d->released - d->io.origin;
    if (clock->known) {
        clock->error_s = cpu->took_s / 2;
        clock->joined = true;
        clock->offset = cpu->tsc - (cpu->before + cpu->after) / 2;
        clock->offset_error = (cpu->after - cpu->before) / 2 + 1;
        clock->tsc = d->released_tsc + clock->offset;
    }
    d->io.limit =
        d->released + (d->config->timeout_s > 0 ? d->config->timeout_s : VM_DEFAULT_TIMEOUT);
    d->io.deadline = d->io.limit;
    return true;
}

static void look(struct domain *d)
{
    struct xen_seen seen = {.reason = d->facts.reason, .mib = d->result->domain_mib};
    enum xen_state state = d->host.state(&d->host, d->id, &seen);

    d->facts.reason = seen.reason;
    d->result->domain_mib = seen.mib;
    d->ended = state != XEN_RUNNING;
    d->facts.gone = state == XEN_GONE;
    if (d->ended)
        d->result->end_s = now_s() - d->io.origin;
}

static void step(struct domain *d)
{
    struct pollfd f[1 + VM_IO_FDS] = {{.fd = d->host.events, .events = POLLIN}};
    double left = ceil((d->io.deadline - now_s()) * 1000);
    int wait = left > 0 ? (int)left : 0;

    if (d->host.poll_ms >= 0 && wait > d->host.poll_ms)
        wait = d->host.poll_ms;
    vm_io_poll(&d->io, f + 1);
    if (poll(f, 1 + VM_IO_FDS, wait) < 0)
        return;
    if (f[0].revents) {
        d->host.drain(&d->host);
        look(d);
    } else if (d->host.poll_ms >= 0) {
        look(d);
    }
    vm_io_take(&d->io, f + 1);
}

/* xenconsoled brings the last bytes when it gets round to it, maybe after the domain's end. */
static void last_words(struct domain *d)
{
    double until = now_s() + LAST_WORDS_S;
    bool said = false, any = vm_io_read(&d->io);

    while (d->ended && d->io.out >= 0 && now_s() < until && !interrupted && (any || !said)) {
        struct pollfd tty = {.fd = d->io.out, .events = POLLIN};

        said = vm_io_said_exit(&d->io) || d->io.console.verdict.kind == VERDICT_PANIC;
        poll(&tty, 1, said ? QUIET_MS : 50);
        any = vm_io_read(&d->io);
        if (any)
            until = now_s() + LAST_WORDS_S;
    }
    console_finish(&d->io.console);
}

static void watch(struct domain *d)
{
    struct end_facts *end = &d->facts.end;

    while (!d->ended && !interrupted && now_s() < d->io.deadline)
        step(d);
    if (!d->ended && !interrupted)
        look(d);
    if (!d->ended && !interrupted) {
        end->lingered = d->io.console.verdict.kind != VERDICT_NONE;
        end->timed_out = !end->lingered;
    }
    last_words(d);
    end->interrupted = interrupted;
    end->verdict = d->io.console.verdict;
}

/* Says where a hanging guest was. */
static void locate_hang(struct domain *d)
{
    struct vm_result *r = d->result;
    struct xen_cpu cpu;
    char *text;

    if (d->host.cpu(&d->host, d->id, &cpu))
        text = xasprintf("%s (%g s); its processor was at 0x%llx", r->text,
                         d->io.limit - d->released, (unsigned long long)cpu.rip);
    else
        text = xasprintf("%s (%g s)", r->text, d->io.limit - d->released);
    free(r->text);
    r->text = text;
}

/* What it said, from the host's TSC to the guest's. */
static void find_stages(struct domain *d)
{
    char *argv[] = {"xl", "dmesg", NULL};
    char *log = d->result->clock.known ? proc_output(argv) : NULL;
    struct vm_result *r = d->result;

    r->stage_count = log ? xen_stages(log, d->id, r->stages) : 0;
    for (unsigned i = 0; i < r->stage_count; i++)
        r->stages[i].tsc += r->clock.tsc - d->released_tsc;
    free(log);
}

/* What Xen set it to stands in the processor's control block until the domain is destroyed. */
static void find_offset(struct domain *d)
{
    char *dump[] = {"xl", "debug-keys", "v", NULL}, *read[] = {"xl", "dmesg", NULL};
    struct vm_clock *clock = &d->result->clock;
    struct buf errors = {0};
    int failed = proc_run(dump, NULL, DESTROY_S, NULL, &errors);
    char *log = failed ? NULL : proc_output(read);

    if (log && xen_offset(log, d->id, &clock->offset)) {
        clock->joined = true;
        clock->offset_error = 0;
    }
    free(log);
    buf_free(&errors);
}

static void conclude(struct domain *d)
{
    struct vm_result *r = d->result;
    char *path = node(d, "data/limpet/status"), *status = d->host.read(&d->host, path);
    const char *reason = d->ended && !d->facts.gone ? xen_reason_text(d->facts.reason) : "none";

    xen_judge(&d->facts, r);
    if (xen_way_has_disk(d->config->platform->variant)) {
        hear_firmware(false);
        find_stages(d);
    }
    if (d->config->exact_clock)
        find_offset(d);
    if (r->status == ST_HANG && !r->own)
        locate_hang(d);
    if (r->own && d->facts.end.lingered)
        warn("the guest said \"exit %d\", but its domain did not end: destroyed", r->status);
    r->details = xasprintf("domain %d (%s): built in %.1f ms, released at %.1f ms; shutdown reason "
                           "%s; data/limpet/status %s",
                           d->id, d->name, r->created_s * 1e3, r->started_s * 1e3, reason,
                           status ? status : "not written");
    json_object_set_new(r->facts, "shutdown_reason", json_string(reason));
    free(status);
    free(path);
}

/* Ends the domain, if there is one, and removes the log of its device model. */
static void destroy(struct domain *d)
{
    char *argv[] = {"xl", "destroy", d->name, NULL};
    char *log = device_model_log(d);
    struct buf errors = {0};
    int status = proc_run(argv, NULL, DESTROY_S, NULL, &errors);

    if (status && d->id >= 0 && !d->facts.gone)
        warn("xl destroy %s failed; try it by hand:\n%s", d->name, errors.len ? errors.data : "");
    cleanup_domain_gone(d->name);
    unlink(log);
    free(log);
    buf_free(&errors);
}

static void live(struct domain *d)
{
    if (!configure(d))
        return;
    if (create(d) && open_console(d) && give_arguments(d) && release(d)) {
        watch(d);
        conclude(d);
    }
    destroy(d);
    if (d->tty >= 0)
        close(d->tty);
}

/* The record of what there is, as far as it is known before. */
static json_t *facts_of(const struct vm_config *c)
{
    char *version = xen_version(false);
    json_t *facts =
        json_pack("{s:s,s:s,s:s}", "vmm", "xen", "vmm_version", version ? version : "unknown",
                  "domain_type", xen_way_type(c->platform->variant));

    free(version);
    return facts;
}

void xen_run(const struct vm_config *c, const struct vm_job *job,
             const struct console_listener *listener, struct vm_result *result)
{
    static unsigned number;
    struct domain d = {.config = c,
                       .job = job,
                       .result = result,
                       .id = -1,
                       .tty = -1,
                       .facts.reason = -1,
                       .dir = cleanup_tmpdir(),
                       .name = xasprintf("limpet-%d-%u", (int)getpid(), ++number),
                       .io = {.result = result,
                              .stdin_fd = job->stdin_fd,
                              .in = -1,
                              .out = -1,
                              .console.listener = *listener}};
    const char *trouble = d.dir ? xen_host_open(&d.host) : NULL;

    *result = (struct vm_result){.facts = facts_of(c)};
    if (!d.dir) {
        fail(&d, ST_FAILED, xstrdup("no temporary folder"));
    } else if (trouble) {
        fail(&d, ST_START, xasprintf("toolstack: %s", trouble));
    } else {
        live(&d);
        d.host.close(&d.host);
    }
    if (!result->command_line)
        result->command_line = xstrdup("");
    if (d.dir)
        cleanup_remove(d.dir);
    vm_io_free(&d.io);
    free(d.dir);
    free(d.name);
}

enum offer xen_probe(struct buf *why)
{
    char *argv[] = {"sh", "-c", "command -v xl", NULL}, *xl = NULL, *version = NULL;
    enum offer offer = OFFER_LAB;

    if (!xen_is_dom0())
        buf_str(why, "this is no Xen dom0");
    else if (access("/dev/xen/privcmd", R_OK | W_OK) && access("/proc/xen/privcmd", R_OK | W_OK))
        buf_str(why, "no permission for /dev/xen/privcmd (to use it: sudo limpet …)");
    else if (!(xl = proc_output(argv)))
        buf_str(why, "Xen's dom0, but xl is not in PATH: apt-get install xen-utils");
    else
        offer = OFFER_NATIVE;
    if (offer == OFFER_NATIVE) {
        version = xen_version(false);
        buf_printf(why, "Xen %s, xl", version ? version : "(version unknown)");
    }
    free(version);
    free(xl);
    return offer;
}
