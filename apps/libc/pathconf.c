/* SPDX-License-Identifier: BSD-2-Clause */
/* pathconf(), fpathconf(): the limits of files, which are those of <limits.h> wherever they lie. */
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

static long limit(int name)
{
    switch (name) {
    case _PC_NAME_MAX:
        return NAME_MAX;
    case _PC_PATH_MAX:
        return PATH_MAX;
    case _PC_PIPE_BUF:
        return PIPE_BUF;
    case _PC_MAX_CANON:
        return MAX_CANON;
    case _PC_MAX_INPUT:
        return MAX_INPUT;
    case _PC_FILESIZEBITS:
        return 64;
    case _PC_2_SYMLINKS:
    case _PC_CHOWN_RESTRICTED:
    case _PC_NO_TRUNC:
        return 1;
    case _PC_VDISABLE:
        return 0; /* the byte that disables a terminal's special character */
    case _PC_TIMESTAMP_RESOLUTION:
        return 1; /* nanoseconds */
    case _PC_LINK_MAX:
    case _PC_SYMLINK_MAX:
        return -1; /* no limit, or none that is known: errno stays */
    default:
        errno = EINVAL;
        return -1;
    }
}

long pathconf(const char *path, int name)
{
    struct stat s;
    return stat(path, &s) != 0 ? -1 : limit(name);
}

long fpathconf(int fd, int name)
{
    struct stat s;
    return fstat(fd, &s) != 0 ? -1 : limit(name);
}
