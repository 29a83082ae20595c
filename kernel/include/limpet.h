/* SPDX-License-Identifier: BSD-2-Clause */
/* What an app may ask of Limpet beyond C and POSIX. */
#ifndef LIMPET_H
#define LIMPET_H

#include <stddef.h>
#include <stdint.h>
#include <limpet_tsc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* At file scope, in C: the main thread's stack in bytes, in place of 8 MiB, and that of threads
 * whose attributes name none, in place of 60 KiB; 16 KiB at least. limpet-cc --stack and
 * --thread-stack do the same without a change of the source. */
#define LIMPET_MAIN_STACK(bytes)   const uint64_t limpet_main_stack = (bytes)
#define LIMPET_THREAD_STACK(bytes) const uint64_t limpet_thread_stack = (bytes)

/* The TSC's frequency and who told it; error_ppm bounds its error, 0 where the source is exact. */
struct limpet_clock {
    uint64_t tsc_hz;
    const char *source;
    uint32_t error_ppm;
};
struct limpet_clock limpet_clock(void);

/* The same by each clock that the platform may have, index 0 up: tsc_hz is 0 for one that this
 * machine has not got. Returns 0 beyond the last. Each takes up to a millisecond. */
int limpet_clock_source(unsigned index, struct limpet_clock *clock);

/* The boot ledger: stamps in the order in which they were taken. NULL beyond the last. */
struct limpet_stamp {
    const char *name;
    uint64_t tsc;
};
const struct limpet_stamp *limpet_ledger(unsigned index);

/* The platform's name, and CPUID 0x40000000's signature ("" without a hypervisor). */
const char *limpet_platform(void);
void limpet_hypervisor(char signature[13]);

/*
 * Confidential computing, by which a guest's memory is hidden from its host: "none", "sev",
 * "sev-es", "sev-snp" (AMD) or "tdx" (Intel). What this machine's CPU tells that it can, and what
 * this guest runs under; Limpet runs under "none" and "sev" only. Takes some VM exits.
 */
struct limpet_confidential {
    const char *possible, *active;
};
struct limpet_confidential limpet_confidential(void);

/*
 * CPUs, numbered from 0; sysconf(_SC_NPROCESSORS_CONF) tells how many there are. limpet_cpu(): the
 * one that runs the caller. limpet_pin(): the calling thread, and what threads it makes, run on
 * this one only, from now on; LIMPET_ANY_CPU: on all again. 0, or -1 with errno: EINVAL no such
 * CPU, ETIMEDOUT it does not start. Other CPUs start with the first pthread_create() or
 * limpet_pin().
 */
#define LIMPET_ANY_CPU (~0u)
unsigned limpet_cpu(void);
int limpet_pin(unsigned cpu);

/* Interrupts a CPU and returns when it has answered. 0, or -1 with errno as limpet_pin(). */
int limpet_ping(unsigned cpu);

/*
 * Memory whose pages appear on first touch, 4096 or 2 MiB (2097152) at a time. NULL with errno:
 * EINVAL another page size, ENOMEM. What was returned is given back whole.
 */
void *limpet_map(size_t bytes, size_t page_size);
int limpet_unmap(void *base);

/* Pages of 4 KiB. */
struct limpet_memory {
    uint64_t total, free, least_free;
    uint64_t faults; /* first touches of the heap and of regions so far */
};
struct limpet_memory limpet_memory(void);

/* How many turns on a CPU threads had so far, as the scheduler counts them, modulo 2^32. */
uint32_t limpet_turns(void);

#ifdef __cplusplus
}
#endif

#endif
