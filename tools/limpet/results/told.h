/* Files that a guest tells on its console, in lines behind LIMPET: coverage or LIMPET: fetch
 * (kernel/observe/observe.h, kernel/sys/fetch.h).
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_TOLD_H
#define LIMPET_TOLD_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOLD_MAX (1u << 30) /* bytes of a file */

struct told_file {
    enum { TOLD_FILE, TOLD_FOLDER, TOLD_NONE } kind; /* NONE: the guest has no such file */
    char *path;                                      /* as the guest names it */
    struct buf bytes;
    unsigned mode; /* permissions, when they are told */
    bool whole;    /* as many bytes as the guest says */
};

/* Zero-initialize, take lines, free. */
struct told {
    struct told_file *files;
    size_t n;
    bool damaged; /* a line was none */
    bool done;    /* the guest says that this was all */
};

/* Takes a line, without "LIMPET: coverage " or "LIMPET: fetch ". */
void told_take(struct told *t, const char *line);
void told_free(struct told *t);

#endif
