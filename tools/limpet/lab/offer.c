/* What a platform is here, counting the lab, and whether the lab has room for a guest.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/file.h"
#include "host/host.h"
#include "host/place.h"
#include "lab/image.h"
#include "lab/lab.h"

#include <stdlib.h>
#include <string.h>

enum offer lab_offer(const struct platform *p, struct buf *why)
{
    enum offer offer = p->probe(why);

    if (offer != OFFER_LAB)
        return offer;
    if (place()->lab)
        return OFFER_NO;
    buf_str(why, p->interpretable && kvm_interprets()
                     ? "; bench uses the lab, and run this KVM unless it is given --lab"
                     : "; using the lab");
    if (!lab_is_built(p->lab))
        buf_printf(why, " (not built yet: limpet lab build %s)", p->lab);
    return OFFER_LAB;
}

/* How many MiB a lab has for its guests, whether it is built or not; 0: not known. */
static unsigned lab_guest_mib(const char *lab)
{
    char *name = xasprintf("%s.args", lab);
    char *path = lab_is_built(lab) ? place_lab_image(name) : lab_source_path(name);
    unsigned all = 0, dom0 = 0;
    const char *at;
    size_t n = 0;
    char *text = file_read(path, 1 << 20, &n);

    if (text && (at = strstr(text, "\n-m\n")))
        all = (unsigned)strtoul(at + 4, NULL, 10);
    if (text && (at = strstr(text, " dom0_mem=")))
        dom0 = (unsigned)strtoul(at + 10, NULL, 10);
    free(text);
    free(path);
    free(name);
    return dom0 < all ? all - dom0 : 0;
}

char *lab_memory_trouble(const char *lab, unsigned mem_mib)
{
    unsigned room = lab_guest_mib(lab);

    return room && mem_mib >= room
               ? xasprintf("--mem=%u is more than the %s lab has for its guests, less than %u MiB",
                           mem_mib, lab, room)
               : NULL;
}
