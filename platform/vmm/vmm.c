/* SPDX-License-Identifier: BSD-2-Clause */
/* limpet-vmm, which gives a guest memory, a local APIC and one port for requests: abi.h. */
#include "arch.h"
#include "clock.h"
#include "cpu.h"
#include "lapic.h"
#include "pc/lapic_clock.h"
#include "base/lock.h"
#include "base/platform.h"
#include "sched/smp.h"
#include "vmm/abi.h"
#include <string.h>

/* Stacks and heap are not where they seem to be: what the VMM is to read lies in the image. */
static struct lock lock;
static struct vmm_request request, last; /* last: of the end, whoever holds the lock then */
static char text[1024]; /* a FILE's buffer, so one request for each of its writes */

static bool vmm_probe(const struct boot_info *info, const char *signature)
{
    (void)info;
    return signature_is(signature, VMM_SIGNATURE); /* to look at the version too is one more exit */
}

static void vmm_early_init(struct boot_info *info) { (void)info; }

static int64_t ask(struct vmm_request *r, uint32_t operation, uint64_t address, uint64_t length)
{
    *r = (struct vmm_request){.operation = operation, .address = address, .length = length};
    __asm__ volatile("outl %0, %1"
                     :
                     : "a"((uint32_t)(uint64_t)r), "d"((uint16_t)VMM_PORT)
                     : "memory");
    return r->result;
}

static int64_t ask_alone(uint32_t operation, uint64_t address, uint64_t length)
{
    unsigned long flags = lock_take(&lock);
    int64_t result = ask(&request, operation, address, length);
    lock_drop(&lock, flags);
    return result;
}

static void vmm_console_write(const char *from, size_t n)
{
    for (size_t part; n > 0; from += part, n -= part) {
        part = n < sizeof text ? n : sizeof text;
        unsigned long flags = lock_take(&lock);
        memcpy(text, from, part);
        ask(&request, VMM_WRITE, (uint64_t)text, part);
        lock_drop(&lock, flags);
    }
}

static long vmm_console_read(char *buf, size_t n)
{
    return (long)ask_alone(VMM_READ, (uint64_t)buf, n);
}

static uint64_t vmm_wall_ns(void) { return (uint64_t)ask_alone(VMM_WALL, 0, 0); }

static void vmm_exit(int status) { ask(&last, VMM_EXIT, (uint64_t)status, 0); }

static void vmm_crash(void) { ask(&last, VMM_CRASH, 0, 0); }

static clock_source_fn *const clocks[] = {arch_clock_hypervisor, arch_clock_crystal,
                                          arch_clock_nominal, lapic_clock, 0};

_Static_assert(VMM_CPUS_MAX <= CPUS_MAX, "all that the VMM makes are used");

static unsigned vmm_cpus(void)
{
    uint8_t ids[CPUS_MAX];
    unsigned n = 0;
    for (unsigned all = cpuid(VMM_LEAF_ABI, 0).ecx; n < all && n < CPUS_MAX; n++)
        ids[n] = (uint8_t)n;
    return lapic_cpus(ids, n);
}

const struct platform platform_vmm = {
    .name = "vmm",
    .probe = vmm_probe,
    .early_init = vmm_early_init,
    .console_write = vmm_console_write,
    .console_read = vmm_console_read,
    .clocks = clocks,
    .wall_ns = vmm_wall_ns,
    .timer_arm = lapic_timer_arm_ns,
    .cpus = vmm_cpus,
    .cpus_start = lapic_start_cpus,
    .cpu_init = lapic_cpu_init,
    .ipi = lapic_ipi,
    .exit = vmm_exit,
    .crash = vmm_crash,
};
