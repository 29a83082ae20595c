/* SPDX-License-Identifier: BSD-2-Clause */
/* One CPU ends the machine: the others stop. */
#ifndef KERNEL_STOP_H
#define KERNEL_STOP_H

#include <stdbool.h>
#include <stdint.h>
#include "percpu.h"

extern uint32_t stopper; /* the number + 1 of the CPU that ends the machine; 0: none does */

/*
 * Before a panic's report or the app's last line: the others do nothing any more, and locks that
 * they or this CPU held hold nobody up. Interrupts are off, for good.
 */
void stop_others(void);

/* Is this CPU one of the others? Then it calls stop_here(). */
static inline bool stop_wanted(void)
{
    uint32_t ends = __atomic_load_n(&stopper, __ATOMIC_SEQ_CST);
    return ends != 0 && ends != this_cpu()->number + 1;
}
_Noreturn void stop_here(void);

#endif
