/* Guests as Xen domains, by xl. The room uses vm/ and what is below it.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_XEN_H
#define LIMPET_XEN_H

#include "vm/platforms.h"
#include "vm/vm.h"

/* Runs a guest as a domain of its own, in the way that its platform's variant says (xen_config.h).
 */
vm_run_fn xen_run;

#endif
