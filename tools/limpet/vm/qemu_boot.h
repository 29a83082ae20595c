/* How QEMU starts a guest: what its folder holds for that, and the arguments that name it.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_QEMU_BOOT_H
#define LIMPET_QEMU_BOOT_H

#include "vm/vm.h"

/* The machine of a platform: its variant. */
enum qemu_way {
    QEMU_DIRECT, /* microvm; QEMU itself loads the image */
    QEMU_BIOS,   /* pc with SeaBIOS */
    QEMU_UEFI,   /* q35 with OVMF */
    QEMU_LINUX,  /* q35; QEMU loads Linux, for which the image's program is init */
};

/* The doors of each, the usual first. */
extern const char *const qemu_doors[];
extern const char *const qemu_bios_doors[];
extern const char *const qemu_uefi_doors[];
extern const char *const qemu_linux_doors[];

/* Names of files in QEMU's current folder. Zero-initialize, qemu_boot_free() it. */
struct qemu_boot {
    char *image;        /* in its wrapping */
    struct buf modules; /* -initrd's */
    const char *line;   /* the guest's, or that of its Linux */
};

/* What QEMU's -machine is by default. */
const char *qemu_boot_machine(const struct platform *platform);

/* Fills the folder. Returns whether it could; if not, the result is set. */
bool qemu_boot_prepare(const struct vm_config *config, const struct vm_job *job, const char *dir,
                       struct qemu_boot *boot, struct vm_result *result);

/* Adds the arguments that name it, and its line. Pure. */
void qemu_boot_arguments(const struct vm_config *config, const struct qemu_boot *boot,
                         struct args *out);

/* Why a platform's door (NULL: the usual) has no way for a guest's line, or NULL; caller frees.
 * Pure. */
char *qemu_line_trouble(const struct platform *platform, const char *door, const char *line);

/* As struct platform has it. */
const char *qemu_refuse(const struct vm_config *config, const struct args *modules);

/* Has the end of the machine's firmware noted, where it can be seen. A BIOS reads a CD before it
 * begins to boot from it, too, and of -kernel nothing outside is read: there it cannot. Nor by
 * UEFI, which loads the program of -kernel itself and says nothing. */
void qemu_boot_watch(const struct vm_config *config, const char *dir, struct firmware_end *end);

void qemu_boot_free(struct qemu_boot *boot);

#endif
