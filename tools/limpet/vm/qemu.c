/* One guest in one QEMU: start it and watch it to its end.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/qemu.h"
#include "vm/child.h"
#include "base/cleanup.h"
#include "vm/kvm_clock.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/msg.h"
#include "tools/status.h"
#include "host/host.h"
#include "vm/qmp.h"
#include "base/quote.h"
#include "host/place.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EARLY_WORDS "serial.log" /* in QEMU's folder */
#define EARLY_MAX   (1u << 20)
#define LOOK_S      0.1
#define REGISTERS_S 1.0 /* QEMU's answer about a hanging processor */

static const char *cpu_model(const struct vm_config *c)
{
    if (c->cpu)
        return c->cpu;
    if (!c->platform->hardware)
        return "max";
    /* QEMU's SVM lets a guest's XSETBV pass KVM by, which then keeps undoing it at every entry. */
    return place()->emulated_by ? "host,-xsave" : "host";
}

/* All that might make one run another than the next: time, chance, and a console whose reader is
 * slow. */
static void add_plugin(const struct vm_config *c, struct args *out)
{
    args_words(out, "-icount shift=0,sleep=off -seed 1 -rtc base=2026-01-01,clock=vm -plugin");
    args_add(out, c->plugin);
}

/* Is the console a file, read at the end? */
static bool has_early_words(const struct vm_config *c) { return c->fast_console || c->plugin; }

/* A page for each write of the guest, where a serial port takes 16 bytes. The port is there all the
 * same, for what the kernel says before it knows. */
static void add_fast_console(struct args *out)
{
    args_words(out, "-global virtio-mmio.force-legacy=false -global virtio-mmio.ioeventfd=off "
                    "-device virtio-serial-device,max_ports=2 "
                    "-device virtserialport,nr=1,chardev=console");
}

char *qemu_program(const struct vm_config *c)
{
    if (c->platform->build && !c->qemu)
        return place_qemu_build(c->platform->build);
    return xstrdup(c->qemu ? c->qemu : QEMU_DEFAULT);
}

void qemu_arguments(const struct vm_config *c, const struct qemu_boot *boot, struct args *out)
{
    char *program = qemu_program(c);

    args_add(out, program);
    free(program);
    /* -S: until QMP listens and says cont, lest an early reset go unnoticed */
    args_words(out, "-nodefaults -no-user-config -no-reboot -S -accel");
    args_words(out, c->platform->hardware ? "kvm -machine" : "tcg -machine");
    args_add(out, c->machine ? c->machine : qemu_boot_machine(c->platform));
    args_add(out, "-cpu");
    args_add(out, cpu_model(c));
    args_add(out, "-smp");
    args_addf(out, "%u", c->smp ? c->smp : 1);
    args_add(out, "-m");
    args_addf(out, "%u", c->mem_mib ? c->mem_mib : VM_DEFAULT_MEM_MIB);
    args_words(out, "-display none -device isa-debug-exit,iobase=0xf4,iosize=0x04 "
                    "-chardev stdio,id=console,signal=off");
    if (c->fast_console)
        add_fast_console(out);
    args_add(out, "-serial");
    args_add(out, has_early_words(c) ? "file:" EARLY_WORDS : "chardev:console");
    if (c->plugin)
        add_plugin(c, out);
    args_add(out, "-chardev");
    args_addf(out, "socket,id=qmp,fd=%d", PROC_EXTRA_FD);
    args_words(out, "-mon chardev=qmp,mode=control");
    if (c->gdb) {
        args_add(out, "-chardev");
        args_addf(out, "socket,id=gdb,fd=%d,server=on,wait=off", c->gdb);
        args_words(out, "-gdb chardev:gdb");
    }
    qemu_boot_arguments(c, boot, out);
    if (c->qemu_args)
        quote_split(c->qemu_args, out);
}

/* The running machine and everything that is watched of it. */
struct watch {
    struct child child;
    struct qmp qmp;
    struct qemu_facts facts;
    bool hardware;
    struct kvm_trace *trace; /* or NULL */
    double ask;              /* when to ask again where the processor is */
    struct moment before;
};

static void step(struct watch *w, double until)
{
    if (child_step(&w->child, w->qmp.fd, until) && !qmp_receive(&w->qmp))
        w->qmp.fd = -1;
    w->child.io.firmware_end.runs = w->qmp.resumed > 0;
}

