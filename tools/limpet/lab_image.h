/* The lab's image and machines (built by tools/lab/build.sh, whose README.md has the contract).
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_LAB_IMAGE_H
#define LIMPET_LAB_IMAGE_H

#include "buf.h"

#include <stdbool.h>

/* Absolute path of a file of the image, or of its folder (NULL); caller frees. */
char *lab_image_path(const char *file);

/* Runs the build script, its output on stderr. Returns 0, or a status with a message. */
int lab_build(void);

/* Does the lab's machine use this machine's KVM? Else it is emulated, virtualization and all.
 * $LIMPET_LAB_ACCEL decides (kvm, tcg), or whether KVM is here and lets its guests virtualize. */
bool lab_uses_kvm(void);

/* The arguments of a lab's QEMU: its own of the file LAB.args, the processor, and what a job and a
 * shell have in common. append: added to the Linux command line. dir: QEMU's folder, into which a
 * link to the image is put. Returns 0, or -1 with a message. */
int lab_machine(const char *lab, const char *append, const char *dir, struct args *out);

/* One line of LAB.args with @DIR@ and @APPEND@ replaced; caller frees. Pure. */
char *lab_argument(const char *line, const char *dir, const char *append);

#endif
