/* One guest in one Xen domain: let it go, watch it to its end, judge it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/xen/xen.h"
#include "base/cleanup.h"
#include "vm/doors.h"
#include "vm/image.h"
#include "vm/linux_guest.h"
#include "vm/judge.h"
#include "base/clock.h"
#include "base/msg.h"
#include "tools/status.h"
#include "base/proc.h"
#include "vm/xen/config.h"
#include "vm/xen/domain.h"
#include "vm/xen/offset.h"
#include "vm/xen/stages.h"
#include "host/place.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <x86intrin.h>

#define DUMP_S       30.0  /* Xen's log, and what it writes into it */
#define CONSOLE_S    5.0   /* from a domain's creation to its console */
#define LAST_WORDS_S 0.5   /* of silence after a domain's end: xenconsoled may rest 0.2 s */
#define SETTLE_US    50000 /* for what toolstack and device model still do after a creation */
#define QUIET_MS     10    /* nothing more after the last line */

/* Opens the terminal that xenconsoled has for the domain. */
static bool open_console(struct domain *d)
{
    char *path = domain_node(d, "console/tty"), *tty;
    double until = now_s() + CONSOLE_S;
    struct termios raw;

    while (!(tty = xen_store_read(&d->host.store, path)) && now_s() < until && !interrupted)
        usleep(10000);
    free(path);
    if (tty)
        d->tty = open(tty, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    free(tty);
    if (d->tty < 0)
        return domain_fail(d, ST_START,
                           xstrdup("toolstack: xenconsoled gave the domain no console"));
    if (!tcgetattr(d->tty, &raw)) {
        cfmakeraw(&raw);
        tcsetattr(d->tty, TCSANOW, &raw);
    }
    d->io.in = d->io.out = d->tty;
    vm_io_begin(&d->io);
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
    path = domain_node(d, name);
    good = xen_store_write(&d->host.store, path, d->job->line);
    free(path);
    return good ||
           domain_fail(d, ST_START, xstrdup("toolstack: xenstore does not take the arguments"));
}

/* In the lab, whose Xen is ours, a guest's firmware is heard in Xen's log while it runs. */
static void hear_firmware(bool yes)
{
    char *argv[] = {"xenhypfs", "write", "/params/guest_loglvl", yes ? "all" : "none", NULL};
    struct buf errors = {0};

    if (place()->lab)
        proc_run(argv, NULL, DUMP_S, NULL, &errors);
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
        return domain_fail(d, ST_START, xstrdup("toolstack: the domain cannot be unpaused"));
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

    d->looked = now_s();
    d->facts.reason = seen.reason;
    d->facts.paused = seen.paused;
    d->result->domain_mib = seen.mib;
    d->ended = state != XEN_RUNNING;
    d->facts.gone = state == XEN_GONE;
    if (d->ended)
        d->result->end_s = now_s() - d->io.origin;
}

static void step(struct domain *d)
{
    struct pollfd f[1 + VM_IO_FDS] = {{.fd = d->host.store.fd, .events = POLLIN}};

    vm_io_poll(&d->io, f + 1);
    if (vm_io_wait(&d->io, f, 1 + VM_IO_FDS,
                   fmin(d->io.deadline, d->looked + d->host.poll_ms / 1e3)) < 0)
        return;
    if (f[0].revents)
        xen_store_drain(&d->host.store);
    if (f[0].revents || now_s() >= d->looked + d->host.poll_ms / 1e3)
        look(d);
    vm_io_take(&d->io, f + 1);
}

/* xenconsoled brings the last bytes when it gets round to it, maybe after the domain's end. */
static void last_words(struct domain *d)
{
    double until = now_s() + LAST_WORDS_S;
    bool said = false, any = vm_io_read(&d->io);

    while (d->ended && d->io.out >= 0 && now_s() < until && !interrupted && (any || !said)) {
        struct pollfd tty = {.fd = d->io.out, .events = POLLIN};

        said = vm_io_said_exit(&d->io) || d->io.console.last_line.kind == LAST_LINE_PANIC;
        poll(&tty, 1, said ? QUIET_MS : 50);
        any = vm_io_read(&d->io);
        if (any)
            until = now_s() + LAST_WORDS_S;
    }
    console_finish(&d->io.console);
}

static bool over(const struct domain *d)
{
    return d->ended || interrupted || vm_io_said_all(&d->io);
}

static void watch(struct domain *d)
{
    struct end_facts *end = &d->facts.end;

    while (!over(d) && now_s() < d->io.deadline)
        step(d);
    if (!over(d))
        look(d);
    if (!over(d)) {
        end->lingered = d->io.console.last_line.kind != LAST_LINE_NONE;
        end->timed_out = !end->lingered;
    }
    last_words(d);
    end->interrupted = interrupted;
    end->last_line = d->io.console.last_line;
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
    struct vm_result *r = d->result;
    struct buf log = {0};

    if (r->clock.known && !xen_xl(&d->host, argv, NULL, DUMP_S, &log, NULL) && log.len)
        r->stage_count = xen_stages(log.data, d->id, r->stages);
    for (unsigned i = 0; i < r->stage_count; i++)
        r->stages[i].tsc += r->clock.tsc - d->released_tsc;
    buf_free(&log);
}

/* What Xen set it to stands in the processor's control block until the domain is destroyed. */
static void find_offset(struct domain *d)
{
    char *dump[] = {"xl", "debug-keys", "v", NULL}, *read[] = {"xl", "dmesg", NULL};
    struct vm_clock *clock = &d->result->clock;
    struct buf log = {0};

    if (!xen_xl(&d->host, dump, NULL, DUMP_S, NULL, NULL) &&
        !xen_xl(&d->host, read, NULL, DUMP_S, &log, NULL) && log.len &&
        xen_offset(log.data, d->id, &clock->offset)) {
        clock->joined = true;
        clock->offset_error = 0;
    }
    buf_free(&log);
}

static void conclude(struct domain *d)
{
    struct vm_result *r = d->result;
    char *path = domain_node(d, "data/limpet/status"),
         *status = xen_store_read(&d->host.store, path);
    const char *reason = d->ended && !d->facts.gone ? xen_reason_text(d->facts.reason) : "none";

    d->facts.told = status;
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
    else if (r->own && d->facts.end.last_line.kind == LAST_LINE_NONE)
        warn("xenconsoled %s: it did not bring all that the guest wrote; its status %d is from "
             "xenstore",
             xen_consoled_trouble() ? xen_consoled_trouble() : "is late", r->status);
    r->details = xasprintf("domain %d (%s): built in %.1f ms, released at %.1f ms; shutdown reason "
                           "%s; data/limpet/status %s",
                           d->id, d->name, r->created_s * 1e3, r->started_s * 1e3, reason,
                           status ? status : "not written");
    facts_set_text(r->facts, "shutdown_reason", reason);
    free(status);
    free(path);
}

static void live(struct domain *d)
{
    static bool cleared;

    if (!cleared)
        xen_clear_leftovers(&d->host);
    cleared = true;
    if (!domain_configure(d))
        return;
    if (domain_create(d) && open_console(d) && give_arguments(d) && release(d)) {
        watch(d);
        conclude(d);
    }
    domain_destroy(d);
    if (d->tty >= 0)
        close(d->tty);
}

/* The record of what there is, as far as it is known before. */
static struct facts *facts_of(const struct vm_config *c)
{
    struct facts *facts = facts_new();
    char *version = xen_version(false);

    facts_set_text(facts, "vmm", "xen");
    facts_set_text(facts, "vmm_version", version ? version : "unknown");
    facts_set_text(facts, "domain_type", xen_way_type(c->platform->variant));
    free(version);
    return facts;
}

void xen_run(const struct vm_config *c, const struct vm_job *job,
             const struct console_listener *listener, struct vm_result *result)
{
    struct domain d = {.config = c,
                       .job = job,
                       .result = result,
                       .id = -1,
                       .tty = -1,
                       .facts.reason = -1,
                       .dir = cleanup_tmpdir(),
                       .io = {.result = result,
                              .stdin_fd = job->stdin_fd,
                              .until = job->until,
                              .end = job->framed ? VM_END_FRAME : VM_END_EOT,
                              .in = -1,
                              .out = -1,
                              .console.listener = *listener}};
    const char *trouble = d.dir ? xen_host_open(&d.host) : NULL;

    *result = (struct vm_result){.facts = facts_of(c)};
    domain_name(&d);
    if (!d.dir) {
        domain_fail(&d, ST_FAILED, xstrdup("no temporary folder"));
    } else if (trouble) {
        domain_fail(&d, ST_START, xasprintf("toolstack: xenstored %s", trouble));
    } else {
        live(&d);
        xen_host_close(&d.host);
    }
    if (!result->command_line)
        result->command_line = xstrdup("");
    if (d.dir)
        cleanup_remove(d.dir);
    vm_io_free(&d.io);
    free(d.dir);
    free(d.name);
}

/* As xen_store_open says it. Asked once, for whoever goes through all platforms. */
static const char *store_trouble(void)
{
    static const char *trouble;
    static bool asked;
    struct xen_store store;

    if (!asked && !(trouble = xen_store_open(&store)))
        xen_store_close(&store);
    asked = true;
    return trouble;
}

static enum offer xen_probe(struct buf *why)
{
    char *argv[] = {"sh", "-c", "command -v xl", NULL}, *xl = NULL, *version = NULL;
    enum offer offer = OFFER_LAB;

    if (!xen_is_dom0())
        buf_str(why, "this is no Xen dom0");
    else if (access("/dev/xen/privcmd", R_OK | W_OK) && access("/proc/xen/privcmd", R_OK | W_OK))
        buf_str(why, "no permission for /dev/xen/privcmd (to use it: sudo limpet …)");
    else if (!(xl = proc_output(argv)))
        buf_str(why, "Xen's dom0, but xl is not in PATH: apt-get install xen-utils");
    else if (store_trouble())
        buf_printf(why,
                   "Xen's dom0, but xenstored %s: start Xen's daemons (service xen start), or "
                   "the machine anew",
                   store_trouble());
    else
        offer = OFFER_NATIVE;
    if (xl && offer != OFFER_NATIVE)
        offer = OFFER_NO;
    if (offer == OFFER_NATIVE) {
        version = xen_version(false);
        buf_printf(why, "Xen %s, xl", version ? version : "(version unknown)");
    }
    free(version);
    free(xl);
    return offer;
}

/* What is native needs OVMF here; the lab has its own. */
static enum offer xen_probe_uefi(struct buf *why)
{
    enum offer offer = xen_probe(why);

    if (offer != OFFER_NATIVE || !access(XEN_OVMF, R_OK))
        return offer;
    buf_clear(why);
    buf_str(why, XEN_OVMF " is not here: apt-get install ovmf");
    return OFFER_NO;
}

/* What is native needs Linux here; the lab has its own. */
static enum offer xen_probe_linux(struct buf *why)
{
    enum offer offer = xen_probe(why);
    char *kernel = linux_kernel();

    if (offer == OFFER_NATIVE && access(kernel, R_OK)) {
        buf_clear(why);
        buf_str(why, "its kernel is the lab's, which is not built: limpet lab build");
        offer = OFFER_NO;
    }
    free(kernel);
    return offer;
}

static const char *const by_pvh[] = {"pvh", NULL}, *const by_disk[] = {"disk", NULL},
                         *const by_linux[] = {DOOR_LINUX, NULL};

#define XEN_PLATFORM .lab = "xen", .hardware = true, .run = xen_run, .refuse = xen_refuse

const struct platform platform_xen_pvh = {
    .name = "xen-pvh",
    .title = "PVH",
    .column = 5,
    .boots = 10,
    .variant = XEN_PVH,
    .doors = by_pvh,
    .probe = xen_probe,
    XEN_PLATFORM,
};

const struct platform platform_xen_hvm = {
    .name = "xen-hvm",
    .title = "HVM",
    .column = 4,
    .boots = 10,
    .variant = XEN_HVM,
    .doors = by_pvh,
    .probe = xen_probe,
    XEN_PLATFORM,
};

const struct platform platform_xen_hvm_disk = {
    .name = "xen-hvm-disk",
    .title = "HVM-disk",
    .column = 6,
    .boots = 2,
    .suites = BOOT_ONLY,
    .variant = XEN_HVM_DISK,
    .doors = by_disk,
    .probe = xen_probe,
    XEN_PLATFORM,
};

const struct platform platform_xen_hvm_disk_fast = {
    .name = "xen-hvm-disk-fast",
    .title = "HVM-disk, no menu",
    .column = 7,
    .boots = 2,
    .suites = BOOT_ONLY,
    .variant = XEN_HVM_DISK_FAST,
    .doors = by_disk,
    .probe = xen_probe,
    XEN_PLATFORM,
};

const struct platform platform_xen_hvm_uefi = {
    .name = "xen-hvm-uefi",
    .title = "HVM-UEFI",
    .column = 12,
    .native_in_all = true,
    .boots = 1,
    .suites = BOOT_USUALLY,
    .variant = XEN_HVM_UEFI,
    .doors = by_disk,
    .probe = xen_probe_uefi,
    XEN_PLATFORM,
};

const struct platform platform_linux_xen_pvh = {
    .name = "linux-xen-pvh",
    .title = "Linux, PVH",
    .column = 24,
    .boots = 3,
    .reference = true,
    .variant = XEN_LINUX_PVH,
    .doors = by_linux,
    .probe = xen_probe_linux,
    XEN_PLATFORM,
};
