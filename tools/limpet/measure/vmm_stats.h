/* What limpet-vmm --stats tells of one guest (docs/vmm.md), as rows of the suite vmm.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_VMM_STATS_H
#define LIMPET_VMM_STATS_H

#include "results/rows.h"

/*
 * Reads what the VMM wrote. Adds to the rows of an app that has one "APP, start to exit": "APP, a
 * vCPU's creation", and "APP, an exit's handling" with every exit that the VMM handled. Where the
 * whole life has no exits yet, it gets those counted here: each reason that came to the VMM, and
 * what KVM handled itself.
 */
void vmm_stats_give(const char *text, size_t n, const char *app, struct rows *rows);

#endif
