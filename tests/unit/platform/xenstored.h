/* SPDX-License-Identifier: BSD-2-Clause */
/* The other side of xenstore's ring, for tests of platform/xen/xenstore.c, and Xen around it. */
#ifndef TESTS_XENSTORED_H
#define TESTS_XENSTORED_H

#include "xen/xenstore.c"

#define STORE_PFN  5
#define STORE_PORT 3

static struct xenstore_domain_interface shared;
static bool has_store;
static uint64_t clock_ns;

/* Called when the guest rings. */
static void (*xenstored)(void);

uint64_t xen_hvm_param(uint32_t index)
{
    if (!has_store)
        return 0;
    return index == HVM_PARAM_STORE_PFN      ? STORE_PFN
           : index == HVM_PARAM_STORE_EVTCHN ? STORE_PORT
                                             : 0;
}

void *vm_map_page(uint64_t pa, enum vm_prot prot)
{
    (void)prot;
    return pa == STORE_PFN << 12 ? &shared : NULL;
}

uint64_t xen_now(void) { return clock_ns; }

void xen_clear(evtchn_port_t p) { (void)p; }

/* xenstored has a CPU of its own; when it has nothing to do, only time passes. */
void xen_wait(evtchn_port_t p, uint64_t until)
{
    (void)p;
    uint32_t before = shared.rsp_prod ^ shared.req_cons;
    if (xenstored != NULL)
        xenstored();
    if ((shared.rsp_prod ^ shared.req_cons) == before)
        clock_ns = until;
}

void xen_send(evtchn_port_t p)
{
    if (p == STORE_PORT && xenstored != NULL)
        xenstored();
}

static void xenstored_reset(void (*daemon)(void))
{
    memset(&shared, 0, sizeof shared);
    ring = NULL;
    opened = fired = false;
    has_store = true;
    xenstored = daemon;
}

#endif
