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

/* What was before all that has a stamp yet. */
static inline void ledger_add_first(const char *name, uint64_t tsc)
{
    ledger_add(name, tsc);
    for (unsigned i = ledger_count - 1; i > 0; i--)
        ledger[i] = ledger[i - 1];
    ledger[0] = (struct stamp){name, tsc};
}

#endif