/* Where an image runs, and OVMF's code never lies (OvmfPkg: PcdOvmfDxeMemFvBase is higher). */
#define IMAGE_LOW  0x100000u
#define IMAGE_HIGH 0x800000u

/* Firmware reads the serial port as long as it runs, and would take the guest's input for keys: it
 * is held back until the guest has spoken, or its processor is in the image. */
static void await_guest(struct watch *w)
{
    struct vm_io *io = &w->child.io;
    unsigned long long at = strtoull(w->qmp.places, NULL, 16);

    if (io->result->first_byte_s > 0 || (at >= IMAGE_LOW && at < IMAGE_HIGH) || w->qmp.fd < 0)
        io->deaf = false;
    else if (io->input.len && now_s() >= w->ask)
        qmp_ask_registers(&w->qmp);
    if (now_s() >= w->ask)
        w->ask = now_s() + LOOK_S;
}

/* Is nothing left to wait for? */
static bool over(const struct watch *w)
{
    return w->child.ended || interrupted || (w->qmp.stopped && !w->child.io.debugged) ||
           vm_io_said_all(&w->child.io) || w->child.io.firmware.gave_up;
}

/* Adds to a time-out's sentence where the processor was. */
static void locate_hang(struct watch *w)
{
    double until = now_s() + REGISTERS_S;

    qmp_ask_registers(&w->qmp);
    while (!w->qmp.places[0] && w->qmp.fd >= 0 && !w->child.ended && !interrupted &&
           now_s() < until)
        step(w, until);
}

static void watch(struct watch *w)
{
    struct child *c = &w->child;

    while (!over(w) && now_s() < c->io.deadline) {
        if (c->io.deaf)
            await_guest(w);
        step(w, c->io.deaf ? fmin(w->ask, c->io.deadline) : c->io.deadline);
    }
    if (!over(w)) {
        child_overdue(c, &w->facts.end);
        if (w->facts.end.timed_out && !w->facts.end.held)
            locate_hang(w);
    }
    w->facts.stopped = w->qmp.stopped && !c->io.debugged && !w->qmp.shutdown[0] && !c->ended;
    child_last_words(c);
    if (w->qmp.fd >= 0)
        qmp_receive(&w->qmp);
}

/* QEMU's own TSC for its guests counts from the moment when it says that the machine runs. */
static void note_start(struct watch *w)
{
    const struct firmware_end *end = &w->child.io.firmware_end;
    struct vm_result *r = w->child.io.result;

    if (w->qmp.resumed <= 0)
        return;
    r->started_s = w->qmp.resumed - w->child.proc.started;
    if (end->handed_s > w->qmp.resumed)
        r->stages[r->stage_count++] = (struct vm_stage){
            .name = end->words ? "boot option" : "boot sector",
            .s = end->handed_s - w->child.proc.started,
        };
    if (w->trace) {
        struct moment after = moment_now();

        kvm_clock(w->trace, &w->before, &after, w->qmp.resumed, &r->clock);
    }
    if (w->hardware || w->qmp.running_by <= w->qmp.resumed)
        return;
    r->clock = (struct vm_clock){.known = true, .error_s = w->qmp.running_by - w->qmp.resumed};
}

/* With another console: what the serial port brought, a panic before the kernel knew of that. */
static void take_early_words(struct watch *w, const char *dir)
{
    char *path = xasprintf("%s/" EARLY_WORDS, dir);
    size_t n;
    char *text = file_read(path, EARLY_MAX, &n);

    if (text)
        console_feed(&w->child.io.console, text, n);
    console_finish(&w->child.io.console);
    free(text);
    free(path);
}

/* Did it start no guest? And for limpet run -v, what it said. */
static void tell_firmware(const struct vm_io *io, struct vm_result *r)
{
    char *words = firmware_words(&io->firmware);

    if (io->firmware.gave_up && !interrupted) {
        free(r->text);
        r->text = xasprintf("the firmware did not start the guest: %s", words);
        r->own = false;
        r->status = ST_START;
    }
    if (io->firmware.said.len)
        r->details = xasprintf("the firmware said:\n%.*s", (int)io->firmware.said.len - 1,
                               io->firmware.said.data);
    free(words);
}

