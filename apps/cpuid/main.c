/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cpuid: what an instruction costs that may make the hypervisor run in place of the guest: CPUID by
 * its leaves, as a published measurement of confidential guests has it, then the other ones that
 * exit or may, each by itself. What a row did is checked: a register, read back; an interrupt,
 * counted.
 *
 * In an image a program runs in ring 0 and may do all of this. As a process of Linux it may do
 * CPUID; the rest says "none".
 *
 * usage: cpuid [--json | --once] [ROW…]
 */
#include "take.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

#define WARM  10000 /* calls before the samples, as published */
#define CLOCK 10000 /* calls between two readings of the clock */

struct answer {
    uint32_t a, b, c, d;
};

static inline __attribute__((always_inline)) struct answer ask(uint32_t leaf, uint32_t pattern)
{
    struct answer r = {leaf, pattern, 0, pattern};
    __asm__ volatile("cpuid" : "+a"(r.a), "+b"(r.b), "+c"(r.c), "+d"(r.d));
    return r;
}

static int same(const struct answer *x, const struct answer *y)
{
    return x->a == y->a && x->b == y->b && x->c == y->c && x->d == y->d;
}

/* Calls that do not count, for 10 ms at most. */
static struct answer warm_up(uint32_t leaf)
{
    uint64_t until = limpet_tsc() + limpet_clock().tsc_hz / 100;
    for (int i = 0; i < WARM && limpet_tsc() < until; i++)
        ask(leaf, 0);
    return ask(leaf, 0);
}

static size_t take_leaf(uint32_t *samples, uint32_t leaf)
{
    struct answer usual = warm_up(leaf), now;
    struct taking t = take_begin(samples);
    while (take_more(&t)) {
        uint32_t pattern = take_pattern(t.n);
        TAKE(t, now = ask(leaf, pattern));
        if (!same(&now, &usual))
            take_wrong = "the answer was not always the same";
    }
    return t.n;
}

/* The same in nanoseconds, as the published tables have it. */
static size_t take_leaf_ns(uint32_t *samples, uint32_t leaf)
{
    double ns = 1e9 / (double)limpet_clock().tsc_hz;
    size_t n = take_leaf(samples, leaf);
    for (size_t i = 0; i < n; i++)
        samples[i] = (uint32_t)((double)samples[i] * ns + 0.5);
    return n;
}

static uint64_t clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Calls in a row between two readings of the system's clock. */
static double leaf_by_clock(uint32_t leaf)
{
    struct answer usual = warm_up(leaf), now;
    uint64_t until = limpet_tsc() + limpet_clock().tsc_hz / TAKE_PER_S, began = clock_ns();
    unsigned n = 0;
    while (n < CLOCK && (n < TAKE_LEAST || limpet_tsc() < until)) {
        now = ask(leaf, take_pattern(n++));
        if (!same(&now, &usual))
            take_wrong = "the answer was not always the same";
    }
    return (double)(clock_ns() - began) / n;
}

#define LEAF(leaf)                                                                                 \
    static size_t take_##leaf(uint32_t *samples) { return take_leaf(samples, leaf); }
#define LEAF_TIMES(leaf)                                                                           \
    LEAF(leaf)                                                                                     \
    static size_t take_ns_##leaf(uint32_t *samples) { return take_leaf_ns(samples, leaf); }        \
    static double clock_##leaf(void) { return leaf_by_clock(leaf); }

LEAF_TIMES(0x0)
LEAF_TIMES(0x2)
LEAF_TIMES(0x15)
LEAF_TIMES(0x16)
LEAF(0x1)
LEAF(0x40000000)

static size_t take_stamps(uint32_t *samples)
{
    struct taking t = take_begin(samples);
    while (take_more(&t)) {
        TAKE(t, (void)0);
        if (t.samples[t.n - 1] == 0)
            take_wrong = "the time stamp counter did not move";
    }
    return t.n;
}

const char *take_wrong;

const char *take_here(void)
{
    take_wrong = NULL;
    return limpet_pin(limpet_cpu()) != 0 ? "the thread cannot stay on its CPU" : NULL;
}

const char *take_anywhere(void)
{
    limpet_pin(LIMPET_ANY_CPU);
    return take_wrong;
}

const char *take_ring3(void)
{
    uint16_t selector;
    __asm__("mov %%cs, %0" : "=r"(selector));
    return (selector & 3) != 0 ? "ring 3, a process of Linux may not" : NULL;
}

/* The leaf was never told of: what is answered is the CPU maker's own choice. */
static char leaf_note[64];

static const char *begin_leaf(void)
{
    snprintf(leaf_note, sizeof leaf_note, "the CPU tells leaves up to 0x%x", ask(0, 0).a);
    return take_here();
}

