/* SPDX-License-Identifier: BSD-2-Clause */
/* remove(): of folders, too, which newlib's does not know. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* What newlib's tmpfile() calls, which would bring newlib's remove() along. */
int _remove_r(struct _reent *unused, const char *path)
{
    (void)unused;
    return remove(path);
}

int remove(const char *path)
{
    if (unlink(path) == 0)
        return 0;
    return errno == EISDIR || errno == EPERM ? rmdir(path) : -1;
}
