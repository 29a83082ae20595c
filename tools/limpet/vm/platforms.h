/* The hypervisors and what this machine has of them.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_PLATFORMS_H
#define LIMPET_PLATFORMS_H

#include "base/buf.h"
#include "vm/vm.h"

#include <stdbool.h>

#define PLATFORMS_MAX 32

enum offer {
    OFFER_NATIVE,
    OFFER_LAB, /* not on this machine itself, but in the lab */
    OFFER_NO,  /* something is missing that the user can add */
};

struct program;

/* In which suites a platform takes part. Where firmware has most of a boot, all else is as on the
 * platform without, and takes so much longer. */
enum attendance {
    ALL_SUITES,
    BOOT_USUALLY, /* in boot; in the others where it is named */
    BOOT_ONLY,    /* has rows for boot alone */
    OWN_USUALLY,  /* in suites that are for it; in the others where it is named */
};

struct platform {
    const char *name;       /* "qemu", in options and JSON */
    const char *title;      /* "QEMU", in tables */
    const char *lab;        /* where it is offered on machines without: "kvm", "xen", or NULL */
    bool hardware;          /* uses hardware virtualization */
    bool optional;          /* no part of "all" where it is not here */
    bool native_in_all;     /* no part of "all" in a lab, whose QEMU may stop with it */
    bool reference;         /* Linux, against which hypervisors are measured; no part of "all" */
    bool process;           /* a process of this machine, in no virtual one */
    bool interpretable;     /* runs, though it is not measured, where KVM interprets instructions */
    enum attendance suites; /* in which it takes part */
    unsigned boots;         /* in the suite boot, by default */
    unsigned column;        /* its place in the tables, 1 to PLATFORMS_MAX from left to right */
    unsigned variant;       /* for run: with Xen, enum xen_way */
    const char *build; /* for run: which QEMU of `limpet lab build qemu-cfi`; NULL: the usual */
    const char *const *doors; /* by which it can start a guest, the usual first; NULL at the end */
    const struct program *program; /* a VMM of others, for run; NULL: there is none */
    enum offer (*probe)(
        struct buf *why); /* appends one sentence: what is here, or why not and what to do */
    vm_run_fn *run;
    /* Why it cannot do what the options ask for, or NULL. The function may be NULL. */
    const char *(*refuse)(const struct vm_config *config, const struct args *modules);
};

/* Does it do what the options ask for? If not, a message. */
bool platform_accepts(const struct platform *platform, const struct vm_config *config,
                      const struct args *modules);

/* All platforms in the order of `limpet platforms`, NULL at the end; each stands at the end of its
 * own file. */
extern const struct platform *const platforms[];

/* NULL when there is none of that name. */
const struct platform *platform_find(const char *name);

/* The platforms of a list "qemu,kvm", in which "all" is what this version supports but references
 * (of the VMMs of others and what is optional those that are here), in the tables' order (kvm
 * before qemu). Returns how many were written to out (at most max), or -1 with a message on stderr.
 */
int platform_list(const char *list, const struct platform **out, int max);

/* Is the name in the list? */
bool platform_in_list(const char *list, const char *name);

/* Is "all" in the list? */
bool platform_list_has_all(const char *list);

/* Every single one, here or not, in the tables' order; out has room for PLATFORMS_MAX. */
int platform_every(const struct platform **out);

/* Leaves those of a list that have a door (doors.h; NULL: all), and says which have not. Returns
 * how many are left, or -1 with a message when none is. */
int doors_keep(const struct platform **list, int count, const char *asked);

#endif
