/* Which lines of a guest ran: the .gcda files that it told (kernel/observe/observe.h), added to
 * those that stand beside its objects, as gcov and lcov expect.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_COVERAGE_H
#define LIMPET_COVERAGE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct coverage_file {
    char *path; /* as the compiler wrote it into the object */
    struct buf bytes;
    bool whole; /* as many as the guest says */
};

/* Zero-initialize, take lines, write, free. */
struct coverage {
    struct coverage_file *files;
    size_t n;
    bool damaged; /* a line was none */
};

/* Takes a line, without "LIMPET: coverage ". */
void coverage_take(struct coverage *c, const char *line);

/*
 * Adds the counts to the files (gcov-tool merge), or makes them. A guest names what is written
 * here: so only NAME.gcda beside a NAME.gcno of the same compilation is. Returns 0, or -1 with a
 * message when something could not be.
 */
int coverage_write(struct coverage *c);
void coverage_free(struct coverage *c);

#endif
