/* Bytes for our standard output, as they come.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "output.h"
#include "cleanup.h"
#include "limpet.h"

#include <errno.h>
#include <poll.h>
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
