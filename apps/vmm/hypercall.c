/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hypercall: a call to the hypervisor that does nothing, and one to its device model, each timed.
 *
 * CPUID is the call that every hypervisor takes: with virtualization hardware it exits, and needs
 * no page, no agreement. Leaf 0 is answered on the spot. A port goes on to whoever has the
 * devices, which for KVM is a process: the scratch register of the console's UART, where reading
 * changes nothing, goes the way of a character of output. (Port 0x80 would not do: Xen gives it to
 * the guest.) Plain QEMU has no exits: there these are calls of its own functions.
 *
 * usage: hypercall [--json | --once] [ROW…]
 */
#include "bench.h"
#include <cpuid.h>
#include <limpet.h>
#include <stdio.h>
#include <string.h>

#define CALLS   4096
#define SCRATCH 0x3ff /* COM1's */

static char first[13], vendor[13]; /* as told before, and by the last call */
static int changed;

static void ask_vendor(char text[13])
{
    unsigned most, b, c, d;
    __cpuid(0, most, b, c, d);
    memcpy(text, &b, 4);
    memcpy(text + 4, &d, 4);
    memcpy(text + 8, &c, 4);
}

static size_t take_cpuid(uint32_t *samples)
{
    for (int i = 0; i < CALLS; i++) {
        uint64_t before = limpet_tsc_fenced();
        ask_vendor(vendor);
        samples[i] = bench_clip(limpet_tsc_fenced() - before);
        changed |= strcmp(vendor, first) != 0;
    }
    return CALLS;
}

static size_t take_port(uint32_t *samples)
{
    uint8_t value, before_all;
    __asm__ volatile("in %1, %0" : "=a"(before_all) : "d"((uint16_t)SCRATCH));
    for (int i = 0; i < CALLS; i++) {
        uint64_t before = limpet_tsc_fenced();
        __asm__ volatile("in %1, %0" : "=a"(value) : "d"((uint16_t)SCRATCH));
        samples[i] = bench_clip(limpet_tsc_fenced() - before);
        changed |= value != before_all;
    }
    return CALLS;
}

static const char *same_answer(void)
{
    return changed ? "the answer was not always the same" : NULL;
}

static const struct benchmark table[] = {
    {"hypercall, CPUID", .take = take_cpuid, .check = same_answer, .note = "the hypervisor"},
    {"hypercall, port", .take = take_port, .check = same_answer, .note = "the device model"},
};

int main(int argc, char **argv)
{
    char signature[13];
    ask_vendor(first);
    limpet_hypervisor(signature);
    printf("CPU %s, hypervisor %s\n", first, *signature != '\0' ? signature : "none");
    return bench_main("vmm", table, sizeof table / sizeof *table, argc, argv);
}
