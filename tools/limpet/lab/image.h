/* The lab's image and machines (built by tools/lab/build.sh, whose README.md has the contract).
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_LAB_IMAGE_H
#define LIMPET_LAB_IMAGE_H

#include "base/buf.h"

#include <stdbool.h>

/* Is the image of a lab ("kvm", "xen") there? One of an older version does not count. */
bool lab_is_built(const char *lab);

/* A file of those that the image is built by; caller frees. */
char *lab_source_path(const char *file);

/* A build of the image in use: a folder that nobody changes, and no later build removes. */
struct lab_image {
    char *dir; /* absolute; NULL: none */
    int lock;  /* the folder, locked; it ends with us */
};

/* Takes the image into use. Returns 0, or ST_LAB with a message when it is damaged. */
int lab_image_use(const char *lab, struct lab_image *image);
void lab_image_release(struct lab_image *image);

/* What is wrong with an image in a folder, or NULL; caller frees. Its files' sums are made only
 * when one of them has changed since. */
char *lab_image_trouble(const char *dir);

/* Runs the build script, its output on stderr. Returns 0, or a status with a message. */
int lab_build(void);

/* Likewise the one that builds QEMU, plain, with LTO, and with CFI. */
int lab_build_qemu(void);

/* Runs a command with our stdin, stdout and stderr to its end; it dies with us. In the background
 * it is a process group of its own that writes to stderr only, so that an interruption ends all of
 * it. dir: its folder, or NULL for ours. Returns its wait status, or -1. */
int lab_run_here(char *const argv[], const char *dir, bool background);

/* Does the lab's machine use this machine's KVM? Else it is emulated, virtualization and all.
 * $LIMPET_LAB_ACCEL decides (kvm, tcg), or whether KVM is here and lets its guests virtualize. */
bool lab_uses_kvm(void);

/* The arguments of a lab's QEMU: its own of the file LAB.args, the processor, and what a job and a
 * shell have in common. append: added to the Linux command line. dir: QEMU's folder, into which a
 * link to the image in use is put. Returns 0, or -1 with a message. */
int lab_machine(const char *lab, const struct lab_image *image, const char *append, const char *dir,
                struct args *out);

/* One line of LAB.args with @DIR@ and @APPEND@ replaced; caller frees. Pure. */
char *lab_argument(const char *line, const char *dir, const char *append);

#endif
