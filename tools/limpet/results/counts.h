/* What was counted of a guest's work, exactly: of a row of a benchmark, a stage of a boot, or all
 * of a run (docs/method.md). SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_COUNTS_H
#define LIMPET_COUNTS_H

#include <stdbool.h>
#include <stddef.h>

enum {
    COUNT_INSTRUCTIONS,
    COUNT_LOADS,
    COUNT_STORES,
    COUNT_PORTS,
    COUNT_MMIO,
    COUNT_CPUID,
    COUNT_MSRS,
    COUNT_PAGES,
    COUNTS
};

/* How each is called: in a file, in tables. */
extern const struct count_kind {
    const char *key, *title;
} count_kinds[COUNTS];

/* Zero-initialize. */
struct counts {
    bool known;
    double v[COUNTS];
    struct function_count {
        char *name; /* "": what lies in no function */
        double n;   /* instructions */
    } * functions;  /* by name */
    size_t n;
};

/* Adds instructions of a function, which need not be there yet. */
void counts_add(struct counts *c, const char *function, double n);

/* Adds another one's. */
void counts_add_all(struct counts *c, const struct counts *more);

struct counts counts_copy(const struct counts *c);
void counts_free(struct counts *c);

#endif
