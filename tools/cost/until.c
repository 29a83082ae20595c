// SPDX-License-Identifier: BSD-2-Clause
// Has a machine's console brought what is waited for? See until.h.

#include "until.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WORDS 256

static const char *console;
static int fd = -1;
static char wanted[WORDS], recent[2 * WORDS];
static size_t wanted_size, recent_size;
static bool waits;

bool until_argument(const char *arg)
{
    if (strncmp(arg, "console=", 8) == 0) {
        console = arg + 8;
        return *console != '\0';
    }
    arg += strlen("until=");
    waits = true;
    for (unsigned byte; wanted_size < WORDS && sscanf(arg, "%2x", &byte) == 1 && arg[1]; arg += 2)
        wanted[wanted_size++] = (char)byte;
    return *arg == '\0';
}

bool until_seen(void)
{
    if (!waits || !console)
        return false;
    if (fd < 0)
        fd = open(console, O_RDONLY | O_CLOEXEC);
    for (;;) {
        ssize_t n = read(fd, recent + recent_size, sizeof(recent) - recent_size);
        if (n <= 0)
            return false;
        recent_size += (size_t)n;
        if (wanted_size == 0 || memmem(recent, recent_size, wanted, wanted_size))
            return true;
        if (recent_size >= wanted_size) { // keep what may be its beginning
            size_t keep = wanted_size - 1;
            memmove(recent, recent + recent_size - keep, keep);
            recent_size = keep;
        }
    }
}
