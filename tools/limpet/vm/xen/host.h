/* What a domain's life asks of Xen's dom0: xenstored, and Xen itself by its own library where that
 * can be loaded, else by its commands.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_XEN_HOST_H
#define LIMPET_XEN_HOST_H

#include "vm/xen/store.h"

#include <stdbool.h>

enum xen_state { XEN_RUNNING, XEN_SHUT_DOWN, XEN_GONE };

/* What is seen of a domain: filled in as far as its state tells. */
struct xen_seen {
    int reason;  /* enum xen_reason, set for XEN_SHUT_DOWN */
    double mib;  /* the memory it has, set for all but XEN_GONE */
    bool paused; /* by the toolstack, set likewise */
};

/* A processor of a domain, stopped for a moment. */
struct xen_cpu {
    long long tsc, rip, rbx;
    long long before, after; /* our own time stamps around the look */
    double took_s;           /* the look */
};

#define XEN_UUID_SIZE 37 /* of the text "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" */

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

/* What is known to be wrong with xenconsoled (words to follow its name), or NULL. */
const char *xen_consoled_trouble(void);

/* Whether this system is Xen's dom0 (Xen is there, and we are its control domain). */
bool xen_is_dom0(void);

/* The version of the Xen below us ("4.17.5"), or NULL; caller frees. The short one is "4.17". */
char *xen_version(bool is_short);

/*
 * Gives a guest that has not run yet a command line, as the domain builder does for PVH guests
 * only: in its struct hvm_start_info, which is at address & 4095 in the page, and the page's free
 * end. False when that cannot be. Pure.
 */
#define XEN_PAGE 4096
bool xen_put_line(void *page, unsigned long long address, const char *line);

/* Finds tsc, rip and rbx of processor 0 in a domain's saved context (HVM or PVH). Pure. */
bool xen_context_cpu(const void *context, unsigned long n, struct xen_cpu *cpu);

/* Reads a domain's line of `xl list -v`. Pure. */
enum xen_state xen_list_state(const char *listing, int domid, struct xen_seen *seen);

/* The number of the domain with this UUID in `xl list -v`, or -1. Pure. */
int xen_list_find(const char *listing, const char *uuid);

/* The text of a UUID of 16 bytes. Pure. */
void xen_uuid_text(const unsigned char uuid[16], char text[XEN_UUID_SIZE]);

#endif
