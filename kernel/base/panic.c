/* SPDX-License-Identifier: BSD-2-Clause */
/* Panics: see panic.h. */
#include "base/panic.h"
#include "arch.h"
#include "base/console.h"
#include "base/platform.h"
#include "sched/smp.h"
#include "base/symbols.h"
#include <stdarg.h>

const char *symbol_name(uint64_t address, uint64_t *offset)
{
    uint32_t low = 0, high = limpet_symbol_count;
    while (low < high) { /* the first symbol beyond address */
        uint32_t middle = (low + high) / 2;
        if (limpet_symbols[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    extern char __rodata_start[];
    *offset = 0;
    if (low == 0 || address >= (uint64_t)__rodata_start)
        return "?";
    *offset = address - limpet_symbols[low - 1].address;
    return limpet_symbol_names + limpet_symbols[low - 1].name;
}

/* The same line begins and ends the report: the host reads the last one. A panic in it ends it. */
static void report(const struct trap_frame *frame, const char *format, va_list args)
{
    static int depth;
    va_list again;
    smp_stop_others();
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
    report(0, format, args);
    va_end(args);
    platform_crash();
}

_Noreturn void panic_at(const struct trap_frame *frame, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(frame, format, args);
    va_end(args);
    platform_crash();
}
