/* The hypervisors and what this machine has of them.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_PLATFORMS_H
#define LIMPET_PLATFORMS_H

#include "buf.h"

#include <stdbool.h>

enum offer {
    OFFER_NATIVE,
    OFFER_LAB,   /* not on this machine itself, but in the lab */
    OFFER_NO,    /* something is missing that the user can add */
    OFFER_LATER, /* not supported by this version */
};

struct platform {
    const char *name;  /* "qemu", in options and JSON */
    const char *title; /* "QEMU", in tables */
    bool kvm;          /* QEMU's accelerator; else TCG */
    enum offer (*probe)(
        struct buf *why); /* appends one sentence: what is here, or why not and what to do */
};

/* All platforms in the order of `limpet platforms`; ends with a NULL name. */
extern const struct platform platforms[];

/* NULL when there is none of that name. */
const struct platform *platform_find(const char *name);

/* The platforms of a list "qemu,kvm" or "all" (all that this version supports), in the tables'
 * order (kvm before qemu). Returns how many were written to out (at most max), or -1 with a message
 * on stderr. */
int platform_list(const char *list, const struct platform **out, int max);

/* Does a text in the form of /proc/cpuinfo have this flag ("vmx")? Pure. */
bool cpuinfo_flag(const char *cpuinfo, const char *flag);

/* "model name" of such a text; caller frees. Pure. */
char *cpuinfo_model(const char *cpuinfo);

/* The text of /proc/cpuinfo (caller frees), "" when it cannot be read. */
char *cpuinfo_read(void);

#endif
