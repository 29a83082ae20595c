/* How a guest ended, decided from the raw facts. Pure functions.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_JUDGE_H
#define LIMPET_JUDGE_H

#include "vm/vm.h"

/* What every way to run a guest knows about its end. */
struct end_facts {
    struct last_line last_line;
    bool timed_out;  /* the time ran out without a last line */
    bool lingered;   /* there was a last line, but the machine had to be ended */
    bool held;       /* then its VMM was stopped by a signal */
    int interrupted; /* a signal's number or 0 */
};

struct qemu_facts {
    struct end_facts end;
    int wait_status;      /* waitpid's */
    bool stopped;         /* QEMU stopped the machine by itself */
    bool greeted;         /* QEMU got as far as its QMP greeting */
    const char *shutdown; /* QMP's reason, or "" */
    const char *errors;   /* QEMU's stderr */
};

struct vmm_facts {
    struct end_facts end;
    int wait_status;    /* waitpid's */
    const char *errors; /* limpet-vmm's stderr: "" when the guest ended by itself */
};

struct program_facts {
    struct end_facts end;
    const char *title;              /* of the VMM, in sentences */
    int wait_status;                /* waitpid's */
    bool reset;                     /* the guest reset the machine, and we ended it then */
    bool gave_up;                   /* it said that KVM cannot go on */
    int reset_status, crash_status; /* struct program's */
    const char *errors;             /* what it says */
};

/* Xen's shutdown reasons (xen/include/public/sched.h, SHUTDOWN_*). */
enum xen_reason {
    XEN_POWEROFF,
    XEN_REBOOT,
    XEN_SUSPEND,
    XEN_CRASH,
    XEN_WATCHDOG,
    XEN_SOFT_RESET,
};

/* Its name, as in the settings on_poweroff etc.; "unknown" for another number. */
const char *xen_reason_text(int reason);

struct xen_facts {
    struct end_facts end;
    int reason;       /* enum xen_reason, or -1 for none */
    bool gone;        /* the domain was destroyed, and not by us */
    bool paused;      /* at the end of its time, by another hand */
    const char *told; /* the status that the guest left in xenstore, or NULL */
};

/* Decide; they set status, own, text. A process of the host tells by its wait status alone. */
void process_judge(const struct end_facts *facts, int wait_status, struct vm_result *result);
void qemu_judge(const struct qemu_facts *facts, struct vm_result *result);
void vmm_judge(const struct vmm_facts *facts, struct vm_result *result);
void program_judge(const struct program_facts *facts, struct vm_result *result);
void xen_judge(const struct xen_facts *facts, struct vm_result *result);

#endif
