/* SPDX-License-Identifier: BSD-2-Clause */
/* Panics: see panic.h. */
#include "base/panic.h"
#include "arch.h"
#include "base/console.h"
#include "base/platform.h"
#include "base/stop.h"
#include <stdarg.h>

/* The same line begins and ends the report: the host reads the last one. A panic in it ends it. */
static void tell(const struct trap_frame *frame, const char *format, va_list args)
{
    static int depth;
    va_list again;
    stop_others();
    if (depth++ != 0)
        platform_crash();
    va_copy(again, args);
    kprintf("LIMPET: panic: ");
    kvprintf_more(format, args);
    if (frame != 0)
        arch_print_registers(frame);
    kprintf("LIMPET: backtrace:\n");
    arch_print_backtrace(frame);
    kprintf("LIMPET: panic: ");
    kvprintf_more(format, again);
    va_end(again);
}

_Noreturn void panic(const char *format, ...)
{
    va_list args;
    cpu_interrupts_off();
    va_start(args, format);
    tell(0, format, args);
    va_end(args);
    platform_crash();
}

_Noreturn void panic_at(const struct trap_frame *frame, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tell(frame, format, args);
    va_end(args);
    platform_crash();
}
