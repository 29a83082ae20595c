/* Guests under limpet-vmm, straight on KVM (docs/vmm.md).
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_VMM_H
#define LIMPET_VMM_H

#include "vm/platforms.h"
#include "vm/vm.h"

#define VMM_PROGRAM "limpet-vmm"

vm_run_fn vmm_run;

/* The program, which is beside the tool, or $LIMPET_VMM; caller frees. */
char *vmm_path(void);

/* Its arguments. For vmm_run and tests. */
void vmm_arguments(const struct vm_config *config, const struct vm_job *job, struct args *out);

#endif
