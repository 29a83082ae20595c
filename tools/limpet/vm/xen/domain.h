/* One Xen domain of ours: made, and ended by its number, whatever its name has become.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_XEN_DOMAIN_H
#define LIMPET_XEN_DOMAIN_H

#include "vm/judge.h"
#include "vm/vm.h"
#include "vm/xen/host.h"

/* The domain and everything that is watched of it. */
struct domain {
    const struct vm_config *config;
    const struct vm_job *job;
    struct vm_result *result;
    char *dir;
    char uuid[XEN_UUID_SIZE];
    char *name; /* when it was made */
    struct xen_host host;
    struct vm_io io;
    struct xen_facts facts;
    struct xen_cpu cpu; /* before it was let go */
    bool cpu_known;
    int id; /* -1: none yet */
    int tty;
    double released; /* when its processor was let go */
    long long released_tsc;
    double looked; /* when its state was last asked */
    bool ended;
};

/* Gives it a UUID and a name that no other has. */
void domain_name(struct domain *d);

/* Writes the configuration and the files that it names. Returns false with the result set. */
bool domain_configure(struct domain *d);

/* xl create, the domain paused. Returns false with the result set; a domain may be there all the
 * same. */
bool domain_create(struct domain *d);

/* Ends the domain, if there is one, and removes what it leaves behind: its entry of owners, its
 * logs. */
void domain_destroy(struct domain *d);

/* Sets the result of a domain that never ran; takes over text. Returns false. */
bool domain_fail(struct domain *d, int status, char *text);

/* The path of a node in the domain's folder of xenstore; caller frees. */
char *domain_node(const struct domain *d, const char *name);

/* Runs xl as proc_run does, but not in vain: without xenstored it waits for ever. */
int xen_xl(struct xen_host *h, char *const argv[], const char *dir, double limit_s, struct buf *out,
           struct buf *err);

/* Ends the domains whose owners were killed before they could. */
void xen_clear_leftovers(struct xen_host *h);

#endif
