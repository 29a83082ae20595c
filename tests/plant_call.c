/* SPDX-License-Identifier: BSD-2-Clause */
/* One more call in getpid(), for the tests of compare --count: linked with -Wl,--wrap=getpid. */
#include <unistd.h>

pid_t __real_getpid(void);
pid_t __wrap_getpid(void);

__attribute__((noinline)) static pid_t planted(pid_t pid)
{
    __asm__ volatile("" : "+r"(pid));
    return pid;
}

pid_t __wrap_getpid(void) { return planted(__real_getpid()); }
