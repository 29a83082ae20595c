/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine as KVM has it: memory, local APICs, vCPUs, CPUID, first registers. */
#include "vmm.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define HUGE_PAGE      (2ull << 20)
#define MSR_TSC        0x10
#define TSS_PAGES      0xfffbd000 /* three pages that KVM on Intel CPUs wants, in the gap */
#define CPUID_ENTRIES  256
#define APIC_TIMER_KHZ 1000000

/* CPUID: Intel SDM vol. 2A. */
#define CPUID1_ECX_HYPERVISOR (1u << 31)
#define CPUID1_EDX_HTT        (1u << 28)
/* Of leaf 1 ecx, what needs XSAVE: FMA, XSAVE, OSXSAVE, AVX, F16C; of leaf 7 ebx AVX2, AVX-512. */
#define CPUID1_ECX_XSTATE (1u << 12 | 1u << 26 | 1u << 27 | 1u << 28 | 1u << 29)
#define CPUID7_EBX_XSTATE (1u << 5 | 0xdc230000u)

/* Aligned to 2 MiB, for pages of that size; but for --huge nothing is set aside for it. */
static uint8_t *allocate(uint64_t bytes, bool huge)
{
    int flags = huge ? MAP_HUGETLB | 21 << MAP_HUGE_SHIFT : MAP_NORESERVE;
    uint8_t *p = mmap(NULL, (bytes + (huge ? 1 : 2) * HUGE_PAGE - 1) & -HUGE_PAGE,
                      PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    if (p == MAP_FAILED)
        fail(ST_START, "no memory for the guest: %s%s", strerror(errno),
             huge ? "; --huge wants 2 MiB pages that were set aside (sysctl vm.nr_hugepages)" : "");
    return p + -(uintptr_t)p % HUGE_PAGE;
}

static void add_memory(struct machine *m, uint32_t slot, uint64_t address, uint64_t bytes,
                       uint8_t *at)
{
    struct kvm_userspace_memory_region region = {
        .slot = slot,
        .flags = m->options->stats != NULL ? KVM_MEM_LOG_DIRTY_PAGES : 0,
        .guest_phys_addr = sev_bit(m->options) + address,
        .memory_size = bytes,
        .userspace_addr = (uintptr_t)at,
    };
    kvm_call(m->vm, KVM_SET_USER_MEMORY_REGION, &region, "the guest's memory");
}

/* Local APICs in the kernel; without the PIC and I/O APIC, which nobody would use. A bare machine
 * has what foreign VMMs have: those, and the PIT. */
static void add_apics(struct machine *m)
{
    struct kvm_enable_cap split = {.cap = KVM_CAP_SPLIT_IRQCHIP};
    struct kvm_pit_config pit = {.flags = KVM_PIT_SPEAKER_DUMMY};
    bool bare = m->options->bare != BARE_NOT;
    if (bare || ioctl(m->vm, KVM_ENABLE_CAP, &split) != 0)
        kvm_call(m->vm, KVM_CREATE_IRQCHIP, NULL, "the interrupt controllers");
    if (bare)
        kvm_call(m->vm, KVM_CREATE_PIT2, &pit, "the timer");
}

static int open_kvm(void)
{
    int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        fail(ST_START, "/dev/kvm: %s%s", strerror(errno),
             errno == EACCES ? " (to use it: sudo usermod -aG kvm $USER, then log in again)" : "");
    int version = ioctl(fd, KVM_GET_API_VERSION, 0);
    if (version != KVM_API_VERSION)
        fail(ST_START, "/dev/kvm has an unknown interface version, %d", version);
    return fd;
}

void machine_create(struct machine *m)
{
    m->kvm = open_kvm();
    stats_reached("/dev/kvm");
    m->vm = kvm_call(m->kvm, KVM_CREATE_VM, NULL, "a virtual machine");
    stats_reached("virtual machine");
    m->memory = allocate(m->low + m->high, m->options->huge);
    add_memory(m, 0, 0, m->low, m->memory);
    if (m->high != 0)
        add_memory(m, 1, GAP_END, m->high, m->memory + m->low);
    stats_reached("memory");
    kvm_call(m->vm, KVM_SET_TSS_ADDR, (void *)TSS_PAGES, "a place for its own pages");
    add_apics(m);
    sev_catch_msrs(m);
    stats_reached("interrupt controllers");
}

/* CPUID: what KVM offers, our own leaves in place of KVM's; a bare machine keeps KVM's. */

static void add_own_leaves(const struct machine *m, struct kvm_cpuid2 *t)
{
    static const char signature[] = VMM_SIGNATURE;
    struct kvm_cpuid_entry2 own[] = {
        {.function = 0x40000000, .eax = VMM_LEAF_TIMING},
        {.function = VMM_LEAF_ABI, .eax = VMM_ABI, .ebx = VMM_PORT, .ecx = m->options->cpus},
        {.function = VMM_LEAF_TIMING, .eax = m->tsc_khz, .ebx = APIC_TIMER_KHZ},
    };
    memcpy(&own[0].ebx, signature, 4);
    memcpy(&own[0].ecx, signature + 4, 4);
    memcpy(&own[0].edx, signature + 8, 4);
    memcpy(t->entries + t->nent, own, sizeof own);
    t->nent += sizeof own / sizeof *own;
}

/* Returns leaf 1, which tells each CPU its own number. */
static struct kvm_cpuid_entry2 *make_cpuid(const struct machine *m, struct kvm_cpuid2 *t)
{
    struct kvm_cpuid_entry2 *leaf1 = t->entries;
    uint32_t kept = 0;
    bool drop = m->options->no_xsave, bare = m->options->bare != BARE_NOT;
    t->nent = CPUID_ENTRIES - 4;
    kvm_call(m->kvm, KVM_GET_SUPPORTED_CPUID, t, "what its CPUs can");
    for (uint32_t i = 0; i < t->nent; i++) {
        struct kvm_cpuid_entry2 *e = &t->entries[kept];
        *e = t->entries[i];
        if (e->function == 1)
            leaf1 = e;
        if (e->function == 1 && drop)
            e->ecx &= ~CPUID1_ECX_XSTATE;
        if (e->function == 7 && e->index == 0 && drop)
            e->ebx &= ~CPUID7_EBX_XSTATE;
        bool topology = e->function == 0xb || e->function == 0x1f; /* the host's */
        bool kvms = e->function >> 28 == 4 && !bare;
        kept += !kvms && !topology && !(e->function == 0xd && drop);
    }
    t->nent = kept;
    if (!bare)
        add_own_leaves(m, t);
    sev_tell(m->options, t);
    leaf1->ecx |= CPUID1_ECX_HYPERVISOR;
    leaf1->edx &= ~CPUID1_EDX_HTT;
    return leaf1;
}

static void add_cpu(struct machine *m, unsigned i, long run_bytes)
{
    struct vcpu *v = &m->cpus[i];
    *v = (struct vcpu){.machine = m, .index = i, .stats_fd = -1};
    v->fd = kvm_call(m->vm, KVM_CREATE_VCPU, (void *)(uintptr_t)i, "a vCPU");
    v->run = mmap(NULL, (size_t)run_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, v->fd, 0);
    if (v->run == MAP_FAILED)
        fail(ST_START, "KVM: a vCPU's state: %s", strerror(errno));
}

void machine_add_cpus(struct machine *m)
{
    static struct vcpu cpus[VMM_CPUS_MAX];
    struct kvm_cpuid2 *cpuid = calloc(1, sizeof *cpuid + CPUID_ENTRIES * sizeof *cpuid->entries);
    if (cpuid == NULL)
        fail(ST_START, "no memory for a table of CPUID leaves");
    long run_bytes = kvm_call(m->kvm, KVM_GET_VCPU_MMAP_SIZE, NULL, "the size of a vCPU's state");
    m->cpus = cpus;
    for (unsigned i = 0; i < m->options->cpus; i++)
        add_cpu(m, i, run_bytes);
    stats_reached("vCPUs");
    int khz = ioctl(m->cpus[0].fd, KVM_GET_TSC_KHZ, 0);
    m->tsc_khz = khz > 0 ? (unsigned)khz : 0;
    struct kvm_cpuid_entry2 *leaf1 = make_cpuid(m, cpuid);
    for (unsigned i = 0; i < m->options->cpus; i++) {
        leaf1->ebx = (leaf1->ebx & 0xffff) | m->options->cpus << 16 | i << 24;
        leaf1->edx |= m->options->cpus > 1 ? CPUID1_EDX_HTT : 0;
        kvm_call(m->cpus[i].fd, KVM_SET_CPUID2, cpuid, "a vCPU's CPUID");
    }
    free(cpuid);
    stats_reached("CPUID");
}

/* The host's clock before and after the guest's TSC was read: right before the guest runs. */
void machine_tell_clock(const struct machine *m)
{
    uint64_t query[] = {1, MSR_TSC, 0}; /* struct kvm_msrs with one entry; then its value */
    uint64_t before = clock_ns(CLOCK_MONOTONIC);
    kvm_call(m->cpus[0].fd, KVM_GET_MSRS, query, "the guest's TSC");
    dprintf(CLOCK_FD, "%lu %lu %lu\n", before, clock_ns(CLOCK_MONOTONIC), query[2]);
    close(CLOCK_FD);
}
