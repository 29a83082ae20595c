/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --sev: what AMD SEV looks like from inside, without anything being encrypted. The guest's memory
 * is there at addresses with the C-bit only, so a page-table entry that lacks it, which on the real
 * thing would show bytes in cipher, leads nowhere. CPUID and MSRs: AMD APM vol. 3, E.4.17; vol. 2,
 * 15.34.10 and 15.35.
 */
#include "platform/efi/private.h"
#include "vmm.h"
#include <cpuid.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define LEAF_SEV     0x8000001fu
#define LEAF_WIDTHS  0x80000008u
#define EAX_SEV      (1u << 1)
#define EAX_ES       (1u << 3)
#define EBX_REDUCED  (1u << 6) /* physical addresses have one bit less: the C-bit */
#define MSR_GHCB     0xc0010130u
#define MSR_STATUS   0xc0010131u
#define STATUS_SEV   1
#define STATUS_ES    2
#define TABLES       65536 /* of 4 KiB, looked through at most */
#define STEPS        100   /* of the guest to its first CPUID, at most */
#define C_BIT_LOWEST 39    /* below lies memory: private.h */

/* AMD APM vol. 2, 15.35.5: the exception, whose error code is the exit's; appendix C. */
#define VECTOR_VC  29
#define EXIT_CPUID 0x72

/* AMD 56421, GHCB Standardization, 2.3.1: the MSR protocol's termination request, reason set 0. */
#define GHCB_TERMINATE   0x100
#define GHCB_NO_PROTOCOL 1

/* Page-table entries: Intel SDM vol. 3A, 4.5. */
#define PRESENT 0x001ull
#define LARGE   0x080ull
#define ADDRESS 0x000ffffffffff000ull

/* How many bits a physical address has here. */
static unsigned width(void)
{
    unsigned a, b, c, d;
    return __get_cpuid(LEAF_WIDTHS, &a, &b, &c, &d) ? a & 0xff : 36;
}

void sev_take(struct sev *s, const char *text)
{
    char *end;
    unsigned highest = width() - 1;
    s->what = text == NULL                    ? SEV_ACTIVE
              : strcmp(text, "possible") == 0 ? SEV_POSSIBLE
              : strcmp(text, "es") == 0       ? SEV_ES
                                              : SEV_ACTIVE;
    s->c_bit = highest;
    if (highest < C_BIT_LOWEST)
        fail(ST_START,
             "--sev: this processor's physical addresses have %u bits, too few for a C-bit",
             highest + 1);
    if (text == NULL || s->what != SEV_ACTIVE)
        return;
    unsigned long bit = strtoul(text, &end, 10);
    if (end == text || *end != '\0' || bit < C_BIT_LOWEST || bit > highest)
        fail(ST_USAGE, "--sev: \"%s\" is neither \"possible\" nor \"es\" nor a bit from %u to %u",
             text, C_BIT_LOWEST, highest);
    s->c_bit = (unsigned)bit;
}

void sev_check(const struct options *o)
{
    if (o->sev.what == SEV_ES && o->door != DOOR_PVH)
        fail(ST_USAGE,
             "--sev=es: only --door pvh enters without page tables, where #VC comes first");
    if (o->sev.what != SEV_ACTIVE)
        return;
    if (o->door != DOOR_LONG)
        fail(ST_USAGE, "--sev: only --door long enters with page tables, where the C-bit can be");
    if (o->cpus != 1)
        fail(ST_USAGE, "--sev: only with --smp 1, as other processors start without page tables, "
                       "where real SEV takes all memory for encrypted, and this one finds none");
}

uint64_t sev_bit(const struct options *o)
{
    return o->sev.what == SEV_ACTIVE ? 1ull << o->sev.c_bit : 0;
}

/* Both MSRs are ours to answer, whatever KVM or the host's own SEV would say. */
void sev_catch_msrs(const struct machine *m)
{
    static uint8_t deny; /* a bit for each MSR; 0: it exits */
    struct kvm_enable_cap cap = {.cap = KVM_CAP_X86_USER_SPACE_MSR,
                                 .args = {KVM_MSR_EXIT_REASON_FILTER}};
    struct kvm_msr_filter filter = {
        .flags = KVM_MSR_FILTER_DEFAULT_ALLOW,
        .ranges = {{.flags = KVM_MSR_FILTER_READ | KVM_MSR_FILTER_WRITE,
                    .base = MSR_GHCB,
                    .nmsrs = 2,
                    .bitmap = &deny}},
    };
    if (m->options->sev.what != SEV_NONE && (ioctl(m->vm, KVM_ENABLE_CAP, &cap) != 0 ||
                                             ioctl(m->vm, KVM_X86_SET_MSR_FILTER, &filter) != 0))
        fail(ST_START, "KVM: --sev wants its MSRs handled here (Linux 5.10): %s", strerror(errno));
}

void sev_patch(const struct machine *m, const struct image_plan *plan)
{
    uint64_t bit = sev_bit(m->options);
    const char *wrong =
        bit != 0 ? private_patch(m->memory, 0, m->low, plan->long_mode.cr3, bit) : NULL;
    if (wrong != NULL)
        fail(ST_IMAGE, "%s %s", m->options->image, wrong);
}

