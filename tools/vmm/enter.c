/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first registers, by door. Of the Limpet note and PVH they are what those ask for; of Linux'
 * doors what Firecracker (64-bit) and Cloud Hypervisor (32-bit) set: linux.h.
 */
#include "vmm.h"
#include "linux.h"
#include <string.h>

/* Intel SDM vol. 3A: 2.5, 2.2.1 and, of descriptors, 3.4.5. */
#define CR0_PE      (1u << 0)
#define CR0_ET      (1u << 4)
#define CR0_PG      (1u << 31)
#define CR4_PAE     (1u << 5)
#define EFER_LME    (1u << 8)
#define EFER_LMA    (1u << 10)
#define RFLAGS_BIT1 2

static struct kvm_segment segment(uint64_t descriptor, uint16_t selector)
{
    uint32_t limit = (uint32_t)(descriptor & 0xffff) | (uint32_t)(descriptor >> 32 & 0xf0000);
    struct kvm_segment s = {.selector = selector};
    s.type = descriptor >> 40 & 0xf;
    s.s = descriptor >> 44 & 1;
    s.present = descriptor >> 47 & 1;
    s.l = descriptor >> 53 & 1;
    s.db = descriptor >> 54 & 1;
    s.g = descriptor >> 55 & 1;
    s.limit = s.g ? limit << 12 | 0xfff : limit;
    return s;
}

/* By a door of our own: no GDT, but what the note names. */
static void enter_own(const struct options *o, const struct image_plan *plan, struct kvm_sregs *s,
                      struct kvm_regs *regs)
{
    const struct vmm_note *l = &plan->long_mode;
    bool is_long = o->door == DOOR_LONG;
    s->cs = segment(is_long ? 0xaf9b000000ffff : 0xcf9b000000ffff, VMM_NOTE_CS);
    s->ds = segment(0xcf93000000ffff, VMM_NOTE_CS + 8);
    s->es = s->ss = s->fs = s->gs = s->ds;
    s->idt.limit = 0;
    s->cr0 = CR0_PE | CR0_ET;
    s->cr4 = 0;
    regs->rip = plan->entry;
    if (is_long) {
        regs->rip = l->entry;
        s->cr0 = l->cr0;
        s->cr3 = l->cr3 | sev_bit(o);
        s->cr4 = l->cr4;
        s->efer = l->efer;
        s->gdt.base = l->gdt;
        s->gdt.limit = (uint16_t)l->gdt_limit;
    }
}

static void enter_foreign(struct machine *m, const struct image_plan *plan, struct kvm_sregs *s,
                          struct kvm_regs *regs)
{
    enum door door = m->options->door;
    bool is_64 = door == DOOR_LINUX64 || door == DOOR_BZ64;
    const uint64_t gdt[] = {0, is_64 ? 0xaf9b000000ffff : 0xcf9b000000ffff, 0xcf93000000ffff,
                            is_64 ? 0x8f8b000000ffff : 0x8b0000000067};
    memcpy(m->memory + LINUX_GDT, gdt, sizeof gdt);
    s->gdt.base = LINUX_GDT;
    s->gdt.limit = sizeof gdt - 1;
    s->idt.base = LINUX_IDT; /* an empty entry */
    s->idt.limit = 7;
    s->cs = segment(gdt[1], 8);
    s->ds = segment(gdt[2], 16);
    s->es = s->ss = s->fs = s->gs = s->ds;
    s->tr = segment(gdt[3], 24);
    if (is_64) {
        linux_tables(m->memory + LINUX_TABLES);
        s->cr0 |= CR0_PE | CR0_PG; /* beside what reset leaves: ET, and no caches */
        s->cr3 = LINUX_TABLES;
        s->cr4 |= CR4_PAE;
        s->efer |= EFER_LME | EFER_LMA;
        regs->rip = plan->linux64;
        regs->rbp = LINUX_STACK;
    } else {
        s->cr0 = door == DOOR_PVH ? CR0_PE | CR0_ET : CR0_PE;
        s->cr4 = 0;
        regs->rip = door == DOOR_PVH ? plan->entry : plan->linux32;
    }
    regs->rsp = door == DOOR_PVH ? 0 : LINUX_STACK;
}

void machine_enter(struct machine *m, const struct image_plan *plan, uint32_t told)
{
    enum door door = m->options->door;
    bool start_info = door == DOOR_LONG || door == DOOR_PVH;
    struct kvm_regs regs = {.rflags = RFLAGS_BIT1};
    struct kvm_sregs s;
    kvm_call(m->cpus[0].fd, KVM_GET_SREGS, &s, "a vCPU's registers");
    if (door == DOOR_LONG || (door == DOOR_PVH && m->options->bare == BARE_NOT))
        enter_own(m->options, plan, &s, &regs);
    else
        enter_foreign(m, plan, &s, &regs);
    *(start_info ? &regs.rbx : &regs.rsi) = told;
    kvm_call(m->cpus[0].fd, KVM_SET_SREGS, &s, "the first registers that the image asks for");
    kvm_call(m->cpus[0].fd, KVM_SET_REGS, &regs, "the first registers");
    stats_reached("registers");
}
