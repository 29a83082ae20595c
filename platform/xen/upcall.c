/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts by events: where they are announced, the ports of Xen's one-shot timer and between
 * CPUs. Nothing is set up before something waits for an event.
 */
#include "cpu.h"
#include "base/lock.h"
#include "base/panic.h"
#include "lapic.h"
#include "xen/hypercall.h"
#include "xen/xen.h"
#include "xen/xenstore.h"
#include <signal.h>
#include <unistd.h>

evtchn_port_t xen_timer_ports[CPUS_MAX], xen_ipi_ports[CPUS_MAX];
xen_ulong_t xen_theirs[sizeof(xen_ulong_t) * 8];

/*
 * By a vector of the CPU's local APIC, which delivers it once. That of the whole domain
 * (HVM_PARAM_CALLBACK_IRQ) is a level: Xen 4.17 was seen to raise it again before the handler's
 * first instruction, over what the CPU had left on the entry stack.
 */
static long set_upcall(unsigned number)
{
    struct xen_hvm_evtchn_upcall_vector v = {.vcpu = number, .vector = VECTOR_EVENT};
    if (number == 0)
        lapic_init(); /* it delivers the vector, and wants its end told */
    else
        lapic_enable();
    return hypercall_hvm(HVMOP_set_evtchn_upcall_vector, &v);
}

/* `xl shutdown`: as a process ends by SIGTERM. */
static void shutdown_wanted(void) { _exit(128 + SIGTERM); }

static void start_cpu_events(unsigned number)
{
    struct evtchn_bind_virq virq = {.virq = VIRQ_TIMER, .vcpu = number};
    struct evtchn_bind_ipi ipi = {.vcpu = number};
    long error = set_upcall(number);
    if (error == 0)
        error = hypercall_evtchn(EVTCHNOP_bind_virq, &virq);
    if (error == 0 && smp_running)
        error = hypercall_evtchn(EVTCHNOP_bind_ipi, &ipi);
    if (error != 0)
        panic("Xen gives CPU %u no timer events (error %ld).", number, error);
    xen_timer_ports[number] = virq.port;
    xen_ipi_ports[number] = ipi.port;
}

void xen_events_start(void)
{
    if (xen_timer_ports[0] == 0) {
        xen_shared_info();
        start_cpu_events(0);
        xenstore_watch_shutdown(shutdown_wanted);
    } else if (smp_running && xen_ipi_ports[0] == 0) {
        struct evtchn_bind_ipi ipi = {.vcpu = 0};
        if (hypercall_evtchn(EVTCHNOP_bind_ipi, &ipi) != 0)
            panic("Xen gives no events between CPUs.");
        xen_ipi_ports[0] = ipi.port;
    }
}

void xen_cpu_init(unsigned number)
{
    start_cpu_events(number);
    const evtchn_port_t ports[] = {xen_timer_ports[number], xen_ipi_ports[number]};
    for (unsigned i = 0; i < 2; i++)
        __atomic_or_fetch(&xen_theirs[ports[i] / XEN_WORD_BITS], 1ul << ports[i] % XEN_WORD_BITS,
                          __ATOMIC_RELAXED);
}

void xen_ipi(unsigned number) { xen_send(xen_ipi_ports[number]); }

void xen_timer_arm(uint64_t ns)
{
    unsigned cpu = this_cpu()->number;
    if (xen_timer_ports[cpu] == 0)
        xen_events_start();
    struct vcpu_set_singleshot_timer t = {.timeout_abs_ns = xen_now() + ns}; /* past: at once */
    hypercall_vcpu(VCPUOP_set_singleshot_timer, cpu, &t);
}
