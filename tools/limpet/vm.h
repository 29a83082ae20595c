/* One guest in one QEMU: start it, watch it, judge how it ended.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_VM_H
#define LIMPET_VM_H

#include "buf.h"
#include "console.h"

#include <stdbool.h>

#define VM_DEFAULT_QEMU "qemu-system-x86_64"
#define VM_DEFAULT_MACHINE                                                                         \
    "microvm,rtc=off,pit=off,pic=off,acpi=off,x-option-roms=off,auto-kernel-cmdline=off"
#define VM_DEFAULT_MEM_MIB 512
#define VM_DEFAULT_TIMEOUT 60.0

/* The machine. NULL or 0 stands for the default. */
struct vm_config {
    bool kvm;            /* else TCG */
    const char *qemu;    /* program */
    const char *machine; /* QEMU's -machine */
    const char *cpu;     /* QEMU's -cpu; by default max for TCG, host for KVM */
    unsigned smp;
    unsigned mem_mib;
    double timeout_s;
};

/* The CPU model that QEMU is given. */
const char *vm_cpu(const struct vm_config *c);

/* What runs on it. */
struct vm_job {
    const char *image;          /* absolute path */
    const char *line;           /* the guest's argument line */
    const struct args *modules; /* "FILE" or "FILE ARGUMENTS" each; may be NULL */
    int stdin_fd;               /* forwarded to the guest's console, or -1 */
};

/* Raw facts about an end, for vm_judge. */
struct vm_facts {
    struct verdict verdict;
    int wait_status;      /* waitpid's */
    bool timed_out;       /* the time ran out without a last line */
    bool lingered;        /* there was a last line, but the machine had to be ended */
    bool stopped;         /* QEMU stopped the machine by itself */
    bool greeted;         /* QEMU got as far as its QMP greeting */
    int interrupted;      /* a signal's number or 0 */
    const char *shutdown; /* QMP's reason, or "" */
    const char *errors;   /* QEMU's stderr */
};

struct vm_result {
    int status;         /* the guest's own (own == true) or one of enum status */
    bool own;           /* the guest ended by itself with a status */
    char *text;         /* what happened in one sentence, "" for own; owned */
    char *command_line; /* QEMU's; owned */
    char qemu_version[96];
    double first_byte_s, last_line_s, end_s; /* since the exec of QEMU; 0: never seen */
};

/* Decides; sets status, own, text. Pure. */
void vm_judge(const struct vm_facts *facts, struct vm_result *result);

/* Runs a guest to its end. The listener's bytes, lines as they come. Always fills result (free it).
 */
void vm_run(const struct vm_config *config, const struct vm_job *job,
            const struct console_listener *listener, struct vm_result *result);
void vm_result_free(struct vm_result *result);

/* QEMU's arguments; image and modules are names in QEMU's current folder. For vm_run and tests. */
void vm_arguments(const struct vm_config *config, const char *image, const char *line,
                  const char *modules, struct args *out);

#endif
