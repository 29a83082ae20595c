/* SPDX-License-Identifier: BSD-2-Clause */
/* Events that interrupt: whose they are, and what they mean. */
#include "interrupt.h"
#include "lapic.h"
#include "percpu.h"
#include "xen/xen.h"
#include "xen/xenstore.h"

static void dispatch(unsigned cpu, evtchn_port_t port)
{
    if (port == xen_timer_ports[cpu])
        timer_interrupt();
    else if (port == xen_ipi_ports[cpu])
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
    xen_ulong_t mine =
        ~xen_theirs[word]; /* read now: a port's owner is recorded before it can ring */
    if (cpu != 0) {
        const evtchn_port_t ports[] = {xen_timer_ports[cpu], xen_ipi_ports[cpu]};
        mine = 0;
        for (unsigned i = 0; i < 2; i++)
            if (ports[i] / XEN_WORD_BITS == word)
                mine |= 1ul << ports[i] % XEN_WORD_BITS;
    }
    return set & ~s->evtchn_mask[word] & mine;
}

/* Each pending, unmasked port once; one that rings again meanwhile raises the next interrupt. */
void xen_event(void)
{
    struct shared_info *s = xen_shared_info();
    unsigned cpu = this_cpu()->number;
    struct vcpu_info *v = xen_vcpu_info(cpu);

    lapic_eoi();
    __atomic_store_n(&v->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST);
    xen_ulong_t words = __atomic_exchange_n(&v->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
    for (; words != 0; words &= words - 1) {
        unsigned word = (unsigned)__builtin_ctzl(words);
        xen_ulong_t bits = pending(s, cpu, word);
        for (; bits != 0; bits &= bits - 1) {
            evtchn_port_t port = word * XEN_WORD_BITS + (evtchn_port_t)__builtin_ctzl(bits);
            xen_clear_bit(s->evtchn_pending, port);
            dispatch(cpu, port);
        }
    }
}
