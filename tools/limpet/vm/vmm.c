/* One guest in one limpet-vmm: start it and watch it to its end.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/vmm.h"
#include "platform/vmm/abi.h"
#include "vm/child.h"
#include "vm/doors.h"
#include "base/cleanup.h"
#include "host/host.h"
#include "base/clock.h"
#include "base/file.h"
#include "vm/image.h"
#include "base/msg.h"
#include "tools/status.h"
#include "tools/version.h"
#include "host/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define LATE_S 2.0 /* it ends its guest in time by itself; if not, we do, so much later */

char *vmm_path(void)
{
    return place()->vmm ? xstrdup(place()->vmm) : xasprintf("%s/" VMM_PROGRAM, tool_dir());
}

static enum offer vmm_probe(struct buf *why)
{
    char *path = vmm_path();
    bool here = !access(path, X_OK), native = here && kvm_probe(why);

    if (!here)
        buf_printf(why, "%s is not there: build it with make", path);
    free(path);
    return !here ? OFFER_NO : native ? OFFER_NATIVE : OFFER_LAB;
}

static const char *vmm_refuse(const struct vm_config *c, const struct args *modules)
{
    (void)modules;
    if (c->machine)
        return "--machine is for QEMU; limpet-vmm has one machine only";
    if (c->cpu)
        return "--cpu is for QEMU; under limpet-vmm a guest has what KVM offers";
    if (c->qemu)
        return "--qemu is for QEMU";
    if (c->qemu_args)
        return "--qemu-args is for QEMU";
    if (c->smp > VMM_CPUS_MAX)
        return "--smp: limpet-vmm has 64 processors at most";
    return NULL;
}

void vmm_arguments(const struct vm_config *c, const struct vm_job *job, struct args *out)
{
    char *path = vmm_path();

    args_add(out, path);
    args_addf(out, "--mem=%u", c->mem_mib ? c->mem_mib : VM_DEFAULT_MEM_MIB);
    args_addf(out, "--smp=%u", c->smp ? c->smp : 1);
    args_addf(out, "--timeout=%.12g", c->timeout_s > 0 ? c->timeout_s : VM_DEFAULT_TIMEOUT);
    args_add(out, "--clock"); /* to PROC_EXTRA_FD */
    if (place()->emulated_by) /* QEMU's SVM lets a guest's XSETBV pass KVM by */
        args_add(out, "--no-xsave");
    if (c->door && strcmp(c->door, c->platform->doors[0]) != 0)
        args_addf(out, "--door=%s", c->door);
    if (c->gdb)
        args_addf(out, "--gdb=fd:%d", c->gdb);
    if (c->stats)
        args_addf(out, "--stats=%s", c->stats);
    for (size_t i = 0; job->modules && i < job->modules->n; i++)
        args_addf(out, "--module=%s", job->modules->v[i]);
    if (job->line[0])
        args_addf(out, "--append=%s", job->line);
    if (door_wrapping(c->platform, c->door) == WRAPPING_NONE) {
        args_add(out, job->image);
    } else {
        char *file = image_wrapping(job->image, door_wrapping(c->platform, c->door));

        args_add(out, file);
        free(file);
    }
    free(path);
}

/* The running machine and everything that is watched of it. */
struct watch {
    struct child child;
    struct vmm_facts facts;
};

/* The host's clock (ns) before and after the guest's TSC was read, right before the guest ran. */
static void note_start(struct watch *w)
{
    struct vm_result *r = w->child.io.result;
    struct buf text = {0};
    long long before, after, tsc;

    proc_read(w->child.proc.extra, &text);
    if (text.len && sscanf(text.data, "%lld %lld %lld", &before, &after, &tsc) == 3) {
        r->started_s = (double)(before + after) / 2e9 - w->child.proc.started;
        r->clock =
            (struct vm_clock){.known = true, .tsc = tsc, .error_s = (double)(after - before) / 2e9};
    }
    buf_free(&text);
}

static bool over(const struct child *c)
{
    return c->ended || interrupted || vm_io_said_all(&c->io);
}

static void watch(struct watch *w)
{
    struct child *c = &w->child;

    while (!over(c) && now_s() < c->io.deadline)
        child_step(c, -1, c->io.deadline);
    if (!over(c))
        child_overdue(c, &w->facts.end);
    child_last_words(c);
    note_start(w);
    w->facts.wait_status = child_finish(c, &w->facts.end);
    w->facts.errors = c->errors.data ? c->errors.data : "";
    vmm_judge(&w->facts, c->io.result);
    if (c->io.result->own && (w->facts.end.lingered || w->facts.errors[0]))
        warn("the guest said \"exit %d\", but did not leave: ended by force", c->io.result->status);
    child_free(c);
}

void vmm_run(const struct vm_config *c, const struct vm_job *job,
             const struct console_listener *listener, struct vm_result *r)
{
    double timeout_s = (c->timeout_s > 0 ? c->timeout_s : VM_DEFAULT_TIMEOUT) + LATE_S;
    struct watch w = {.child.io = {.result = r,
                                   .stdin_fd = job->stdin_fd,
                                   .end = VM_END_CLOSE,
                                   .until = job->until,
                                   .debugged = c->gdb != 0,
                                   .console.listener = *listener}};
    struct args args = {0};
    struct utsname u;
    char *version;
    int error;

    uname(&u);
    version = xasprintf(LIMPET_VERSION " on KVM of Linux %s", u.release);
    *r = (struct vm_result){.facts = facts_new()};
    facts_set_text(r->facts, "vmm", VMM_PROGRAM);
    facts_set_text(r->facts, "vmm_version", version);
    vmm_arguments(c, job, &args);
    error = child_start(&w.child, &args, NULL, timeout_s);
    if (error) {
        r->status = ST_START;
        r->text = xasprintf("%s could not start: %s", args.v[0], strerror(-error));
    } else {
        watch(&w);
    }
    if (!r->text)
        r->text = xstrdup("");
    args_free(&args);
    free(version);
}

static const char *const doors[] = {"long", "pvh", "linux64", "linux32", "bz32", "bz64", NULL};

const struct platform platform_vmm = {
    .name = "vmm",
    .title = "VMM",
    .column = 2,
    .lab = "kvm",
    .hardware = true,
    .interpretable = true,
    .boots = 20,
    .doors = doors,
    .probe = vmm_probe,
    .run = vmm_run,
    .refuse = vmm_refuse,
};
