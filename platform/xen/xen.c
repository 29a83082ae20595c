/* SPDX-License-Identifier: BSD-2-Clause */
/* Xen found, how it is called, its clocks. */
#include "xen/xen.h"
#include "arch.h"
#include "clock.h"
#include "cpu.h"
#include "xen/hypercall.h"
#include "base/panic.h"
#include "pvclock.h"
#include "mm/vm.h"
#include <string.h>

/* Physical addresses that Xen keeps free for guests: tools/firmware/hvmloader/config.h,
 * GUEST_RESERVED_START. */
#define SHARED_INFO_PA 0xfe700000ull

#define SECOND 1000000000ull

bool xen_has_hypercalls;
static uint32_t leaves; /* Xen's first CPUID leaf; 0: this is not Xen */

/* Viridian's leaves, where an HVM guest asked for them, come first: xen/arch-x86/cpuid.h. */
bool xen_is_here(const char *signature)
{
    if (signature_is(signature, "XenVMMXenVMM")) {
        leaves = XEN_CPUID_FIRST_LEAF;
    } else if (signature_is(signature, "Microsoft Hv")) {
        struct cpuid c = cpuid(XEN_CPUID_FIRST_LEAF + 0x100, 0);
        if (c.ebx == XEN_CPUID_SIGNATURE_EBX && c.ecx == XEN_CPUID_SIGNATURE_ECX &&
            c.edx == XEN_CPUID_SIGNATURE_EDX)
            leaves = XEN_CPUID_FIRST_LEAF + 0x100;
    }
    return leaves != 0;
}

/* XENMEM_memory_map's entries (xen/memory.h): the BIOS's E820 format. */
struct e820_entry {
    uint64_t base, size;
    uint32_t type;
} __attribute__((packed));

#define E820_MAX 128 /* entries that Xen keeps of a guest's map: xen/include/asm-x86/e820.h */
_Static_assert(E820_MAX <= BOOT_RANGES, "all of them are kept");

static void ask_memory_map(struct boot_info *info)
{
    struct e820_entry entries[E820_MAX];
    struct xen_memory_map map = {.nr_entries = E820_MAX};
    set_xen_guest_handle(map.buffer, entries);
    long error = hypercall_memory(XENMEM_memory_map, &map);
    if (error != 0)
        panic("Xen gives no memory map (error %ld).", error);
    for (unsigned i = 0; i < map.nr_entries; i++)
        boot_info_add_range(info, entries[i].base, entries[i].size, entries[i].type);
}

void xen_init(struct boot_info *info)
{
    struct cpuid vendor =
        cpuid(0, 0); /* "AuthenticAMD" or "HygonGenuine": the first four letters */
    xen_vmmcall = vendor.ebx == 0x68747541 || vendor.ebx == 0x6f677948;
    xen_has_hypercalls = true;
    if (info->range_count == 0)
        ask_memory_map(info);
}

uint64_t xen_hvm_param(uint32_t index)
{
    struct xen_hvm_param p = {.domid = DOMID_SELF, .index = index};
    return hypercall_hvm(HVMOP_get_param, &p) == 0 ? p.value : 0;
}

struct shared_info *xen_shared_info(void)
{
    static struct shared_info *info;
    if (info == 0) {
        struct xen_add_to_physmap map = {
            .domid = DOMID_SELF, .space = XENMAPSPACE_shared_info, .gpfn = SHARED_INFO_PA >> 12};
        /* By this, or by a hypercall page, Xen notices that the guest is one of 64 bits: the page's
         * layout. No event comes by the parameter itself. xen/arch/x86/hvm/hvm.c,
         * hvm_latch_shinfo_size. */
        struct xen_hvm_param none = {.domid = DOMID_SELF, .index = HVM_PARAM_CALLBACK_IRQ};
        hypercall_hvm(HVMOP_set_param, &none);
        long error = hypercall_memory(XENMEM_add_to_physmap, &map);
        if (error != 0)
            panic("Xen does not map its shared info page (error %ld).", error);
        info = vm_map_page(SHARED_INFO_PA, VM_RW);
    }
    return info;
}

/* The shared page has room for the first 32; smp.c makes the others'. */
struct vcpu_info *xen_more_vcpus;

struct vcpu_info *xen_vcpu_info(unsigned number)
{
    return number < XEN_LEGACY_MAX_VCPUS ? &xen_shared_info()->vcpu_info[number]
                                         : &xen_more_vcpus[number - XEN_LEGACY_MAX_VCPUS];
}

static void read_clock(struct pvclock_time *t)
{
    _Static_assert(sizeof(struct vcpu_time_info) == sizeof *t, "one layout for Xen and KVM");
    pvclock_read((const volatile struct pvclock_time *)&xen_shared_info()->vcpu_info[0].time, t);
}

uint64_t xen_now(void)
{
    struct pvclock_time t;
    read_clock(&t);
    return pvclock_ns(&t, cpu_stamp());
}

static struct clock_source xen_clock(void)
{
    struct pvclock_time t;
    read_clock(&t);
    return (struct clock_source){pvclock_hz(&t), "Xen pvclock", 0};
}

/* Leaf 4 (0x40000003), subleaf 0: kHz of the guest's TSC in ecx, xen/arch-x86/cpuid.h. */
static struct clock_source xen_cpuid_clock(void)
{
    struct cpuid c = cpuid(leaves + 3, 0);
    return (struct clock_source){c.ecx * 1000ull, "CPUID 0x40000003",
                                 c.ecx != 0 ? 1000000 / c.ecx : 0};
}

clock_source_fn *const xen_clocks[] = {xen_clock, xen_cpuid_clock, arch_clock_crystal,
                                       arch_clock_nominal, 0};

/* The shared page tells when Xen's clock began. */
uint64_t xen_wall_ns(void)
{
    const volatile struct shared_info *s = xen_shared_info();
    uint64_t began;
    uint32_t version;
    do {
        version = s->wc_version;
        began = ((uint64_t)s->wc_sec_hi << 32 | s->wc_sec) * SECOND + s->wc_nsec;
    } while (version & 1 || version != s->wc_version);
    return began == 0 ? 0 : began + xen_now();
}
