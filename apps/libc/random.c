/* SPDX-License-Identifier: BSD-2-Clause */
/* getrandom(): the processor's entropy, as getentropy() and /dev/urandom. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <sys/random.h>
#include <unistd.h>

#define PIECE 256 /* bytes: getentropy() gives no more at once */

ssize_t getrandom(void *buf, size_t n, unsigned flags)
{
    char *to = buf;
    if ((flags & ~(unsigned)(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE)) != 0) {
        errno = EINVAL;
        return -1;
    }
    if (n > INT_MAX)
        n = INT_MAX;
    for (size_t done = 0; done < n;) {
        size_t part = n - done < PIECE ? n - done : PIECE;
        if (getentropy(to + done, part) != 0)
            return -1;
        done += part;
    }
    return (ssize_t)n;
}
