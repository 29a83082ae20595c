/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Event channels (xen/event_channel.h, the two-level ABI of xen/xen.h) and Xen's one-shot timer,
 * which rings on one. Nothing is set up before something waits for an event.
 */
#include "arch.h"
#include "cpu.h"
#include "xen/hypercall.h"
#include "base/panic.h"
#include "sched/sched.h"
#include "sched/smp.h"
#include "xen/xen.h"
#include "xen/xenstore.h"
#include <signal.h>
#include <unistd.h>

#define WORD_BITS 64

static enum xen_upcall upcall;

/* By CPU; 0: not set up, as no port has that number. */
static evtchn_port_t timer_ports[CPUS_MAX], ipi_ports[CPUS_MAX];

/* The ports of CPUs other than the first, which has all others; words are shared. */
static xen_ulong_t theirs[sizeof(xen_ulong_t) * 8];

static void clear_bit(xen_ulong_t *words, evtchn_port_t port)
{
    __atomic_and_fetch(&words[port / WORD_BITS], ~(1ul << port % WORD_BITS), __ATOMIC_SEQ_CST);
}

void xen_send(evtchn_port_t port)
{
    struct evtchn_send send = {.port = port};
    hypercall_evtchn(EVTCHNOP_send, &send);
}

void xen_clear(evtchn_port_t port) { clear_bit(xen_shared_info()->evtchn_pending, port); }

void xen_mask(evtchn_port_t port)
{
    __atomic_or_fetch(&xen_shared_info()->evtchn_mask[port / WORD_BITS], 1ul << port % WORD_BITS,
                      __ATOMIC_SEQ_CST);
}

void xen_unmask(evtchn_port_t port)
{
    struct evtchn_unmask unmask = {.port = port};
    __atomic_or_fetch(&xen_shared_info()->evtchn_pending[port / WORD_BITS], 1ul << port % WORD_BITS,
                      __ATOMIC_SEQ_CST);
    xen_mask(port); /* Xen raises what it finds pending of what was masked */
    hypercall_evtchn(EVTCHNOP_unmask, &unmask);
}

void xen_wait(evtchn_port_t port, uint64_t until)
{
    struct sched_poll poll = {.nr_ports = 1, .timeout = until};
    set_xen_guest_handle(poll.ports, &port);
    hypercall_sched(SCHEDOP_poll, &poll);
}

void xen_upcall_by(enum xen_upcall how) { upcall = how; }

static long set_upcall(unsigned number)
{
    if (upcall == UPCALL_PER_VCPU) {
        struct xen_hvm_evtchn_upcall_vector v = {.vcpu = number, .vector = VECTOR_EVENT};
        if (number == 0)
            lapic_init(); /* it delivers the vector, and wants its end told */
        else
            lapic_enable();
        return hypercall_hvm(HVMOP_set_evtchn_upcall_vector, &v);
    }
    if (number != 0)
        return 0; /* the first CPU's was for all */
    struct xen_hvm_param p = {.domid = DOMID_SELF,
                              .index = HVM_PARAM_CALLBACK_IRQ,
                              .value =
                                  (uint64_t)HVM_PARAM_CALLBACK_TYPE_VECTOR << 56 | VECTOR_EVENT};
    return hypercall_hvm(HVMOP_set_param, &p);
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
    timer_ports[number] = virq.port;
    ipi_ports[number] = ipi.port;
}

void xen_events_start(void)
{
    if (timer_ports[0] == 0) {
        xen_shared_info();
        start_cpu_events(0);
        xenstore_watch_shutdown(shutdown_wanted);
    } else if (smp_running && ipi_ports[0] == 0) {
        struct evtchn_bind_ipi ipi = {.vcpu = 0};
        if (hypercall_evtchn(EVTCHNOP_bind_ipi, &ipi) != 0)
            panic("Xen gives no events between CPUs.");
        ipi_ports[0] = ipi.port;
    }
}

void xen_cpu_init(unsigned number)
{
    start_cpu_events(number);
    const evtchn_port_t ports[] = {timer_ports[number], ipi_ports[number]};
    for (unsigned i = 0; i < 2; i++)
        __atomic_or_fetch(&theirs[ports[i] / WORD_BITS], 1ul << ports[i] % WORD_BITS,
                          __ATOMIC_RELAXED);
}

void xen_ipi(unsigned number) { xen_send(ipi_ports[number]); }

static void dispatch(unsigned cpu, evtchn_port_t port)
{
    if (port == timer_ports[cpu])
        timer_interrupt();
    else if (port == ipi_ports[cpu])
        smp_interrupt();
    else {
        xen_console_event(port);
        xenstore_event(port);
    }
}

/* The pending, unmasked ports of a word that are this CPU's. */
static xen_ulong_t pending(const struct shared_info *s, unsigned cpu, unsigned word)
{
    xen_ulong_t set = __atomic_load_n(&s->evtchn_pending[word], __ATOMIC_ACQUIRE);
    xen_ulong_t mine = ~theirs[word]; /* by now: who may ring has said before whose the port is */
    if (cpu != 0) {
        const evtchn_port_t ports[] = {timer_ports[cpu], ipi_ports[cpu]};
        mine = 0;
        for (unsigned i = 0; i < 2; i++)
            if (ports[i] / WORD_BITS == word)
                mine |= 1ul << ports[i] % WORD_BITS;
    }
    return set & ~s->evtchn_mask[word] & mine;
}

/* Each pending, unmasked port once; one that rings again meanwhile raises the next interrupt. */
void xen_event(void)
{
    struct shared_info *s = xen_shared_info();
    unsigned cpu = this_cpu()->number;
    struct vcpu_info *v = xen_vcpu_info(cpu);

    if (upcall == UPCALL_PER_VCPU)
        lapic_eoi();
    __atomic_store_n(&v->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST);
    xen_ulong_t words = __atomic_exchange_n(&v->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
    for (; words != 0; words &= words - 1) {
        unsigned word = (unsigned)__builtin_ctzl(words);
        xen_ulong_t bits = pending(s, cpu, word);
        for (; bits != 0; bits &= bits - 1) {
            evtchn_port_t port = word * WORD_BITS + (evtchn_port_t)__builtin_ctzl(bits);
            clear_bit(s->evtchn_pending, port);
            dispatch(cpu, port);
        }
    }
}

void xen_timer_arm(uint64_t ns)
{
    unsigned cpu = this_cpu()->number;
    if (timer_ports[cpu] == 0)
        xen_events_start();
    struct vcpu_set_singleshot_timer t = {.timeout_abs_ns = xen_now() + ns}; /* past: at once */
    hypercall_vcpu(VCPUOP_set_singleshot_timer, cpu, &t);
}
