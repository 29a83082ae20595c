/* SPDX-License-Identifier: BSD-2-Clause */
/* What is left to a VMM whose guest took it over: nothing that reaches beyond its guest. */
#include "vmm.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

void jail_drop_rights(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (syscall(SYS_capset, &head, none) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        fail(ST_START, "cannot drop capabilities or new privileges: %s", strerror(errno));
}

/* The system calls. */
static const int calls[] = {
    SYS_write,           /* the console, statistics */
    SYS_futex,           /* one vCPU at a time is at the devices */
    SYS_poll,            /* is there input? */
    SYS_read,            /* input */
    SYS_rt_sigreturn,    /* a signal's handler returns */
    SYS_getpid,          /* glibc's pthread_kill(), by which one vCPU ends the others … */
    SYS_rt_sigprocmask,  /* … wants these two, and tgkill */
    SYS_restart_syscall, /* after a stop by Ctrl-Z */
    SYS_clock_gettime,   /* where the kernel has no faster way */
    SYS_pause,           /* a vCPU's thread waits for the end */
    SYS_setitimer,       /* the time-out is put off while nobody reads the console */
    SYS_exit_group,
};

/* What KVM is asked for while and after the guest runs. */
static const unsigned kvm_calls[] = {KVM_RUN,       KVM_GET_REGS,      KVM_GET_SREGS,
                                     KVM_TRANSLATE, KVM_GET_DIRTY_LOG, KVM_IRQ_LINE};
/* And where a debugger looks after it. */
static const unsigned debug_calls[] = {
    KVM_RUN,     KVM_GET_REGS,        KVM_SET_REGS,  KVM_GET_SREGS,     KVM_SET_SREGS, KVM_GET_FPU,
    KVM_SET_FPU, KVM_SET_GUEST_DEBUG, KVM_TRANSLATE, KVM_GET_DIRTY_LOG, KVM_IRQ_LINE};

/* The filter as it grows. */
static struct sock_filter code[100];
static unsigned length;

static void emit(uint16_t operation, uint8_t if_true, uint8_t if_false, uint32_t value)
{
    code[length++] = (struct sock_filter){operation, if_true, if_false, value};
}

static void load(size_t offset) { emit(BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offset); }

/* Skips so many statements unless what was loaded is the value. */
static void unless(uint32_t value, size_t skip)
{
    emit(BPF_JMP | BPF_JEQ | BPF_K, 0, (uint8_t)skip, value);
}

static void end(uint32_t action) { emit(BPF_RET | BPF_K, 0, 0, action); }

static void allow(uint32_t value)
{
    unless(value, 1);
    end(SECCOMP_RET_ALLOW);
}

/* One system call with these values of an argument only. */
static void allow_with(uint32_t call, size_t argument, const unsigned *values, size_t count)
{
    unless(call, 1 + 2 * count + 1);
    load(argument);
    for (size_t i = 0; i < count; i++)
        allow(values[i]);
    end(SECCOMP_RET_KILL_PROCESS);
}

/* To rename this file so, whose names nothing can change. */
static void allow_rename(const char *from, const char *to)
{
    const uint64_t names[] = {(uintptr_t)from, (uintptr_t)to};
    unless(SYS_rename, 4 * 3 + 1);
    for (size_t i = 0; i < 4; i++) {
        load(offsetof(struct seccomp_data, args) + 4 * i);
        emit(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, (uint32_t)(names[i / 2] >> 32 * (i % 2)));
        end(SECCOMP_RET_KILL_PROCESS);
    }
    end(SECCOMP_RET_ALLOW);
}

#define COUNT(a)    (sizeof(a) / sizeof *(a))
#define ARGUMENT(i) (offsetof(struct seccomp_data, args) + 8 * (i)) /* its low half */

void jail_shut(const char *from, const char *to, bool debugged)
{
    unsigned self = (unsigned)getpid();
    load(offsetof(struct seccomp_data, arch));
    emit(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, AUDIT_ARCH_X86_64);
    end(SECCOMP_RET_KILL_PROCESS);
    load(offsetof(struct seccomp_data, nr)); /* x32's numbers have a bit more: none is below */
    if (debugged)
        allow_with(SYS_ioctl, ARGUMENT(1), debug_calls, COUNT(debug_calls));
    else
        allow_with(SYS_ioctl, ARGUMENT(1), kvm_calls, COUNT(kvm_calls));
    allow_with(SYS_tgkill, ARGUMENT(0), &self, 1);
    for (size_t i = 0; i < COUNT(calls); i++)
        allow((uint32_t)calls[i]);
    if (from != NULL) {
        allow(SYS_pread64); /* the kernel's statistics */
        allow_rename(from, to);
    }
    end(SECCOMP_RET_KILL_PROCESS);

    struct sock_fprog program = {.len = (unsigned short)length, .filter = code};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
        fail(ST_START, "cannot set the system call filter: %s", strerror(errno));
}
