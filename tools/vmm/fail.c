/* SPDX-License-Identifier: BSD-2-Clause */
/* How the VMM gives up. */
#include "vmm.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void (*fail_last)(void);

void fail(int status, const char *format, ...)
{
    char line[512] = "limpet-vmm: ";
    int n = (int)strlen(line), room = (int)sizeof line - n - 1;
    va_list args;
    va_start(args, format);
    int more = vsnprintf(line + n, (size_t)room, format, args);
    va_end(args);
    n += more < room ? more : room - 1;
    line[n++] = '\n';
    (void)!write(STDERR_FILENO, line, (size_t)n);
    if (fail_last != NULL)
        fail_last();
    _exit(status);
}

int kvm_call(int fd, unsigned long request, void *argument, const char *what)
{
    int result = ioctl(fd, request, argument);
    if (result < 0)
        fail(ST_START, "KVM: %s: %s", what, strerror(errno));
    return result;
}
