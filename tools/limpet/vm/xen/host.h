/* What a domain's life asks of Xen's dom0: xenstored, and Xen itself by its own library where that
 * can be loaded, else by its commands.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_XEN_HOST_H
#define LIMPET_XEN_HOST_H

#include "vm/xen/dom0.h"
#include "vm/xen/store.h"

#include <stdbool.h>

enum xen_state { XEN_RUNNING, XEN_SHUT_DOWN, XEN_GONE };

/* What is seen of a domain: filled in as far as its state tells. */
struct xen_seen {
    int reason;  /* enum xen_reason, set for XEN_SHUT_DOWN */
    double mib;  /* the memory it has, set for all but XEN_GONE */
    bool paused; /* by the toolstack, set likewise */
};

struct xen_host {
    struct xen_store store;
    int poll_ms;                                       /* look at the domain at least so often */
    void *private;                                     /* the implementation's */
    int (*find)(struct xen_host *h, const char *uuid); /* a domain's number, or -1 */
    bool (*unpause)(struct xen_host *h, int domid);
    enum xen_state (*state)(struct xen_host *h, int domid, struct xen_seen *seen);
    bool (*cpu)(struct xen_host *h, int domid, struct xen_cpu *cpu); /* false: cannot be told */
    /* Maps the page at a domain's guest-physical address; NULL when it cannot be. */
    void *(*map)(struct xen_host *h, int domid, unsigned long long address);
    void (*unmap)(struct xen_host *h, void *page);
    /* Ends a domain in Xen alone, without the toolstack's clean-up; NULL: that cannot be done. */
    bool (*destroy)(struct xen_host *h, int domid);
    void (*close)(struct xen_host *h); /* not the store; NULL: nothing to do */
};

/* Opens it, the store with a watch on ended domains. Returns NULL, or what is wrong (words to
 * follow "xenstored "). */
const char *xen_host_open(struct xen_host *h);
void xen_host_close(struct xen_host *h);

/* The two implementations, which fill in all but the store. xen_libs_open fails silently where
 * there is no library. */
bool xen_libs_open(struct xen_host *h);
void xen_tools_open(struct xen_host *h);

/* Reads a domain's line of `xl list -v`. Pure. */
enum xen_state xen_list_state(const char *listing, int domid, struct xen_seen *seen);

/* The number of the domain with this UUID in `xl list -v`, or -1. Pure. */
int xen_list_find(const char *listing, const char *uuid);

#endif
