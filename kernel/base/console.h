/* SPDX-License-Identifier: BSD-2-Clause */
/* The console: bytes to the platform, and the kernel's own few words. */
#ifndef KERNEL_CONSOLE_H
#define KERNEL_CONSOLE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* A kernel option says: the platform's faster console, where it has one. Never at a boot's cost. */
extern bool console_fast;

/* Writes n bytes. Never fails: what the platform cannot take is lost. */
void console_write(const char *text, size_t n);

/* Prints at the start of a line. Knows %s %c %d %u %x %p, %l before the last four, %N and %0N. */
void kprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints args and a newline where the last kprintf() ended. */
void kvprintf_more(const char *format, va_list args);

/* Ends a line that an app left open, so that what the kernel says begins one. */
void console_fresh_line(void);
bool console_line_open(void);

#endif
