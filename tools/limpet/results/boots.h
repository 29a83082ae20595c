/* A platform's boots, each of several stages.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_BOOTS_H
#define LIMPET_BOOTS_H

#include "results/results.h"

#define BOOT_STAGES 40 /* most */

/* Whose a stage's time is. */
enum boot_phase {
    BOOT_VMM,      /* the VMM's, or the toolstack's: until the processor is let go */
    BOOT_FIRMWARE, /* until the last thing that it was heard to do */
    BOOT_LOADER,   /* from there to the image's first instruction, or its stub's */
    BOOT_UNTOLD,   /* from the processor's start to the image, where nothing tells these apart */
    BOOT_STUB,     /* from the stub's first instruction to the image's */
    BOOT_IMAGE,    /* from the image's door to main() */
    BOOT_MAIN,     /* from main() to its last line */
    BOOT_END,      /* until the machine is gone */
    BOOT_PHASES,
};

/* The boot that stands for all of a platform, stage by stage: that with the median of all lengths,
 * of an even number the shorter one. */
struct boot_stages {
    const char *why;    /* there are none, or NULL (static); "" when there were no boots */
    size_t boots, boot; /* how many; the index of this one */
    double total_ms, sum_ms, sum_share;
    size_t count, longest; /* stages; the index of the longest */
    struct boot_stage {
        const char *name;
        double ms, share; /* of the total */
        enum boot_phase phase;
    } v[BOOT_STAGES];
    double phase_ms[BOOT_PHASES];
    bool has[BOOT_PHASES]; /* a stage of that phase? */
    bool apart; /* the clocks were not joined: UNTOLD, or LOADER, has main to first byte, too */
};

/* Returns false when the platform has no boot time line. */
bool boots_stages(const struct result *result, const char *platform, struct boot_stages *out);

#endif
