/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Event channels (xen/event_channel.h, the two-level ABI of xen/xen.h) and Xen's one-shot timer,
 * which rings on one. Nothing is set up before something waits for an event.
 */
#include "arch.h"
#include "cpu.h"
#include "hypercall.h"
#include "panic.h"
#include "sched.h"
#include "xen.h"
#include "xenstore.h"
#include <signal.h>
#include <unistd.h>

#define WORD_BITS 64

static enum xen_upcall upcall;
static evtchn_port_t timer_port; /* 0: not set up; no port has that number */

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

void xen_wait(evtchn_port_t port, uint64_t until)
{
    struct sched_poll poll = {.nr_ports = 1, .timeout = until};
    set_xen_guest_handle(poll.ports, &port);
    hypercall_sched(SCHEDOP_poll, &poll);
}

void xen_upcall_by(enum xen_upcall how) { upcall = how; }

static long set_upcall(void)
{
    if (upcall == UPCALL_PER_VCPU) {
        struct xen_hvm_evtchn_upcall_vector v = {.vcpu = 0, .vector = VECTOR_EVENT};
        lapic_init(); /* it delivers the vector, and wants its end told */
        return hypercall_hvm(HVMOP_set_evtchn_upcall_vector, &v);
    }
    struct xen_hvm_param p = {.domid = DOMID_SELF,
                              .index = HVM_PARAM_CALLBACK_IRQ,
                              .value =
                                  (uint64_t)HVM_PARAM_CALLBACK_TYPE_VECTOR << 56 | VECTOR_EVENT};
    return hypercall_hvm(HVMOP_set_param, &p);
}

/* `xl shutdown`: as a process ends by SIGTERM. */
static void shutdown_wanted(void) { _exit(128 + SIGTERM); }

static void start_events(void)
{
    struct evtchn_bind_virq bind = {.virq = VIRQ_TIMER, .vcpu = 0};
    xen_shared_info();
    long error = set_upcall();
    if (error == 0)
        error = hypercall_evtchn(EVTCHNOP_bind_virq, &bind);
    if (error != 0)
        panic("Xen gives no timer events (error %ld).", error);
    timer_port = bind.port;
    xenstore_watch_shutdown(shutdown_wanted);
}

static void dispatch(evtchn_port_t port)
{
    if (port == timer_port)
        timer_interrupt();
    else
        xenstore_event(port);
}

/* Each pending, unmasked port once; one that rings again meanwhile raises the next interrupt. */
void xen_event(void)
{
    struct shared_info *s = xen_shared_info();
    struct vcpu_info *v = &s->vcpu_info[0];

    if (upcall == UPCALL_PER_VCPU)
        lapic_eoi();
    __atomic_store_n(&v->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST);
    xen_ulong_t words = __atomic_exchange_n(&v->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
    for (; words != 0; words &= words - 1) {
        unsigned word = (unsigned)__builtin_ctzl(words);
        xen_ulong_t bits = s->evtchn_pending[word] & ~s->evtchn_mask[word];
        for (; bits != 0; bits &= bits - 1) {
            evtchn_port_t port = word * WORD_BITS + (evtchn_port_t)__builtin_ctzl(bits);
            clear_bit(s->evtchn_pending, port);
            dispatch(port);
        }
    }
}

void xen_timer_arm(uint64_t ns)
{
    if (timer_port == 0)
        start_events();
    struct vcpu_set_singleshot_timer t = {.timeout_abs_ns = xen_now() + ns}; /* past: at once */
    hypercall_vcpu(VCPUOP_set_singleshot_timer, 0, &t);
}