static void conclude(struct watch *w)
{
    struct child *c = &w->child;
    struct vm_result *r = c->io.result;
    char *text;

    w->facts.wait_status = child_finish(c, &w->facts.end);
    note_start(w);
    w->facts.shutdown = w->qmp.shutdown;
    w->facts.greeted = w->qmp.version[0] != '\0';
    w->facts.errors = c->errors.data ? c->errors.data : "";
    facts_set_text(r->facts, "vmm_version", w->qmp.version);
    qemu_judge(&w->facts, r);
    tell_firmware(&c->io, r);
    if (r->status == ST_HANG && !r->own) {
        text = xasprintf("%s (%g s)%s%s%s%s", r->text, c->io.limit - c->io.waited - c->io.origin,
                         w->qmp.places[0] ? "; its processor" : "",
                         !w->qmp.places[0]            ? ""
                         : strchr(w->qmp.places, ',') ? "s were at "
                                                      : " was at ",
                         w->qmp.places,
                         c->io.has_firmware && r->first_byte_s <= 0
                             ? "; it said nothing, maybe its firmware was not done (--timeout)"
                             : "");
        free(r->text);
        r->text = text;
    }
    if (r->own && w->facts.end.lingered)
        warn("the guest said \"exit %d\", but did not leave: ended by force", r->status);
    if (r->own && c->errors.len)
        warn("QEMU says:\n%.*s", (int)c->errors.len - 1, c->errors.data);
    child_free(c);
    buf_free(&w->qmp.in);
}

/* Fills QEMU's folder and its arguments. Returns false with the result set. */
static bool prepare(const struct vm_config *c, const struct vm_job *job, const char *dir,
                    struct args *args, struct vm_result *r)
{
    struct qemu_boot boot = {0};
    bool good = qemu_boot_prepare(c, job, dir, &boot, r);

    if (good)
        qemu_arguments(c, &boot, args);
    qemu_boot_free(&boot);
    return good;
}

static void start(const struct vm_config *c, const struct vm_job *job,
                  const struct console_listener *listener, const char *dir, struct vm_result *r)
{
    struct watch w = {.hardware = c->platform->hardware,
                      .trace = c->trace,
                      .child.io = {.result = r,
                                   .stdin_fd = job->stdin_fd,
                                   .end = job->framed ? VM_END_FRAME : VM_END_EOT,
                                   .until = job->until,
                                   .has_firmware = c->platform->variant == QEMU_UEFI,
                                   .deaf = c->platform->variant == QEMU_UEFI,
                                   .debugged = c->gdb != 0,
                                   .console.listener = *listener}};
    struct args args = {0};
    int error;

    if (!prepare(c, job, dir, &args, r)) {
        args_free(&args);
        return;
    }
    if (w.trace) {
        kvm_trace_clear(w.trace);
        w.before = moment_now();
    }
    qemu_boot_watch(c, dir, &w.child.io.firmware_end);
    error = child_start(&w.child, &args, dir, c->timeout_s > 0 ? c->timeout_s : VM_DEFAULT_TIMEOUT);
    if (error) {
        firmware_end_free(&w.child.io.firmware_end);
        r->status = ST_START;
        r->text = xasprintf("QEMU could not start: %s: %s", args.v[0], strerror(-error));
        args_free(&args);
        return;
    }
    args_free(&args);
    qmp_init(&w.qmp, w.child.proc.extra, !c->gdb);
    watch(&w);
    if (has_early_words(c))
        take_early_words(&w, dir);
    conclude(&w);
}

void qemu_run(const struct vm_config *c, const struct vm_job *job,
              const struct console_listener *listener, struct vm_result *result)
{
    char *dir = cleanup_tmpdir();

    *result = (struct vm_result){.facts = facts_new()};
    facts_set_text(result->facts, "vmm", "qemu");
    facts_set_text(result->facts, "vmm_version", "");
    facts_set_text(result->facts, "cpu", cpu_model(c));
    facts_set_text(result->facts, "machine",
                   c->machine ? c->machine : qemu_boot_machine(c->platform));
    if (dir) {
        start(c, job, listener, dir, result);
        cleanup_remove(dir);
    } else {
        result->status = ST_FAILED;
    }
    if (!result->text)
        result->text = xstrdup(dir ? "" : "no temporary folder");
    if (!result->command_line)
        result->command_line = xstrdup("");
    free(dir);
}
