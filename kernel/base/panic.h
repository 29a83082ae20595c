/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of everything: a sentence, registers, a symbolized backtrace, and a status of its own. */
#ifndef KERNEL_PANIC_H
#define KERNEL_PANIC_H

#include <stdint.h>

struct trap_frame;

/* Prints "LIMPET: panic: …" with a backtrace and leaves through the platform's crash exit. */
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for a fault: registers from the frame first. The frame is the architecture's. */
_Noreturn void panic_at(const struct trap_frame *frame, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* From the architecture. */
void arch_print_registers(const struct trap_frame *frame);
void arch_print_backtrace(const struct trap_frame *frame); /* NULL: from the caller */

#endif
