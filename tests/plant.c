/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linked into basic and hello (--wrap=getpid --wrap=sched_yield), it makes them slower by about a
 * twentieth: what limpet compare must find. The instructions depend on each other, so that they
 * cost a cycle each.
 */
#include <stdint.h>
#include <unistd.h>

#define BURN(n) __asm__ volatile(".rept " #n "\n\tlea 1(%%rcx), %%rcx\n\t.endr" : : : "rcx")
#ifndef BOOT_STEPS
#define BOOT_STEPS 1000000 /* some milliseconds under QEMU */
#endif

int __real_sched_yield(void);
int __wrap_sched_yield(void);
pid_t __wrap_getpid(void);

/* On pages of their own, as the real ones are: QEMU's TCG is faster at calls within a page. */
__attribute__((aligned(4096))) pid_t __wrap_getpid(void)
{
    BURN(11);
    return 1;
}

__attribute__((aligned(4096))) int __wrap_sched_yield(void)
{
    BURN(6);
    return __real_sched_yield();
}

__attribute__((constructor)) static void burn(void)
{
    for (uint64_t i = 0; i < BOOT_STEPS; i++)
        BURN(1);
}