#define CHECKED        .setup = take_here, .check = take_anywhere
#define OF_LEAF        .setup = begin_leaf, .check = take_anywhere, .note = leaf_note
#define RING0(row)     .median = 1, .take = row, .none = take_ring3, CHECKED
#define INTERRUPT(row) .median = 1, .take = row, .setup = own_interrupts, .check = end_interrupts
#define OTHER(row, begin)                                                                          \
    .median = 1, .cpus = 2, .take = row, .none = no_lapic, .setup = begin, .check = end_partner
#define LEAF_ROWS(leaf)                                                                            \
    {"leaf " #leaf, .median = 1, .take = take_##leaf, OF_LEAF},                                    \
        {"leaf " #leaf " time", .median = 1, .unit = "ns", .take = take_ns_##leaf, OF_LEAF},       \
    {                                                                                              \
        "leaf " #leaf " by clock", .unit = "ns", .value = clock_##leaf, OF_LEAF                    \
    }

static const struct benchmark table[] = {
    {"two stamps", .median = 1, .take = take_stamps, CHECKED,
     .note = "lfence, rdtsc, lfence twice: what is in every sample below"},
    LEAF_ROWS(0x0),
    LEAF_ROWS(0x2),
    LEAF_ROWS(0x15),
    LEAF_ROWS(0x16),
    {"leaf 0x1", .median = 1, .take = take_0x1, OF_LEAF},
    {"leaf 0x40000000", .median = 1, .take = take_0x40000000, CHECKED,
     .note = "the hypervisor's own"},
    {"RDMSR APIC_BASE", RING0(take_rdmsr_apic_base)},
    {"RDMSR FS_BASE", RING0(take_rdmsr_fs_base), .note = "mostly the CPU's own work"},
    {"RDMSR TSC_ADJUST", .median = 1, .take = take_rdmsr_tsc_adjust, .none = no_tsc_adjust,
     CHECKED},
    {"WRMSR KERNEL_GS_BASE", RING0(take_wrmsr_kernel_gs), .note = "mostly the CPU's own work"},
    {"WRMSR SPEC_CTRL", .median = 1, .take = take_wrmsr_spec_ctrl, .none = no_spec_ctrl, CHECKED,
     .note = "IBRS on, off"},
    {"MOV to CR0", RING0(take_cr0), .note = "write protection off, on"},
    {"MOV to CR3", RING0(take_cr3), .note = "the page tables again: translations are forgotten"},
    {"MOV to CR4", RING0(take_cr4), .note = "global pages off, on"},
    {"MOV to CR8", RING0(take_cr8), .note = "the task priority"},
    {"MOV to DR7", RING0(take_dr7)},
    {"SGDT", RING0(take_sgdt)},
    {"SIDT", RING0(take_sidt)},
    {"SLDT", RING0(take_sldt)},
    {"SMSW", RING0(take_smsw)},
    {"LGDT", RING0(take_lgdt)},
    {"IN 0x3ff", RING0(take_in_scratch), .note = "the console's UART, of the device model"},
    {"IN 0x4d0", RING0(take_in_pic), .note = "the PIC's, where there is one"},
    {"IN 0x1234", RING0(take_in_nobody), .note = "32 bits of a port that is nobody's"},
    {"INS 26 bytes", RING0(take_ins), .note = "rep insb of port 0x3ff"},
    {"OUT 0x3ff", .median = 1, .take = take_out_scratch, .none = no_scratch, CHECKED,
     .note = "an IN after each, outside its time"},
    {"hypercall", .median = 1, .take = take_hypercall, .none = no_hypercall, CHECKED,
     .note = "one that does nothing"},
    {"self-IPI", INTERRUPT(take_self_ipi), .none = no_lapic, .note = "and back from its handler"},
    {"self-IPI in HLT", INTERRUPT(take_self_ipi_halted), .none = no_lapic,
     .note = "sent with interrupts off, then sti and hlt"},
    {"timer of 1 tick", INTERRUPT(take_timer), .none = no_lapic,
     .note = "the local APIC's, to its handler"},
    {"TSC deadline now", INTERRUPT(take_deadline), .none = no_deadline, .note = "to its handler"},
    {"HLT 100 us late by", INTERRUPT(take_late_halts), .none = no_lapic,
     .note = "woken by the local APIC's timer"},
    {"IPI", OTHER(take_ipi, start_busy), .note = "handled by a CPU at work, until seen here"},
    {"IPI to an idle CPU", OTHER(take_ipi_idle, start_idle),
     .note = "handled by a CPU in hlt, until seen here"},
};

int main(int argc, char **argv)
{
    return bench_main("cpuid", table, sizeof table / sizeof *table, argc, argv);
}
