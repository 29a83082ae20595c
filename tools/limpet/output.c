/* Bytes for our standard output, as they come; whole files.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "output.h"
#include "cleanup.h"
#include "limpet.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool failed;

void output_bytes(void *ctx, const char *data, size_t n)
{
    (void)ctx;
    while (n && !interrupted) {
        ssize_t done = write(STDOUT_FILENO, data, n);
        struct pollfd full = {.fd = STDOUT_FILENO, .events = POLLOUT};

        if (done > 0) {
            data += done;
            n -= (size_t)done;
        } else if (errno == EAGAIN) {
            poll(&full, 1, -1);
        } else if (errno != EINTR) {
            failed = errno != EPIPE;
            if (failed)
                warn("cannot write to the standard output: %s", strerror(errno));
            interrupted = SIGPIPE;
        }
    }
}

bool output_failed(void) { return failed; }

bool output_replaces(const char *path)
{
    struct stat st;
    bool good = stat(path, &st) != 0 || S_ISREG(st.st_mode);

    if (!good)
        warn("cannot write %s: it is no regular file", path);
    return good;
}

int output_file(const char *path, const char *data, size_t n)
{
    char *behind = realpath(path, NULL), *beside;
    const char *target = behind ? behind : path;
    bool good;
    FILE *f;

    if (!output_replaces(path)) {
        free(behind);
        return -1;
    }
    beside = xasprintf("%s.%d.tmp", target, (int)getpid());
    f = fopen(beside, "w");
    good = f && fwrite(data, 1, n, f) == n && !fflush(f) && !fsync(fileno(f));

    if (f && fclose(f))
        good = false;
    good = good && !rename(beside, target);
    if (!good) {
        warn("cannot write %s: %s", path, strerror(errno));
        unlink(beside);
    }
    free(beside);
    free(behind);
    return good ? 0 : -1;
}
