/* Any kernel's boots under QEMU, timed to a line of its console, beside hello's.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_KERNEL_BOOT_H
#define LIMPET_KERNEL_BOOT_H

#include "base/buf.h"
#include "base/sha256.h"
#include "results/results.h"
#include "vm/vm.h"

/* What is to be booted, and how often. */
struct kernel_boot_plan {
    struct vm_config vm;
    const char *image, *initrd, *append, *until; /* but for the image NULL where none was given */
    unsigned runs;
};

/* What boots: the kernel, and hello. */
struct subject {
    char *what;         /* in the table */
    const char *prefix; /* of its rows' names in the result */
    const char *until;  /* "": the first byte */
    struct vm_config config;
    char *image, *line; /* absolute path; arguments */
    char sha256[SHA256_HEX_SIZE];
    struct args modules;
    struct facts *run;
    struct rows rows;
    struct vm_result last;
    struct buf tail; /* the last boot's console, its end */
    unsigned boots;
    bool failed; /* last tells why */
};

#define SUBJECTS 3
struct kernel_boot {
    const struct kernel_boot_plan *plan;
    char *dir; /* for a made initrd */
    struct subject subjects[SUBJECTS];
    int count;
};

/* Reads the kernel, and finds hello and an initrd. Returns 0, or a status with a message; free it
 * in both cases. */
int kernel_boot_prepare(struct kernel_boot *b, const struct kernel_boot_plan *plan);

/* All rounds, each in another order. Ends early when the kernel fails; hello may. */
void kernel_boot_measure(struct kernel_boot *b, const struct platform *platform,
                         unsigned long long seed);

/* Makes figures of the rows. */
void kernel_boot_finish(struct kernel_boot *b);

/* Adds all that was measured to a result. */
void kernel_boot_result(struct kernel_boot *b, struct result *result);

void kernel_boot_free(struct kernel_boot *b);

#endif
