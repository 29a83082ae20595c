/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a stub in front of the image (platform/efi) tells it beside the loader's structure: the
 * bytes of a PVH module whose command line is HANDOVER_MODULE.
 */
#ifndef KERNEL_BOOT_HANDOVER_H
#define KERNEL_BOOT_HANDOVER_H

#include <stdint.h>

#define HANDOVER_MODULE "limpet.stub"

struct handover {
    uint64_t stub_tsc;     /* at the stub's first instruction */
} __attribute__((packed)); /* at any address */

#endif
