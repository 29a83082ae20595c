/* Where this tool runs: on a machine itself, or in one of its own labs.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_PLACE_H
#define LIMPET_PLACE_H

#include <stdbool.h>

#define LAB_SCRIPT  "build.sh"    /* builds the lab's image */
#define QEMU_SCRIPT "qemu-cfi.sh" /* builds QEMU, three times */

/* What the environment says; NULL where it says nothing. */
struct place {
    const char *lab;         /* LIMPET_LAB: the lab that we run in, "kvm" or "xen" */
    int nesting;             /* LIMPET_NESTING: hypervisors below us that use hardware for it */
    const char *emulated_by; /* LIMPET_EMULATED: by what that hardware is, when it is none */
    const char *lab_accel;   /* LIMPET_LAB_ACCEL: "kvm" or "tcg" for the lab's own machine */
    const char *lab_open;    /* LIMPET_LAB_OPEN: LAB:FOLDER, what `limpet lab open` has open */
    const char *lab_dir;     /* LIMPET_LAB_DIR: the folder with the lab's build.sh */
    const char *apps;        /* LIMPET_APPS: the folder of the images */
    const char *vmm;         /* LIMPET_VMM: the limpet-vmm to use */
    const char *gdb;         /* LIMPET_GDB: in a lab, the port to a debugger outside of it */
    const char *ovmf_code;   /* LIMPET_OVMF_CODE, LIMPET_OVMF_VARS: the UEFI for QEMU's PCs */
    const char *ovmf_vars;
    const char *linux_kernel; /* LIMPET_LINUX: the kernel of Linux guests */
    const char *cache; /* the user's folder for what can be made again: XDG_CACHE_HOME, or .cache in
                        * HOME, or in the home that the user database tells */
};

/* Reads it at the first call. */
const struct place *place(void);

/* Installed, the tool has the lab's recipe beside it, and its own folder is not the user's. */
bool place_is_installed(void);

/* Absolute path of a file of the lab's image, or of its folder (NULL), which need not be there: in
 * build/, or, of an installed tool, in the user's cache folder; caller frees. */
char *place_lab_image(const char *file);

/* Likewise a build of QEMU, "plain", "lto" or "cfi", or the folder of all (NULL); caller frees. */
char *place_qemu_build(const char *name);

#endif