void sev_tell(const struct options *o, struct kvm_cpuid2 *t)
{
    struct kvm_cpuid_entry2 *leaf = NULL;
    for (uint32_t i = 0; i < t->nent; i++) {
        if (t->entries[i].function == LEAF_SEV)
            leaf = &t->entries[i];
        else if (t->entries[i].function == 0x80000000 && t->entries[i].eax < LEAF_SEV &&
                 o->sev.what != SEV_NONE)
            t->entries[i].eax = LEAF_SEV;
    }
    if (leaf == NULL && o->sev.what == SEV_NONE)
        return;
    if (leaf == NULL)
        leaf = &t->entries[t->nent++];
    *leaf = (struct kvm_cpuid_entry2){.function = LEAF_SEV};
    if (o->sev.what != SEV_NONE) {
        leaf->eax = EAX_SEV | (o->sev.what == SEV_ES ? EAX_ES : 0);
        leaf->ebx = o->sev.c_bit | EBX_REDUCED;
    }
}

/* error: a general protection fault, as of an MSR that is not there. */
void sev_read_msr(struct vcpu *v)
{
    const struct sev *s = &v->machine->options->sev;
    v->run->msr.error = s->what == SEV_POSSIBLE || v->run->msr.index != MSR_STATUS;
    v->run->msr.data = STATUS_SEV | (s->what == SEV_ES ? STATUS_ES : 0);
}

void sev_write_msr(struct vcpu *v)
{
    uint64_t data = v->run->msr.data;
    v->run->msr.error = 1;
    if (v->machine->options->sev.what == SEV_ES && v->run->msr.index == MSR_GHCB &&
        (data & 0xfff) == GHCB_TERMINATE)
        machine_end(v->machine, ST_RESET,
                    "--sev=es: the guest asks to be ended (GHCB MSR protocol), reason set %lu, "
                    "reason %lu%s",
                    data >> 12 & 0xf, data >> 16 & 0xff,
                    (data >> 12 & 0xfff) == GHCB_NO_PROTOCOL << 4 ? ": it does not know SEV-ES"
                                                                  : "");
}

/* The guest's next instruction, paging off, is CPUID. */
static bool at_cpuid(const struct vcpu *v)
{
    struct kvm_regs regs;
    struct kvm_sregs s;
    kvm_call(v->fd, KVM_GET_REGS, &regs, "a vCPU's registers");
    kvm_call(v->fd, KVM_GET_SREGS, &s, "a vCPU's registers");
    const uint8_t *code = guest_memory(v->machine, s.cs.base + regs.rip, 2);
    return code != NULL && code[0] == 0x0f && code[1] == 0xa2;
}

void sev_raise_vc(struct vcpu *v)
{
    struct kvm_guest_debug debug = {.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP};
    struct kvm_vcpu_events events;
    if (v->machine->options->sev.what != SEV_ES)
        return;
    kvm_call(v->fd, KVM_SET_GUEST_DEBUG, &debug, "single steps");
    for (unsigned i = 0; !at_cpuid(v); i++) {
        kvm_call(v->fd, KVM_RUN, NULL, "a single step");
        if (i == STEPS || v->run->exit_reason != KVM_EXIT_DEBUG)
            fail(ST_START, "--sev=es: the guest does not come to CPUID in %u steps", i);
    }
    debug.control = 0;
    kvm_call(v->fd, KVM_SET_GUEST_DEBUG, &debug, "no more single steps");
    kvm_call(v->fd, KVM_GET_VCPU_EVENTS, &events, "a vCPU's events");
    events.exception.injected = events.exception.has_error_code = 1;
    events.exception.nr = VECTOR_VC;
    events.exception.error_code = EXIT_CPUID;
    kvm_call(v->fd, KVM_SET_VCPU_EVENTS, &events, "an exception");
}

/* What is looked through for a present entry that leads to memory without the C-bit. */
struct search {
    const struct machine *m;
    uint64_t bit, va; /* the first address that the entry is for */
    unsigned tables;  /* so many more are looked at: the guest may have made them a circle */
};

static uint64_t find_plain(struct search *s, uint64_t table, int level, uint64_t base)
{
    const uint64_t *entries = guest_memory(s->m, table & ~s->bit, 4096);
    for (unsigned i = 0; entries != NULL && i < 512 && s->tables > 0; i++) {
        uint64_t e = entries[i], va = base + ((uint64_t)i << (12 + 9 * level));
        bool leads_on = level > 0 && !(level < 3 && e & LARGE);
        if (!(e & PRESENT))
            continue;
        s->va = va;
        if (!(e & s->bit) && guest_memory(s->m, e & ADDRESS, 1) != NULL)
            return e;
        s->tables -= leads_on;
        e = leads_on ? find_plain(s, e & ADDRESS, level - 1, va) : 0;
        if (e != 0)
            return e;
    }
    return 0;
}

bool sev_blame(struct vcpu *v)
{
    struct kvm_sregs registers;
    const struct options *o = v->machine->options;
    struct search s = {v->machine, sev_bit(o), 0, TABLES};
    if (s.bit == 0 || ioctl(v->fd, KVM_GET_SREGS, &registers) != 0)
        return false;
    if (!(registers.cr3 & s.bit)) {
        machine_end(v->machine, ST_RESET, "--sev: CR3, 0x%llx, lacks the C-bit (bit %u)",
                    registers.cr3, o->sev.c_bit);
        return true;
    }
    uint64_t entry = find_plain(&s, registers.cr3 & ADDRESS, 3, 0);
    if (entry != 0)
        machine_end(v->machine, ST_RESET,
                    "--sev: a page-table entry lacks the C-bit (bit %u): 0x%lx, for addresses from "
                    "0x%lx on",
                    o->sev.c_bit, entry, s.va);
    return entry != 0;
}
