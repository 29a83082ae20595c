/* SPDX-License-Identifier: BSD-2-Clause */
/* confstr(): what there is to say in words. There are no utilities, so _CS_PATH has no value. */
#define _GNU_SOURCE /* newlib shows it to XSI alone */
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* NULL: a name that has no value here. What a compiler is to be given beside is nothing: longs,
 * pointers and file offsets have 64 bits. */
static const char *value_of(int name)
{
    switch (name) {
    case _CS_POSIX_V7_WIDTH_RESTRICTED_ENVS:
        return "POSIX_V7_LP64_OFF64";
    case _CS_POSIX_V7_THREADS_CFLAGS:
    case _CS_POSIX_V7_THREADS_LDFLAGS:
        return "-pthread";
    case _CS_POSIX_V7_LP64_OFF64_CFLAGS:
    case _CS_POSIX_V7_LP64_OFF64_LDFLAGS:
    case _CS_POSIX_V7_LP64_OFF64_LIBS:
    case _CS_XBS5_LP64_OFF64_LINTFLAGS:
    case _CS_LFS_CFLAGS:
    case _CS_LFS_LDFLAGS:
    case _CS_LFS_LIBS:
    case _CS_LFS_LINTFLAGS:
    case _CS_V7_ENV:
        return "";
    }
    return NULL;
}

size_t confstr(int name, char *buf, size_t size)
{
    const char *value = value_of(name);
    if (value == NULL) {
        if (name < _CS_PATH || name > _CS_LFS_LINTFLAGS)
            errno = EINVAL;
        return 0;
    }
    size_t n = strlen(value) + 1;
    if (buf != NULL && size > 0) {
        size_t part = n < size ? n : size;
        memcpy(buf, value, part);
        buf[part - 1] = '\0';
    }
    return n;
}
