/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PV console: a page shared with xenconsoled in domain 0 (xen/io/console.h), two rings in it.
 * A domain without one (domain 0 itself) has the emergency console, a hypercall, which Xen shows
 * for domain 0 and, in debug builds, for others.
 */
#include "cpu.h"
#include "xen/hypercall.h"
#include "sys/input.h"
#include "base/lock.h"
#include "mm/vm.h"
#include "xen/xen.h"
#include <string.h>

#define PATIENCE 1000000000ull /* ns that the other side may take to read anything at all */

static struct xencons_interface *ring; /* NULL: there is none, or nobody has looked yet */
static evtchn_port_t port;
static bool opened, listening;
static struct lock lock;

static void open_ring(void)
{
    uint64_t pfn = xen_hvm_param(HVM_PARAM_CONSOLE_PFN);
    opened = true;
    port = (evtchn_port_t)xen_hvm_param(HVM_PARAM_CONSOLE_EVTCHN);
    if (pfn != 0 && port != 0)
        ring = vm_map_page(pfn << 12, VM_RW);
}

/* How much of what was written the other side has not read. */
static uint32_t unread(void)
{
    return ring->out_prod - __atomic_load_n(&ring->out_cons, __ATOMIC_ACQUIRE);
}

/* Waits until at most n bytes are unread; false when the other side has stopped reading. */
static bool wait_masked(uint32_t n)
{
    while (unread() > n) {
        uint32_t before = unread();
        uint64_t until = xen_now() + PATIENCE;
        for (xen_clear(port); unread() == before; xen_clear(port)) {
            if (xen_now() >= until)
                return false;
            xen_wait(port, until);
        }
    }
    return true;
}

/* The same, without an interrupt for each look of the other side. */
static bool wait_for(uint32_t n)
{
    if (unread() <= n)
        return true;
    xen_mask(port);
    bool done = wait_masked(n);
    if (listening)
        xen_unmask(port);
    return done;
}

/* As much as there is room for. Returns how much that was. */
static size_t put(const char *text, size_t n)
{
    uint32_t prod = ring->out_prod, room = (uint32_t)sizeof ring->out - unread();
    uint32_t at = MASK_XENCONS_IDX(prod, ring->out);
    size_t chunk = n < room ? n : room, first = sizeof ring->out - at;
    if (room > sizeof ring->out)
        return 0; /* the other side's index is nonsense */
    if (first > chunk)
        first = chunk;
    memcpy(ring->out + at, text, first);
    memcpy(ring->out, text + first, chunk - first);
    __atomic_store_n(&ring->out_prod, prod + (uint32_t)chunk, __ATOMIC_RELEASE);
    return chunk;
}

void xen_console_write(const char *text, size_t n)
{
    unsigned long flags = lock_take(&lock);
    if (!xen_has_hypercalls) {
        outsb(XEN_HVM_DEBUGCONS_IOPORT, text, n);
        n = 0;
    } else if (!opened) {
        open_ring();
    }
    if (ring == 0 && n > 0)
        hypercall_console(CONSOLEIO_write, n, text);
    while (ring != 0 && n > 0) {
        size_t done = put(text, n);
        text += done;
        n -= done;
        if (done != 0)
            xen_send(port);
        if (n > 0 && !wait_for(sizeof ring->out / 2))
            break; /* lost: nobody reads */
    }
    lock_drop(&lock, flags);
}

long xen_console_read(char *buf, size_t n)
{
    unsigned long flags = lock_take(&lock);
    if (!opened)
        open_ring();
    uint32_t cons = ring != 0 ? ring->in_cons : 0, there = 0;
    if (ring != 0)
        there = __atomic_load_n(&ring->in_prod, __ATOMIC_ACQUIRE) - cons;
    if (there > sizeof ring->in)
        there = 0; /* the other side's index is nonsense */
    size_t got = n < there ? n : there;
    for (size_t i = 0; i < got; i++)
        buf[i] = ring->in[MASK_XENCONS_IDX(cons + (uint32_t)i, ring->in)];
    if (got > 0) {
        __atomic_store_n(&ring->in_cons, cons + (uint32_t)got, __ATOMIC_SEQ_CST);
        if (ring->in_cons == __atomic_load_n(&ring->in_prod, __ATOMIC_SEQ_CST))
            xen_send(port); /* all is read: more may wait; xenconsoled limits our event rate */
    }
    lock_drop(&lock, flags);
    return (long)got;
}

bool xen_console_listen(void)
{
    unsigned long flags = interrupts_save();
    xen_events_start();
    interrupts_restore(flags);
    flags = lock_take(&lock);
    if (!opened)
        open_ring();
    listening = ring != 0;
    if (listening)
        xen_unmask(port);
    lock_drop(&lock, flags);
    return listening;
}

void xen_console_event(evtchn_port_t rung)
{
    if (listening && rung == port)
        input_arrived();
}

void xen_console_drain(void)
{
    unsigned long flags = lock_take(&lock);
    if (ring != 0)
        wait_for(0);
    lock_drop(&lock, flags);
}
