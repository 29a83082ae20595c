/* What a domain's life asks of Xen's dom0: the store, and the library or the commands.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/xen/host.h"

const char *xen_host_open(struct xen_host *h)
{
    const char *trouble;

    *h = (struct xen_host){0};
    trouble = xen_store_open(&h->store);
    if (!trouble && !xen_libs_open(h))
        xen_tools_open(h);
    if (!trouble && !xen_store_watch(&h->store, "@releaseDomain")) {
        xen_host_close(h);
        trouble = "does not answer";
    }
    return trouble;
}

void xen_host_close(struct xen_host *h)
{
    if (h->close)
        h->close(h);
    xen_store_close(&h->store);
}
