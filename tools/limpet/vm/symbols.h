/* The symbols of an ELF file, as its linker left them: of any kernel, not of ours alone
 * (functions.h has the table that only our images have). SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_SYMBOLS_H
#define LIMPET_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbol {
    uint64_t at;
    const char *name; /* into names */
    bool code;        /* it lies in a section that is executed */
};

/* By address. All of it is ours. */
struct symbols {
    char *names;
    struct symbol *v;
    size_t n;
    uint64_t entry; /* physical address of the ELF header's entry; 0: there is none */
};

/* Reads a file's bytes. False: no 64-bit ELF file, or damaged; s is then empty. One without symbols
 * has none. Pure but for memory. */
bool symbols_parse(const void *data, size_t n, struct symbols *s);
void symbols_free(struct symbols *s);

/* NULL when there is none of that name. */
const struct symbol *symbols_find(const struct symbols *s, const char *name);

#endif
