/* SPDX-License-Identifier: BSD-2-Clause */
/* remove(): of folders, too, which newlib's does not know. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

int remove(const char *path)
{
    if (unlink(path) == 0)
        return 0;
    return errno == EISDIR || errno == EPERM ? rmdir(path) : -1;
}
