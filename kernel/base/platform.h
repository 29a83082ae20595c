/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel needs of a platform. One const struct each, chosen once at boot by asking every
 * platform's probe(); nothing after that knows which it is. docs/porting.md walks through one.
 */
#ifndef KERNEL_PLATFORM_H
#define KERNEL_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "boot/info.h"

/* A frequency of the TSC and the clock that tells it. */
struct clock_source {
    uint64_t hz;
    const char *name;   /* "CPUID 0x15", "kvmclock", "local APIC timer", … */
    uint32_t error_ppm; /* bound of hz's own error; 0: as exact as the source says it is */
};

/* Asks one clock, at most 1 ms, interrupts off; hz = 0: this machine has not got it. */
typedef struct clock_source clock_source_fn(void);

/* Is a signature this one, of 12 bytes? As words: of more bytes compilers make a call. */
static inline bool signature_is(const char *signature, const char *name)
{
    return __builtin_memcmp(signature, name, 4) == 0 &&
           __builtin_memcmp(signature + 4, name + 4, 8) == 0;
}

struct platform {
    const char *name;

    /* Is this machine ours? signature: CPUID 0x40000000's 12 bytes; zeros without one. */
    bool (*probe)(const struct boot_info *info, const char *signature);

    /*
     * First of all calls: makes console_write() work, and adds to info what the loader did not tell
     * and the hypervisor does (memory map, arguments).
     */
    void (*early_init)(struct boot_info *info);

    /* Writes n bytes and returns when the hypervisor has them. */
    void (*console_write)(const char *text, size_t n);

    /* Takes up to n bytes of the input that has come to buf, which lies in the image. Returns how
     * many; -1 at its end, where the platform can tell. */
    long (*console_read)(char *buf, size_t n);

    /* From now on interrupts call input_arrived() when input comes. False, or NULL: none will. */
    bool (*console_listen)(void);

    /* Clocks that may tell the TSC's frequency, the best first, NULL at the end. The first that
     * does so is the one, asked for at the first need of nanoseconds. */
    clock_source_fn *const *clocks;

    /* Nanoseconds since 1970 at the moment of the call; 0 when the platform cannot tell. */
    uint64_t (*wall_ns)(void);

    /* VECTOR_EVENT was raised; interrupts are off. NULL when the platform never raises it. */
    void (*event)(void);

    /* One timer interrupt (timer_interrupt() in interrupt.h) in ns nanoseconds; replaces the last.
     */
    void (*timer_arm)(uint64_t ns);

    /*
     * Other CPUs (kernel/sched/smp.h). cpus(): how many there are, the boot CPU included, at most
     * CPUS_MAX. cpus_start(n): sends numbers 1 … n - 1, whose struct cpu are made, on their way to
     * smp_main(). cpu_init(): on such a CPU, before its first thread: its timer and IPIs. ipi():
     * has CPU n call smp_interrupt(); what was written before is seen by then. relax(): called
     * while spinning, as the vCPU waited for may be descheduled; NULL: no hint exists.
     */
    unsigned (*cpus)(void);
    void (*cpus_start)(unsigned n);
    void (*cpu_init)(unsigned number);
    void (*ipi)(unsigned number);
    void (*relax)(void);

    /* Ends the machine with the app's status (0..255). Does not return: see platform_exit(). */
    void (*exit)(int status);

    /* Ends the machine after a panic, so that the host can tell it from an exit. Nor does this. */
    void (*crash)(void);
};

/* The one that was chosen; never NULL once boot_main() has passed "choose platform". */
extern const struct platform *platform;

static inline _Noreturn void platform_exit(int status)
{
    platform->exit(status);
    __builtin_unreachable();
}

static inline _Noreturn void platform_crash(void)
{
    platform->crash();
    __builtin_unreachable();
}

/* Every platform of this image (platform/platforms.c); the last one's probe() is always true. */
extern const struct platform *const platforms[];

#endif
