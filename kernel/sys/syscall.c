/* SPDX-License-Identifier: BSD-2-Clause */
/* The process and its end, facts. Time is in clock.c. */
#include "arch.h"
#include "base/console.h"
#include "mm/page.h"
#include "base/platform.h"
#include "sched/sched.h"
#include "base/stop.h"
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <unistd.h>

/* The process. */

pid_t getpid(void) { return 1; }

/*
 * The last line is put together here: kprintf() is more than three digits deserve. Behind a line
 * that the app left open it comes in carriage returns, by which the host tool knows that this end
 * of a line is ours: an app's output stays what it was.
 */
void _exit(int status)
{
    char line[] = "LIMPET: exit 000\r\n";
    unsigned code = (unsigned)status & 0xff, n = 13;
    if (code >= 100)
        line[n++] = (char)('0' + code / 100);
    if (code >= 10)
        line[n++] = (char)('0' + code / 10 % 10);
    line[n++] = (char)('0' + code % 10);
    cpu_interrupts_off();
    stop_others();
    if (console_line_open()) {
        console_write("\r\n", 2);
        line[n++] = '\r';
    }
    line[n++] = '\n';
    console_write(line, n);
    platform_exit((int)code);
}

int sched_yield(void)
{
    if (!sched_alone())
        sched_yield_now();
    return 0;
}

/* Facts. */

int getpagesize(void) { return (int)PAGE_SIZE; }

/* Where the CPU has no entropy there is none here, and we do not pretend. */
int getentropy(void *buf, size_t n)
{
    uint8_t *out = buf;
    if (n > 256 || !arch_has_entropy()) {
        errno = n > 256 ? EIO : ENOSYS;
        return -1;
    }
    while (n > 0) {
        uint64_t word = cpu_entropy();
        bool have = word != 0;
        for (int i = 0; have && i < 8 && n > 0; i++, n--, word >>= 8)
            *out++ = (uint8_t)word;
    }
    return 0;
}
