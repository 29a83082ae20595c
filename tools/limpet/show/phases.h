/* The boots of all platforms, phase by phase: one table, and what the page draws of it.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_PHASES_H
#define LIMPET_PHASES_H

#include "results/boots.h"
#include "results/estimate.h"
#include "show/view.h"

/* One platform's boot, the middle one. */
struct phase_line {
    struct column column;
    const struct facts *run;
    const char *door;  /* how the image came in, or "" */
    const char *file;  /* whose result it is, where the title would not tell, or NULL */
    const char *where; /* "native", "KVM lab": boots of one place compare with each other */
    bool emulated;     /* what they ran on was imitated */
    struct boot_stages boots;
    struct estimate median; /* of all its boots, from start to exit */
};

/* Those of one place stand together. */
#define PHASE_LINES 40
struct phase_list {
    struct phase_line v[PHASE_LINES];
    int count;
};

/* "firmware"; a phase has its letter, too, where there is no room for the word. */
extern const struct phase_words {
    const char *letter, *title, *what;
} phase_words[BOOT_PHASES];

/* Where a platform's run was: "native", "KVM lab". Static storage. */
const char *phase_where(const struct facts *run, const char *platform);

/* Finds all boots of some results that have stages. */
void phases_find(const struct view *views, size_t count, struct phase_list *list);

/* Were they measured on the same machine, as far as they tell? */
bool phases_compare(const struct view *views, size_t count);

/* "QEMU-UEFI, efi": a platform, its door if it has several, the file where two are alike. */
void phase_title(const struct phase_line *line, struct buf *out);

/* A length in milliseconds to three digits: as table and drawing have it. */
void phase_ms(double ms, struct buf *out);

#endif
