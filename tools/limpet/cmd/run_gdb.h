/* limpet run --gdb: the socket on which the guest waits for a debugger, and the debugger.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_RUN_GDB_H
#define LIMPET_RUN_GDB_H

#include <stdbool.h>
#include <sys/types.h>

struct gdb {
    char *dir; /* of the socket, which is its file "gdb"; a folder of cleanup_tmpdir() */
    int fd;    /* listens; from 10 up, and open in every program that is started */
    pid_t pid; /* of a gdb on our terminal, or 0 */
};

/* Makes the socket. Returns 0, or a status with a message. */
int gdb_listen(struct gdb *g);

/* Says that the guest waits, and by which command gdb attaches itself; or runs that: where standard
 * input and output are a terminal and there is a gdb, unless that is to be waited for. While it
 * runs, Ctrl-C is its own. image: the path of the guest's ELF file. */
void gdb_start(struct gdb *g, const char *image, bool wait);

/* The guest is gone: waits until a gdb on our terminal is left, then removes the socket. */
void gdb_finish(struct gdb *g);

#endif
