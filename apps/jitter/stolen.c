/* SPDX-License-Identifier: BSD-2-Clause */
/* Stolen time: KVM's page (Linux Documentation/virt/kvm/x86/msr.rst), Xen's run states
 * (xen/include/public/vcpu.h), and what Linux tells a process of both (proc(5)). */
#include "stolen.h"
#include <cpuid.h>
#include <limpet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define KVM_FEATURES      0x40000001
#define KVM_FEATURE_STEAL (1u << 5)
#define MSR_KVM_STEAL     0x4b564d03
#define XEN_VCPU_OP       24
#define XEN_GET_RUNSTATE  4
#define RUNNABLE          1 /* wants a CPU, has none */
#define OFFLINE           3
#define STEAL_FIELD       8 /* of a line of /proc/stat, behind its name */
#define NS                1000000000ull

/* Shared with KVM, which counts version up by two each time it writes. */
static volatile struct {
    uint64_t ns;
    uint32_t version, flags;
    uint8_t preempted, pad[47];
} kvm __attribute__((aligned(64)));
_Static_assert(sizeof kvm == 64, "msr.rst, MSR_KVM_STEAL_TIME");

/* Filled by Xen: how long the CPU has been in each state. */
struct runstate {
    uint32_t state, pad;
    uint64_t since, ns[4];
};

static enum { NOBODY, KVM, XEN, LINUX } teller;
static uint64_t ran; /* of Xen: how long it ran when it was first asked */

static int is_ring3(void)
{
    uint16_t selector;
    __asm__("mov %%cs, %0" : "=r"(selector));
    return (selector & 3) != 0;
}

static long xen_call(long a, long b, void *c)
{
    uint32_t x, vendor, y, z;
    long result = XEN_VCPU_OP;
    __cpuid(0, x, vendor, y, z);
    if (vendor == signature_INTEL_ebx)
        __asm__ volatile("vmcall" : "+a"(result) : "D"(a), "S"(b), "d"(c) : "memory");
    else
        __asm__ volatile("vmmcall" : "+a"(result) : "D"(a), "S"(b), "d"(c) : "memory");
    return result;
}

/* In the image, where addresses are the hypervisor's as well: stacks are not. */
static struct runstate runstate;

static int ask_xen(void) { return xen_call(XEN_GET_RUNSTATE, (long)limpet_cpu(), &runstate) == 0; }

/* Of this CPU's line in /proc/stat, in ticks. Returns whether there is one. */
static int ask_linux(unsigned long long *ticks)
{
    char line[256], name[16];
    int known = 0;
    FILE *f = fopen("/proc/stat", "r");
    snprintf(name, sizeof name, "cpu%u ", limpet_cpu());
    while (f != NULL && !known && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            known = sscanf(line, "%*s %*u %*u %*u %*u %*u %*u %*u %llu", ticks) == 1;
    if (f != NULL)
        fclose(f);
    return known;
}

const char *stolen_none(void)
{
    char signature[13];
    unsigned long long ticks;
    limpet_hypervisor(signature);
    teller = NOBODY;
    if (is_ring3()) {
        teller = ask_linux(&ticks) ? LINUX : NOBODY;
        return teller == LINUX ? NULL : "no /proc/stat here";
    }
    if (strcmp(limpet_confidential().active, "none") != 0)
        return "the hypervisor cannot write into private memory";
    if (strcmp(signature, "XenVMMXenVMM") == 0 && ask_xen())
        teller = XEN;
    if (strcmp(signature, "KVMKVMKVM") == 0) {
        uint32_t features, b, c, d;
        __cpuid(KVM_FEATURES, features, b, c, d);
        teller = features & KVM_FEATURE_STEAL ? KVM : NOBODY;
    }
    return teller == NOBODY ? "this hypervisor does not tell" : NULL;
}

static void set_kvm(uint64_t value)
{
    __asm__ volatile("wrmsr"
                     :
                     : "c"(MSR_KVM_STEAL), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
                     : "memory");
}

void stolen_begin(void)
{
    if (teller == KVM) {
        kvm.version = 0;
        kvm.ns = 0;
        set_kvm((uint64_t)&kvm | 1);
    }
    ran = teller == XEN && ask_xen() ? runstate.ns[0] : 0;
}

uint64_t stolen_ns(void)
{
    unsigned long long ticks = 0;
    if (teller == KVM)
        return kvm.ns;
    if (teller == XEN && ask_xen())
        return runstate.ns[RUNNABLE] + runstate.ns[OFFLINE];
    if (teller == LINUX && ask_linux(&ticks))
        return ticks * (NS / (unsigned long)sysconf(_SC_CLK_TCK));
    return 0;
}

void stolen_end(void)
{
    if (teller == KVM)
        set_kvm(0);
}

const char *stolen_wrong(void)
{
    if (teller == KVM && kvm.version < 2)
        return "KVM did not write its page";
    if (teller == XEN && (!ask_xen() || runstate.ns[0] <= ran))
        return "Xen's run state does not run";
    return NULL;
}

/* Of the main thread: how long it ran, how long it waited for a CPU, how often. */
static int ask_queue(unsigned long long *ns)
{
    FILE *f = fopen("/proc/self/schedstat", "r");
    int known = f != NULL && fscanf(f, "%*u %llu", ns) == 1;
    if (f != NULL)
        fclose(f);
    return known;
}

const char *waited_none(void)
{
    unsigned long long ns;
    if (!is_ring3())
        return "no other program is here";
    return ask_queue(&ns) ? NULL : "no /proc/self/schedstat here";
}

uint64_t waited_ns(void)
{
    unsigned long long ns = 0;
    return ask_queue(&ns) ? ns : 0;
}
