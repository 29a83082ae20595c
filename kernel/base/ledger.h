/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot ledger: one TSC stamp for each arrow of the boot walk. */
#ifndef KERNEL_LEDGER_H
#define KERNEL_LEDGER_H

#include <stdint.h>

#define LEDGER_MAX 24

struct stamp {
    const char *name; /* what has just been reached */
    uint64_t tsc;
};

extern struct stamp ledger[LEDGER_MAX];
extern unsigned ledger_count;

static inline void ledger_add(const char *name, uint64_t tsc)
{
    if (ledger_count < LEDGER_MAX)
        ledger[ledger_count++] = (struct stamp){name, tsc};
}

#endif
