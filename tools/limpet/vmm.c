/* One guest in one limpet-vmm: start it and watch it to its end.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vmm.h"
#include "cleanup.h"
#include "host.h"
#include "judge.h"
#include "limpet.h"
#include "proc.h"
#include "words.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define LATE_S 2.0 /* it ends its guest in time by itself; if not, we do, so much later */

char *vmm_path(void)
{
    const char *other = getenv("LIMPET_VMM");

    return other && other[0] ? xstrdup(other)
                             : xasprintf("%s/" VMM_PROGRAM, tool_dir() ? tool_dir() : ".");
}

enum offer vmm_probe(struct buf *why)
{
    char *path = vmm_path();
    bool here = !access(path, X_OK), native = here && kvm_probe(why);

    if (!here)
        buf_printf(why, "%s is not there: build it with make", path);
    free(path);
    return !here ? OFFER_NO : native ? OFFER_NATIVE : OFFER_LAB;
}

const char *vmm_refuse(const struct vm_config *c, const struct args *modules)
{
    (void)modules;
    if (c->machine)
        return "--machine is for QEMU; limpet-vmm has one machine only";
    if (c->cpu)
        return "--cpu is for QEMU; under limpet-vmm a guest has what KVM offers";
    if (c->qemu)
        return "--qemu is for QEMU";
    if (c->smp > VMM_MAX_CPUS)
        return "--smp: limpet-vmm has 64 processors at most";
    return NULL;
}

void vmm_arguments(const struct vm_config *c, const struct vm_job *job, struct args *out)
{
    char *path = vmm_path();

    args_add(out, path);
    args_addf(out, "--mem=%u", c->mem_mib ? c->mem_mib : VM_DEFAULT_MEM_MIB);
    args_addf(out, "--smp=%u", c->smp ? c->smp : 1);
    args_addf(out, "--timeout=%g", c->timeout_s > 0 ? c->timeout_s : VM_DEFAULT_TIMEOUT);
    args_add(out, "--clock");      /* to PROC_EXTRA_FD */
    if (getenv("LIMPET_EMULATED")) /* QEMU's SVM lets a guest's XSETBV pass KVM by */
        args_add(out, "--no-xsave");
    if (c->stats)
        args_addf(out, "--stats=%s", c->stats);
    for (size_t i = 0; job->modules && i < job->modules->n; i++)
        args_addf(out, "--module=%s", job->modules->v[i]);
    if (job->line[0])
        args_addf(out, "--append=%s", job->line);
    args_add(out, job->image);
    free(path);
}

/* The running machine and everything that is watched of it. */
struct watch {
    struct proc proc;
    struct vm_io io;
    struct buf errors; /* its stderr */
    struct vmm_facts facts;
    struct vm_result *result;
    bool ended;
};

/* Waits for something and takes it in. */
static void step(struct watch *w, double until)
{
    struct pollfd f[2 + VM_IO_FDS] = {{.fd = w->proc.pidfd, .events = POLLIN},
                                      {.fd = w->proc.err, .events = POLLIN}};
    double left = until - now_s();

    vm_io_poll(&w->io, f + 2);
    if (poll(f, 2 + VM_IO_FDS, left > 0 ? (int)ceil(left * 1000) : 0) <= 0)
        return;
    vm_io_take(&w->io, f + 2);
    if (f[1].revents & POLLIN)
        proc_read(w->proc.err, &w->errors);
    if (f[0].revents) {
        w->result->end_s = now_s() - w->proc.started;
        w->ended = true;
    } else if (f[1].revents & ~POLLIN) {
        usleep(1000); /* a closed pipe: the end is near, do not spin */
    }
}

/* The host's clock (ns) before and after the guest's TSC was read, right before the guest ran. */
static void note_start(struct watch *w)
{
    struct vm_result *r = w->result;
    struct buf text = {0};
    long long before, after, tsc;

    proc_read(w->proc.extra, &text);
    if (text.len && sscanf(text.data, "%lld %lld %lld", &before, &after, &tsc) == 3) {
        r->started_s = (double)(before + after) / 2e9 - w->proc.started;
        r->clock =
            (struct vm_clock){.known = true, .tsc = tsc, .error_s = (double)(after - before) / 2e9};
    }
    buf_free(&text);
}

static void watch(struct watch *w)
{
    struct end_facts *end = &w->facts.end;

    while (!w->ended && !interrupted && now_s() < w->io.deadline)
        step(w, w->io.deadline);
    if (!w->ended && !interrupted) {
        end->lingered = w->io.console.verdict.kind != VERDICT_NONE;
        end->timed_out = !end->lingered;
    }
    vm_io_read(&w->io); /* what is still in the pipe belongs to the guest's last words */
    console_finish(&w->io.console);
    proc_read(w->proc.err, &w->errors);
    note_start(w);
}

static void conclude(struct watch *w)
{
    w->facts.wait_status = proc_finish(&w->proc, !w->ended);
    w->result->rss_mib = w->proc.rss_mib;
    w->facts.end.interrupted = interrupted;
    w->facts.end.verdict = w->io.console.verdict;
    w->facts.errors = w->errors.data ? w->errors.data : "";
    vmm_judge(&w->facts, w->result);
    buf_free(&w->errors);
    vm_io_free(&w->io);
}

static void start(struct watch *w, const struct vm_config *c, const struct args *args)
{
    struct vm_result *r = w->result;
    int error = proc_start(&w->proc, args->v, NULL);

    if (error) {
        r->status = ST_START;
        r->text = xasprintf("%s could not start: %s", args->v[0], strerror(-error));
        return;
    }
    w->io.in = w->proc.in;
    w->io.out = w->proc.out;
    w->io.origin = w->proc.started;
    w->io.limit = w->io.origin + (c->timeout_s > 0 ? c->timeout_s : VM_DEFAULT_TIMEOUT) + LATE_S;
    w->io.deadline = w->io.limit;
    watch(w);
    conclude(w);
}

void vmm_run(const struct vm_config *c, const struct vm_job *job,
             const struct console_listener *listener, struct vm_result *r)
{
    struct watch w = {
        .result = r, .io = {.result = r, .stdin_fd = job->stdin_fd, .console.listener = *listener}};
    struct args args = {0};
    struct buf line = {0};
    struct utsname u;
    char *version;

    uname(&u);
    version = xasprintf(LIMPET_VERSION " on KVM of Linux %s", u.release);
    *r = (struct vm_result){.facts =
                                json_pack("{s:s,s:s}", "vmm", VMM_PROGRAM, "vmm_version", version)};
    vmm_arguments(c, job, &args);
    for (size_t i = 0; i < args.n; i++) {
        buf_str(&line, i ? " " : "");
        words_shell(&line, args.v[i]);
    }
    r->command_line = line.data;
    start(&w, c, &args);
    if (!r->text)
        r->text = xstrdup("");
    args_free(&args);
    free(version);
}
