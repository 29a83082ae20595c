/* Where the time goes before an HVM guest's own code runs: its firmware's words in Xen's log.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_XEN_STAGES_H
#define LIMPET_XEN_STAGES_H

#include "vm/vm.h"

/*
 * Finds a domain's stages in Xen's log, whose lines carry the host's TSC if Xen was started with
 * guest_loglvl=all console_timestamps=raw. Fills at most VM_STAGES with the stamps as they stand
 * there; returns how many. Pure.
 */
unsigned xen_stages(const char *log, int domid, struct vm_stage *stages);

#endif
