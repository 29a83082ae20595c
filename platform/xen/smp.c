/* SPDX-License-Identifier: BSD-2-Clause */
/* Other CPUs, by hypercall (xen/vcpu.h, xen/hvm/hvm_vcpu.h): PVH and HVM alike. */
#include "base/cpus.h"
#include "cpu.h"
#include "xen/hypercall.h"
#include "mm/page.h"
#include "base/panic.h"
#include "sched/sched.h"
#include "mm/vm.h"
#include "xen/xen.h"
#include <string.h>

unsigned xen_cpus(void)
{
    unsigned n = 1;
    while (n < CPUS_MAX && hypercall_vcpu(VCPUOP_is_up, n, 0) >= 0)
        n++;
    return n;
}

static long register_info(unsigned number)
{
    uint64_t at = (uint64_t)xen_vcpu_info(number);
    struct vcpu_register_vcpu_info r = {.mfn = at >> PAGE_SHIFT, .offset = at & (PAGE_SIZE - 1)};
    return hypercall_vcpu(VCPUOP_register_vcpu_info, number, &r);
}

/* In long mode at once, with the registers that ap_enter wants (smp.S). */
static long start(unsigned number)
{
    extern char ap_enter[], boot_pml4[];
    const struct cpu *cpu = cpus[number];
    struct vcpu_hvm_context c = {
        .mode = VCPU_HVM_MODE_64B,
        .cpu_regs.x86_64 = {.rdi = (uint64_t)cpu,
                            .rsp = cpu->base.stack,
                            .rip = (uint64_t)ap_enter,
                            .rflags = 2, /* the bit that is always set */
                            .cr0 = CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE,
                            .cr3 = (uint64_t)boot_pml4,
                            .cr4 = CR4_AT_START,
                            .efer = EFER_LME | EFER_LMA | EFER_NXE}};
    long error = number < XEN_LEGACY_MAX_VCPUS ? 0 : register_info(number);
    if (error == 0)
        error = hypercall_vcpu(VCPUOP_initialise, number, &c);
    return error == 0 ? hypercall_vcpu(VCPUOP_up, number, 0) : error;
}

void xen_cpus_start(unsigned n)
{
    _Static_assert((CPUS_MAX - XEN_LEGACY_MAX_VCPUS) * sizeof *xen_more_vcpus <= PAGE_SIZE,
                   "one page");
    xen_events_start();
    if (n > XEN_LEGACY_MAX_VCPUS) {
        uint64_t pa = page_alloc(0);
        if (pa == 0)
            n = XEN_LEGACY_MAX_VCPUS; /* the others stay where they are */
        else
            xen_more_vcpus = memset(phys_to_virt(pa), 0, PAGE_SIZE);
    }
    for (unsigned i = 1; i < n; i++) {
        long error = start(i);
        if (error != 0)
            panic("Xen does not start CPU %u (error %ld).", i, error);
    }
}

void xen_relax(void) { hypercall_sched(SCHEDOP_yield, 0); }
