/* The standard descriptors of a process whose parent closed them, as cron and daemons do.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_DESCRIPTORS_H
#define LIMPET_DESCRIPTORS_H

#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

/*
 * Puts /dev/null where descriptor 0, 1 or 2 is closed, so that nothing that is opened later becomes
 * one of them. Input then ends at once; writing to the standard output fails with EBADF, since what
 * it says is lost; messages have nowhere to go. Call before anything is opened. Returns whether all
 * three are open.
 */
static inline bool descriptors_open(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDERR_FILENO ? O_RDWR : O_RDONLY) != fd)
            return false;
    return true;
}

#endif
