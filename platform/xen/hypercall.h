/* SPDX-License-Identifier: BSD-2-Clause */
/* The hypercalls that Limpet makes: xen/include/public/arch-x86/xen-x86_64.h has the convention. */
#ifndef PLATFORM_XEN_HYPERCALL_H
#define PLATFORM_XEN_HYPERCALL_H

#include "xen/public.h"
#include <stdbool.h>

/* Is it VMMCALL that calls a hypervisor here (AMD, APM vol. 3), not VMCALL (Intel, SDM vol. 3C)? */
extern bool xen_vmmcall;

/* Calls Xen. The result is 0 or a value, or a negative number of Xen's own (xen/errno.h). */
long xen_hypercall(long a, long b, long c, unsigned number);

static inline long hypercall_sched(int op, void *argument)
{
    return xen_hypercall(op, (long)argument, 0, __HYPERVISOR_sched_op);
}

static inline long hypercall_evtchn(int op, void *argument)
{
    return xen_hypercall(op, (long)argument, 0, __HYPERVISOR_event_channel_op);
}

static inline long hypercall_hvm(int op, void *argument)
{
    return xen_hypercall(op, (long)argument, 0, __HYPERVISOR_hvm_op);
}

static inline long hypercall_memory(unsigned op, void *argument)
{
    return xen_hypercall(op, (long)argument, 0, __HYPERVISOR_memory_op);
}

static inline long hypercall_vcpu(int op, unsigned vcpu, void *argument)
{
    return xen_hypercall(op, vcpu, (long)argument, __HYPERVISOR_vcpu_op);
}

static inline long hypercall_console(int op, unsigned long n, const char *text)
{
    return xen_hypercall(op, (long)n, (long)text, __HYPERVISOR_console_io);
}
#endif
