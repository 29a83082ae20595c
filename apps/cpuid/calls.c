/* SPDX-License-Identifier: BSD-2-Clause */
/* Ports, which reach the device model or the hypervisor's own devices, and hypercalls. */
#include "take.h"
#include <cpuid.h>
#include <string.h>

#define SCRATCH   0x3ff  /* COM1's scratch register: reading changes nothing, and it keeps a byte */
#define ELCR      0x4d0  /* the PIC's edge or level triggers */
#define NOBODY    0x1234 /* as kvm-unit-tests has it */
#define INS_BYTES 26     /* as long as HyperBench's string */

#define IN_BYTE(value, port)  __asm__ volatile("inb %1, %b0" : "+a"(value) : "d"((uint16_t)(port)))
#define IN_LONG(value, port)  __asm__ volatile("inl %1, %0" : "+a"(value) : "d"((uint16_t)(port)))
#define OUT_BYTE(value, port) __asm__ volatile("outb %b0, %1" : : "a"(value), "d"((uint16_t)(port)))

#define NOT_SAME "what was read was not always the same"

/* Samples of a read whose low bits (mask) come from the port. */
#define READ_PORT(name, IN, port, mask)                                                            \
    size_t name(uint32_t *samples)                                                                 \
    {                                                                                              \
        struct taking t = take_begin(samples);                                                     \
        uint32_t usual = 0, now;                                                                   \
        IN(usual, port);                                                                           \
        while (take_more(&t)) {                                                                    \
            now = take_pattern(t.n);                                                               \
            TAKE(t, IN(now, port));                                                                \
            if (((now ^ usual) & (mask)) != 0)                                                     \
                take_wrong = NOT_SAME;                                                             \
        }                                                                                          \
        return t.n;                                                                                \
    }

READ_PORT(take_in_scratch, IN_BYTE, SCRATCH, 0xffu)
READ_PORT(take_in_pic, IN_BYTE, ELCR, 0xffu)
READ_PORT(take_in_nobody, IN_LONG, NOBODY, ~0u)

size_t take_ins(uint32_t *samples)
{
    struct taking t = take_begin(samples);
    uint32_t usual = 0;
    char bytes[INS_BYTES], all[INS_BYTES];
    IN_BYTE(usual, SCRATCH);
    memset(all, (int)(usual & 0xff), sizeof all);
    while (take_more(&t)) {
        char *to = bytes;
        unsigned long n = sizeof bytes;
        memset(bytes, (int)(take_pattern(t.n) & 0xff), sizeof bytes);
        TAKE(t, __asm__ volatile("rep insb"
                                 : "+D"(to), "+c"(n)
                                 : "d"((uint16_t)SCRATCH)
                                 : "memory"));
        if (memcmp(bytes, all, sizeof all) != 0)
            take_wrong = NOT_SAME;
    }
    return t.n;
}

/* Does the register keep what is written? Else nothing tells whether a write arrived. */
const char *no_scratch(void)
{
    const char *why = take_ring3();
    uint32_t before = 0, now[2] = {0, 0};
    if (why != NULL)
        return why;
    IN_BYTE(before, SCRATCH);
    for (size_t i = 0; i < 2; i++) {
        OUT_BYTE(take_pattern(i), SCRATCH);
        IN_BYTE(now[i], SCRATCH);
    }
    OUT_BYTE(before, SCRATCH);
    return (now[0] & 0xff) == (take_pattern(0) & 0xff) &&
                   (now[1] & 0xff) == (take_pattern(1) & 0xff)
               ? NULL
               : "no port here keeps a byte that is written";
}

size_t take_out_scratch(uint32_t *samples)
{
    struct taking t = take_begin(samples);
    uint32_t usual = 0, now = 0;
    IN_BYTE(usual, SCRATCH);
    while (take_more(&t)) {
        uint32_t next = take_pattern(t.n);
        TAKE(t, OUT_BYTE(next, SCRATCH));
        IN_BYTE(now, SCRATCH);
        if (((now ^ next) & 0xff) != 0)
            take_wrong = "a write was lost";
    }
    OUT_BYTE(usual, SCRATCH);
    return t.n;
}

/*
 * A hypercall that does nothing: of KVM number 0, which it does not know (linux/kvm_para.h), of Xen
 * xen_version(XENVER_version) (xen/include/public/version.h), which answers major << 16 | minor.
 */
#define KVM_UNKNOWN     0
#define KVM_ENOSYS      (-1000)
#define XEN_VERSION     17
#define XEN_MAJOR_SHIFT 16

static int is_xen(void)
{
    char signature[13];
    limpet_hypervisor(signature);
    return strcmp(signature, "XenVMMXenVMM") == 0;
}

/* limpet-vmm has a signature of its own, but its hypercalls are KVM's. */
const char *no_hypercall(void)
{
    const char *why = take_ring3();
    char signature[13];
    limpet_hypervisor(signature);
    if (why != NULL)
        return why;
    return is_xen() || strcmp(signature, "KVMKVMKVM") == 0 || strcmp(limpet_platform(), "vmm") == 0
               ? NULL
               : "no hypervisor here answers one";
}

static int is_intel(void)
{
    uint32_t a, b, c, d;
    __cpuid(0, a, b, c, d);
    return b == signature_INTEL_ebx && c == signature_INTEL_ecx && d == signature_INTEL_edx;
}

size_t take_hypercall(uint32_t *samples)
{
    struct taking t = take_begin(samples);
    int intel = is_intel(), xen = is_xen();
    long number = xen ? XEN_VERSION : KVM_UNKNOWN, result;
    while (take_more(&t)) {
        long argument = 0;
        result = number;
        if (intel)
            TAKE(t, __asm__ volatile("vmcall" : "+a"(result), "+D"(argument) : : "memory"));
        else
            TAKE(t, __asm__ volatile("vmmcall" : "+a"(result), "+D"(argument) : : "memory"));
        if (xen ? result >> XEN_MAJOR_SHIFT < 3 : result != KVM_ENOSYS)
            take_wrong = "the hypervisor did not answer";
    }
    return t.n;
}
