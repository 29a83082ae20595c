/* SPDX-License-Identifier: BSD-2-Clause */
/* The domain's end. */
#include "arch.h"
#include "xen/hypercall.h"
#include "xen/xen.h"
#include "xen/xenstore.h"

static void shut_down(unsigned reason)
{
    struct sched_shutdown s = {.reason = reason};
    if (!xen_has_hypercalls)
        cpu_triple_fault();
    xen_console_drain();
    hypercall_sched(SCHEDOP_shutdown, &s);
}

/* Domain 0 has no xenstore of its own making: there the note goes nowhere. */
void xen_exit(int status)
{
    char digits[] = {(char)('0' + status / 100), (char)('0' + status / 10 % 10),
                     (char)('0' + status % 10), '\0'};
    xenstore_tell("data/limpet/status", digits + (status < 10 ? 2 : status < 100 ? 1 : 0));
    shut_down(SHUTDOWN_poweroff);
}

void xen_crash(void) { shut_down(SHUTDOWN_crash); }
