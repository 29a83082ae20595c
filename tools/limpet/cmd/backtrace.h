/* A panic's backtrace on a guest's console, by files and lines.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_BACKTRACE_H
#define LIMPET_BACKTRACE_H

#include "vm/console.h"

#include <stdint.h>

#define BACKTRACE_MAX 64 /* the kernel prints 33 at most */

struct backtrace {
    struct console_listener rest; /* hears everything */
    const char *image;            /* its ELF file; borrowed */
    uint64_t places[BACKTRACE_MAX];
    unsigned count;
    enum { NO_BACKTRACE, IN_BACKTRACE, AFTER_BACKTRACE } state;
};

/* A listener for a console. Behind the panic's last line it has the functions, files and lines of
 * its backtrace written on stderr: as far as the image has debug information, and addr2line (of
 * binutils) is here; else nothing. rest and image are set, the others zero. */
struct console_listener backtrace_listener(struct backtrace *b);

/* For that, and for tests: takes a line of the console. */
void backtrace_line(struct backtrace *b, const char *line, size_t n);

#endif
