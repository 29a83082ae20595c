/* SPDX-License-Identifier: BSD-2-Clause */
/* What Xen gives to guests without and with a device model alike: xen-pvh and xen-hvm use it. */
#ifndef PLATFORM_XEN_XEN_H
#define PLATFORM_XEN_XEN_H

#include "base/cpus.h"
#include "base/platform.h"
#include "xen/public.h"

/* xen.c: is this Xen? signature as in struct platform; also when Xen hides behind Viridian's. */
bool xen_is_here(const char *signature);

/* From here on there are hypercalls. Asks for the memory map where the loader gave none. */
void xen_init(struct boot_info *info);
extern bool xen_has_hypercalls;

/* An HVM parameter (xen/hvm/params.h); 0 when Xen does not give it. */
uint64_t xen_hvm_param(uint32_t index);

/* The shared info page, mapped at its first use. */
struct shared_info *xen_shared_info(void);

/* Nanoseconds on Xen's own clock, which began when Xen did. */
uint64_t xen_now(void);

/* struct platform's: Xen's clocks. */
extern clock_source_fn *const xen_clocks[];
uint64_t xen_wall_ns(void);

/* A CPU's part of the shared page, once it has begun to run; smp.c makes those of CPUs beyond. */
struct vcpu_info *xen_vcpu_info(unsigned number);
extern struct vcpu_info *xen_more_vcpus;

/* events.c: event channels. A set of ports is an array of words. */
#define XEN_WORD_BITS 64
static inline void xen_clear_bit(xen_ulong_t *words, evtchn_port_t port)
{
    __atomic_and_fetch(&words[port / XEN_WORD_BITS], ~(1ul << port % XEN_WORD_BITS),
                       __ATOMIC_SEQ_CST);
}

void xen_send(evtchn_port_t port);

/* Before looking at what a port announces: what it announced so far is taken note of. */
void xen_clear(evtchn_port_t port);

/* No interrupt by it any more: on no CPU xen_event() takes what xen_wait() waits for. */
void xen_mask(evtchn_port_t port);

/* By interrupts again, and one at once: whatever was announced meanwhile was maybe cleared. */
void xen_unmask(evtchn_port_t port);

/*
 * Sleeps, the whole vCPU, until the port is notified, was since xen_clear(), or the time
 * (xen_now()) has come. The port is masked, or interrupts are off and this is the CPU that takes
 * it.
 */
void xen_wait(evtchn_port_t port, uint64_t until);

/*
 * upcall.c: by CPU, the ports of its timer and of other CPUs' words to it; 0: not set up, as no
 * port has that number. The ports of CPUs other than the first, which has all others; words are
 * shared.
 */
extern evtchn_port_t xen_timer_ports[CPUS_MAX], xen_ipi_ports[CPUS_MAX];
extern xen_ulong_t xen_theirs[];
void xen_events_start(void); /* the boot CPU's, if nothing has needed them yet */
void xen_cpu_init(unsigned number);
void xen_ipi(unsigned number);
void xen_timer_arm(uint64_t ns);

/* dispatch.c: struct platform's event(). */
void xen_event(void);

/* smp.c: struct platform's about other CPUs, by hypercall. */
unsigned xen_cpus(void);
void xen_cpus_start(unsigned n);
void xen_relax(void);

/* end.c: the domain's. */
void xen_exit(int status);
void xen_crash(void);

/* console.c: the PV console's ring; without one, the emergency console. */
void xen_console_write(const char *text, size_t n);
long xen_console_read(char *buf, size_t n);
bool xen_console_listen(void);
void xen_console_event(evtchn_port_t rung); /* a port rang, maybe the console's */
void xen_console_drain(void); /* waits until the other side has read all, at most a second */

/* What is the same in both struct platforms. */
#define XEN_PLATFORM                                                                               \
    .console_write = xen_console_write, .console_read = xen_console_read,                          \
    .console_listen = xen_console_listen, .clocks = xen_clocks, .wall_ns = xen_wall_ns,            \
    .event = xen_event, .timer_arm = xen_timer_arm, .cpus = xen_cpus,                              \
    .cpus_start = xen_cpus_start, .cpu_init = xen_cpu_init, .ipi = xen_ipi, .relax = xen_relax,    \
    .exit = xen_exit, .crash = xen_crash

#endif
