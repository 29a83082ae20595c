/* SPDX-License-Identifier: BSD-2-Clause */
/* kvmclock: Linux Documentation/virt/kvm/x86/msr.rst and cpuid.rst. */
#include "pvclock.h"
#include "cpu.h"

#define KVM_FEATURES           0x40000001
#define KVM_FEATURE_CLOCK2     (1u << 3)
#define MSR_KVM_WALL_CLOCK_NEW 0x4b564d00
#define MSR_KVM_SYSTEM_TIME    0x4b564d01

/* Shared with the host; version is odd while it writes. */
struct pvclock_time {
    uint32_t version, pad;
    uint64_t tsc_timestamp, system_time; /* ticks; ns since the guest was created */
    uint32_t mul;                        /* ns = (ticks << shift) × mul / 2^32 */
    int8_t shift;
    uint8_t flags, pad2[2];
} __attribute__((aligned(32)));
_Static_assert(sizeof(struct pvclock_time) == 32, "msr.rst, MSR_KVM_SYSTEM_TIME_NEW");

struct pvclock_wall {
    uint32_t version, seconds, nanoseconds;
} __attribute__((aligned(16)));

static volatile struct pvclock_time shared_time;
static volatile struct pvclock_wall shared_wall;

static bool offered(void) { return cpuid(KVM_FEATURES, 0).eax & KVM_FEATURE_CLOCK2; }

/* The host fills the structure while it handles the MSR write; then it may be switched off. */
static void read_once(struct pvclock_time *t)
{
    wrmsr(MSR_KVM_SYSTEM_TIME, (uint64_t)&shared_time | 1);
    do {
        t->version = shared_time.version;
        __asm__ volatile("" : : : "memory");
        t->tsc_timestamp = shared_time.tsc_timestamp;
        t->system_time = shared_time.system_time;
        t->mul = shared_time.mul;
        t->shift = shared_time.shift;
        __asm__ volatile("" : : : "memory");
    } while (t->version & 1 || t->version != shared_time.version);
    wrmsr(MSR_KVM_SYSTEM_TIME, 0);
}

struct clock_source pvclock_tsc_hz(void)
{
    struct pvclock_time t;
    if (!offered())
        return (struct clock_source){0, "", 0};
    read_once(&t);
    if (t.mul == 0)
        return (struct clock_source){0, "", 0};
    unsigned __int128 hz = (unsigned __int128)1000000000 << 32;
    hz = t.shift < 0 ? hz << -t.shift : hz >> t.shift;
    return (struct clock_source){(uint64_t)(hz / t.mul), "kvmclock", 0};
}

uint64_t pvclock_wall_ns(void)
{
    struct pvclock_time t;
    if (!offered())
        return 0;
    wrmsr(MSR_KVM_WALL_CLOCK_NEW, (uint64_t)&shared_wall);
    uint64_t boot = shared_wall.seconds * 1000000000ull + shared_wall.nanoseconds;
    read_once(&t);
    if (boot == 0 || t.mul == 0)
        return 0;
    uint64_t ticks = rdtsc() - t.tsc_timestamp;
    ticks = t.shift < 0 ? ticks >> -t.shift : ticks << t.shift;
    return boot + t.system_time + (uint64_t)((unsigned __int128)ticks * t.mul >> 32);
}
