/* A QEMU that counts what a kernel does, by the plugin of tools/cost.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_COUNTING_H
#define LIMPET_COUNTING_H

#include "base/buf.h"
#include "vm/symbols.h"

#include <stdbool.h>

/* One run. All of it is ours. */
struct counting {
    char *plugin; /* for struct vm_config */
    char *dir, *out;
    struct symbols symbols;
    const char **functions; /* their names, ascending by address: what the plugin counts by */
    size_t count;
};

/* Before a guest is run: image, what QEMU's -kernel gets (or, of ours, is made of); mem_mib, all
 * the guest has; until, as struct vm_job's, the end of the counting; NULL: that of the machine.
 * Returns false with the reason, one sentence without its stop. */
bool counting_begin(struct counting *c, const char *image, unsigned mem_mib, const char *until,
                    struct buf *why);

/* What the plugin wrote (caller frees), or NULL where it wrote nothing. */
char *counting_text(const struct counting *c, size_t *n);
void counting_end(struct counting *c);

#endif
