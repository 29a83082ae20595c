/* Guests under QEMU, with KVM or without.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_QEMU_H
#define LIMPET_QEMU_H

#include "vm/platforms.h"
#include "vm/qemu_boot.h"
#include "vm/vm.h"

#define QEMU_DEFAULT "qemu-system-x86_64"
#define QEMU_DEFAULT_MACHINE                                                                       \
    "microvm,rtc=off,pit=off,pic=off,acpi=off,x-option-roms=off,auto-kernel-cmdline=off"

/* The program: the one that is asked for, or the platform's own; caller frees. */
char *qemu_program(const struct vm_config *config);

/* Runs a guest under QEMU: with KVM when its platform uses hardware virtualization, else TCG. */
vm_run_fn qemu_run;

/* QEMU's arguments. For qemu_run and tests. Pure. */
void qemu_arguments(const struct vm_config *config, const struct qemu_boot *boot, struct args *out);

#endif
