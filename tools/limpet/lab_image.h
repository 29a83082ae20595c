/* The lab's image and machine (built by tools/lab/build.sh, whose README.md has the contract).
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_LAB_IMAGE_H
#define LIMPET_LAB_IMAGE_H

#include "buf.h"

#define LAB_KERNEL "vmlinux"
#define LAB_INITRD "initrd.cpio"
#define LAB_CMDLINE                                                                                \
    "console=ttyS0 quiet mitigations=off cryptomgr.notests rodata=off tsc=reliable no_timer_check"

/* Absolute path of a file of the image, or of its folder (NULL); caller frees. */
char *lab_image_path(const char *file);

/* Runs the build script, its output on stderr. Returns 0, or a status with a message. */
int lab_build(void);

/* The lab machine's QEMU arguments, up to devices and -append. */
void lab_machine(struct args *out);

#endif
