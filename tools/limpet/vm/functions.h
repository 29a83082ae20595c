/* The functions of an image, by address.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_FUNCTIONS_H
#define LIMPET_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of the table that limpet-cc puts into every image, stripped or not. All of it is ours. */
struct functions {
    char *names;       /* one after the other */
    const char **name; /* of each, into names */
    uint32_t *at;      /* where each begins, ascending */
    size_t n;
};

/* Reads an image's bytes. False: there is no such table, or it is damaged; f is then empty. */
bool functions_parse(const void *data, size_t n, struct functions *f);

/* The same of a file. */
bool functions_load(const char *path, struct functions *f);
void functions_free(struct functions *f);

/* Which of them an address lies in: its index, or n when it lies below all. */
size_t functions_find(const struct functions *f, uint64_t address);

#endif
