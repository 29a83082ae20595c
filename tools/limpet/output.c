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

int output_file(const char *path, const char *data, size_t n)
{
    char *beside = xasprintf("%s.%d.tmp", path, (int)getpid());
    FILE *f = fopen(beside, "w");
    bool good = f && fwrite(data, 1, n, f) == n && !fflush(f) && !fsync(fileno(f));

    if (f && fclose(f))
        good = false;
    good = good && !rename(beside, path);
    if (!good) {
        warn("cannot write %s: %s", path, strerror(errno));
        unlink(beside);
    }
    free(beside);
    return good ? 0 : -1;
}
