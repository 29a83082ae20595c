/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs the vCPUs, each in a thread of its own, until one of them or a signal ends the guest. */
#include "vmm.h"
#include <cpuid.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define CODE_BYTES 15 /* no instruction is longer */

/* Without VMX and SVM, KVM can only be one that interprets. */
static bool kvm_interprets(void)
{
    unsigned a, b, c, d;
    bool vmx = __get_cpuid(1, &a, &b, &c, &d) && c & 1u << 5;
    bool svm = __get_cpuid(0x80000001, &a, &b, &c, &d) && c & 1u << 2;
    return !vmx && !svm;
}

/* The bytes at the guest's instruction pointer as far as they can be read, in hexadecimal. */
static uint64_t code_at(const struct vcpu *v, char hex[3 * CODE_BYTES + 1])
{
    struct kvm_regs regs = {.rip = 0};
    struct kvm_sregs s = {.cs.base = 0};
    hex[0] = '\0';
    if (ioctl(v->fd, KVM_GET_REGS, &regs) != 0 || ioctl(v->fd, KVM_GET_SREGS, &s) != 0)
        return 0;
    uint64_t rip = s.cs.base + regs.rip;
    for (uint64_t i = 0; i < CODE_BYTES; i++) {
        struct kvm_translation t = {.linear_address = rip + i};
        const uint8_t *byte = NULL;
        if (ioctl(v->fd, KVM_TRANSLATE, &t) == 0 && t.valid)
            byte = guest_memory(v->machine, t.physical_address & ~sev_bit(v->machine->options), 1);
        if (byte == NULL)
            break;
        snprintf(hex + 3 * i, 4, "%02x ", *byte);
    }
    return rip;
}

static void internal_error(struct vcpu *v)
{
    if (sev_blame(v))
        return;
    char hex[3 * CODE_BYTES + 1];
    uint64_t rip = code_at(v, hex);
    bool emulation = v->run->internal.suberror == KVM_INTERNAL_ERROR_EMULATION;
    machine_end(v->machine, ST_START, "KVM gave up, internal error %u%s, at 0x%lx, bytes %s%s",
                v->run->internal.suberror, emulation ? " (it cannot emulate the instruction)" : "",
                rip, hex,
                emulation && kvm_interprets() ? "; KVM here interprets all instructions" : "");
}

static void handle(struct vcpu *v)
{
    struct kvm_run *run = v->run;
    struct machine *m = v->machine;
    switch (run->exit_reason) {
    case KVM_EXIT_IO:
        if (m->options->gdb != NULL && gdb_broke(v))
            break;
        if (m->options->bare != BARE_NOT)
            bare_io(v);
        else
            device_io(v);
        break;
    case KVM_EXIT_MMIO: /* nothing is there */
        if (!sev_blame(v))
            memset(run->mmio.data, m->options->bare == BARE_ZEROS ? 0 : 0xff,
                   sizeof run->mmio.data);
        break;
    case KVM_EXIT_INTR:
        break;
    case KVM_EXIT_DEBUG:
        gdb_caught(v);
        break;
    case KVM_EXIT_X86_RDMSR:
        sev_read_msr(v);
        break;
    case KVM_EXIT_X86_WRMSR:
        sev_write_msr(v);
        break;
    case KVM_EXIT_SHUTDOWN:
        if (!sev_blame(v))
            machine_end(m, ST_RESET, "the guest reset the machine: a triple fault, most likely");
        break;
    case KVM_EXIT_INTERNAL_ERROR:
        internal_error(v);
        break;
    default: /* of a failed entry, the hardware's reason too */
        machine_end(m, ST_START, "KVM gave up: exit reason %u, 0x%llx", run->exit_reason,
                    run->hw.hardware_exit_reason);
    }
}

/* The main thread's vCPU 0 looks after the signals. */
static void take_signal(struct vcpu *v)
{
    char hex[3 * CODE_BYTES + 1];
    if (signaled == SIGALRM)
        machine_end(v->machine, ST_HANG,
                    "the guest did not end in time (%g s); its first processor was at 0x%lx",
                    v->machine->options->timeout_s, code_at(v, hex));
    else
        machine_end(v->machine, ST_INTERRUPT + signaled, "interrupted");
}

static void run_vcpu(struct vcpu *v)
{
    struct machine *m = v->machine;
    this_run = v->run;
    for (;;) {
        v->run->immediate_exit = 0; /* a signal after the looks sets it again */
        atomic_signal_fence(memory_order_seq_cst);
        if (v->index == 0 && signaled != 0 && !timeout_put_off(m))
            take_signal(v);
        if (m->ended)
            break;
        if (m->options->gdb != NULL && gdb_meet(v))
            continue;
        if (v->exits != NULL)
            exits_enter(v->exits);
        int result = ioctl(v->fd, KVM_RUN, 0);
        int error = errno;
        if (v->exits != NULL)
            exits_leave(v->exits, v->run, result != 0);
        if (result == 0)
            handle(v);
        else if (error != EINTR && error != EAGAIN)
            machine_end(m, ST_START, "KVM does not run the guest: %s", strerror(error));
    }
    if (m->options->gdb != NULL)
        gdb_leave();
}

/* All vCPUs' threads wait for each other. */
static void meet(struct machine *m)
{
    if (m->options->cpus > 1)
        pthread_barrier_wait(&m->meeting);
}

/* To end a thread takes system calls that the jail has not: it waits for the end of the process. */
static void *run_further(void *argument)
{
    struct vcpu *v = argument;
    meet(v->machine); /* the thread is there: the jail can be shut … */
    meet(v->machine); /* … and is */
    run_vcpu(v);
    meet(v->machine); /* all have ended */
    while (pause() != 0)
        ;
    return NULL;
}

static void start_threads(struct machine *m)
{
    sigset_t all, before;
    sigfillset(&all);
    sigdelset(&all, SIGUSR1);
    pthread_barrier_init(&m->meeting, NULL, m->options->cpus);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    for (unsigned i = 1; i < m->options->cpus; i++)
        if (pthread_create(&m->cpus[i].thread, NULL, run_further, &m->cpus[i]) != 0)
            fail(ST_START, "no thread for vCPU %u", i);
    if (m->options->bare != BARE_NOT)
        bare_listen(m);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void machine_run(struct machine *m)
{
    m->cpus[0].thread = pthread_self();
    this_run = m->cpus[0].run;
    if (m->options->gdb != NULL)
        gdb_attach(m);
    timer_set(m->options->timeout_s);
    sev_raise_vc(&m->cpus[0]);
    if (m->options->clock)
        machine_tell_clock(m);
    start_threads(m);
    meet(m);
    jail_shut(stats_beside, stats_path, m->options->gdb != NULL);
    stats_reached("jail");
    meet(m);
    run_vcpu(&m->cpus[0]);
    meet(m);
    if (m->options->gdb != NULL)
        gdb_end(m);
}
