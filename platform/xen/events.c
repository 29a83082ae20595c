/* SPDX-License-Identifier: BSD-2-Clause */
/* Event channels: xen/event_channel.h, the two-level ABI of xen/xen.h. */
#include "xen/hypercall.h"
#include "xen/xen.h"

void xen_send(evtchn_port_t port)
{
    struct evtchn_send send = {.port = port};
    hypercall_evtchn(EVTCHNOP_send, &send);
}

void xen_clear(evtchn_port_t port) { xen_clear_bit(xen_shared_info()->evtchn_pending, port); }

void xen_mask(evtchn_port_t port)
{
    __atomic_or_fetch(&xen_shared_info()->evtchn_mask[port / XEN_WORD_BITS],
                      1ul << port % XEN_WORD_BITS, __ATOMIC_SEQ_CST);
}

void xen_unmask(evtchn_port_t port)
{
    struct evtchn_unmask unmask = {.port = port};
    __atomic_or_fetch(&xen_shared_info()->evtchn_pending[port / XEN_WORD_BITS],
                      1ul << port % XEN_WORD_BITS, __ATOMIC_SEQ_CST);
    xen_mask(port); /* Xen raises what it finds pending of what was masked */
    hypercall_evtchn(EVTCHNOP_unmask, &unmask);
}

void xen_wait(evtchn_port_t port, uint64_t until)
{
    struct sched_poll poll = {.nr_ports = 1, .timeout = until};
    set_xen_guest_handle(poll.ports, &port);
    hypercall_sched(SCHEDOP_poll, &poll);
}
