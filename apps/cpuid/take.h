/* SPDX-License-Identifier: BSD-2-Clause */
/* How the rows of cpuid take their samples, and what its files share. */
#ifndef CPUID_TAKE_H
#define CPUID_TAKE_H

#include "bench.h"
#include <limpet.h>

#define TAKE_MOST  10000 /* samples of a row: the published number */
#define TAKE_LEAST 100   /* though they take long */
#define TAKE_PER_S 5     /* else it ends after this part of a second: 200 ms */

/* A row's samples, so far. */
struct taking {
    uint32_t *samples;
    size_t n;
    uint64_t until; /* by the TSC */
};

static inline struct taking take_begin(uint32_t *samples)
{
    return (struct taking){samples, 0, limpet_tsc() + limpet_clock().tsc_hz / TAKE_PER_S};
}

static inline int take_more(const struct taking *t)
{
    return t->n < TAKE_MOST && (t->n < TAKE_LEAST || limpet_tsc() < t->until);
}

/* One operation between two fenced stamps, whose own cost is the row "two stamps". */
#define TAKE(t, operation)                                                                         \
    do {                                                                                           \
        uint64_t take_before = limpet_tsc_fenced();                                                \
        operation;                                                                                 \
        (t).samples[(t).n++] = bench_clip(limpet_tsc_fenced() - take_before);                      \
    } while (0)

/* Two patterns in turn, for registers that the operation must change: where it did nothing, what
 * is read is the pattern, which differs from one time to the next. */
static inline uint32_t take_pattern(size_t n) { return n % 2 != 0 ? 0xa5a5a5a5 : 0x5a5a5a5a; }

/* Why the running row is not valid, or NULL: a row's setup clears it, its samples set it, its
 * check returns it. */
extern const char *take_wrong;

/* A setup: the thread stays on the CPU that runs it. A check: it may move again. */
const char *take_here(void);
const char *take_anywhere(void);

/* Is this a process of a system, which may not do what only its kernel may? Returns why not. */
const char *take_ring3(void);

/* ring0.c */
size_t take_rdmsr_apic_base(uint32_t *samples);
size_t take_rdmsr_fs_base(uint32_t *samples);
const char *no_tsc_adjust(void);
size_t take_rdmsr_tsc_adjust(uint32_t *samples);
size_t take_wrmsr_kernel_gs(uint32_t *samples);
const char *no_spec_ctrl(void);
size_t take_wrmsr_spec_ctrl(uint32_t *samples);
size_t take_cr0(uint32_t *samples);
size_t take_cr3(uint32_t *samples);
size_t take_cr4(uint32_t *samples);
size_t take_cr8(uint32_t *samples);
size_t take_dr7(uint32_t *samples);
size_t take_sgdt(uint32_t *samples);
size_t take_sidt(uint32_t *samples);
size_t take_sldt(uint32_t *samples);
size_t take_smsw(uint32_t *samples);
size_t take_lgdt(uint32_t *samples);

/* calls.c */
size_t take_in_scratch(uint32_t *samples);
size_t take_in_pic(uint32_t *samples);
size_t take_in_nobody(uint32_t *samples);
size_t take_ins(uint32_t *samples);
const char *no_scratch(void);
size_t take_out_scratch(uint32_t *samples);
const char *no_hypercall(void);
size_t take_hypercall(uint32_t *samples);

/* interrupts.c */
const char *no_lapic(void);
const char *no_deadline(void);
const char *own_interrupts(void);
const char *end_interrupts(void);
size_t take_self_ipi(uint32_t *samples);
size_t take_self_ipi_halted(uint32_t *samples);
size_t take_timer(uint32_t *samples);
size_t take_deadline(uint32_t *samples);
size_t take_late_halts(uint32_t *samples);
const char *start_busy(void);
const char *start_idle(void);
const char *end_partner(void);
size_t take_ipi(uint32_t *samples);
size_t take_ipi_idle(uint32_t *samples);
#endif
