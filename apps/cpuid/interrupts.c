/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts by the local APIC itself, from the instruction that raises one to a handler of our
 * own: no system's part is in them. For that a CPU gets a copy of its interrupt descriptor table
 * with one gate more, made of the kernel's own for an interrupt, so that it has the same stack.
 */
#include "take.h"
#include <cpuid.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define VECTOR       64 /* of ours; Limpet's table ends below */
#define KERNEL_IPI   34 /* a gate of the kernel's for an interrupt: arch/x86_64/cpu.h */
#define SPURIOUS     47
#define GATES        (VECTOR + 1)
#define LOST_S       4     /* an interrupt that does not come for so many seconds, never does */
#define HALT_PER_S   10000 /* 100 µs in hlt */
#define HALTS        1000
#define IDLE_PER_S   20000 /* 50 µs: long enough to fall asleep in */
#define SETTLE_PER_S 1000  /* 1 ms */
#define CALIBRATED   500   /* a 500th of a second for which the timer is held against the TSC */

/* Local APIC: Intel SDM vol. 3A, 10.4 to 10.6 and 10.12. x2APIC's MSRs are 0x800 + offset / 16. */
#define MSR_APIC_BASE 0x1b
#define BASE_X2       0x400
#define BASE_ADDRESS  0x000ffffffffff000
#define MSR_DEADLINE  0x6e0
#define MSR_X2        0x800
#define REG_ID        0x020
#define REG_EOI       0x0b0
#define REG_SPURIOUS  0x0f0
#define REG_ICR       0x300
#define REG_ICR_HIGH  0x310
#define REG_LVT_TIMER 0x320
#define REG_START     0x380
#define REG_LEFT      0x390
#define REG_DIVIDE    0x3e0
#define ENABLED       0x100
#define BY_1          0xb
#define TO_SELF       0x40000
#define MODE_DEADLINE 0x40000
/* Page tables: vol. 3A, 4.5. */
#define PTE_DEVICE  0x1b /* present, writable, uncached */
#define PTE_ADDRESS 0x000ffffffffff000

struct gate {
    uint64_t low, high; /* vol. 3A, 6.14.1 */
};
struct __attribute__((packed)) table_place {
    uint16_t limit;
    uint64_t base;
};

/* Known to the handler. */
extern volatile uint32_t cpuid_count;
extern volatile uint64_t cpuid_came, cpuid_eoi;
volatile uint32_t cpuid_count;           /* interrupts so far, of all CPUs */
volatile uint64_t cpuid_came, cpuid_eoi; /* the last one's TSC; EOI's register, 0: by MSR */
extern const char cpuid_handler[];
/*
 * Lets interrupts come and sleeps until one has. None comes between the two instructions, but for a
 * guest of KVM or Xen that itself runs under QEMU's emulated SVM (7.2), which forgets that on the
 * way through its host; hence the handler does not return to a hlt, but behind it.
 */
void cpuid_halt(void);
__asm__(".pushsection .text\n"
        "cpuid_handler:\n\t"
        "push %rax\n\t"
        "push %rcx\n\t"
        "push %rdx\n\t"
        "rdtsc\n\t"
        "mov %eax, cpuid_came(%rip)\n\t"
        "mov %edx, cpuid_came+4(%rip)\n\t"
        "mov cpuid_eoi(%rip), %rax\n\t"
        "test %rax, %rax\n\t"
        "jz 1f\n\t"
        "movl $0, (%rax)\n\t"
        "jmp 2f\n"
        "1: mov $0x80b, %ecx\n\t"
        "xor %eax, %eax\n\t"
        "xor %edx, %edx\n\t"
        "wrmsr\n"
        "2: lock incl cpuid_count(%rip)\n\t"
        "lea cpuid_hlt(%rip), %rax\n\t"
        "cmp %rax, 24(%rsp)\n\t" /* rip */
        "jne 3f\n\t"
        "incq 24(%rsp)\n"
        "3:\n\t"
        "pop %rdx\n\t"
        "pop %rcx\n\t"
        "pop %rax\n\t"
        "iretq\n"
        "cpuid_halt:\n\t"
        "sti\n"
        "cpuid_hlt:\n\t"
        "hlt\n\t"
        "ret\n"
        ".popsection\n");

static uint64_t read_msr(uint32_t msr)
{
    uint32_t lo, hi;
    __asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr) : "memory");
    return (uint64_t)hi << 32 | lo;
}

static void write_msr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr"
                     :
                     : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
                     : "memory");
}

static volatile char *page; /* the local APIC's registers; NULL: by MSR */

static uint32_t read_register(uint32_t offset)
{
    return page != NULL ? *(volatile uint32_t *)(page + offset)
                        : (uint32_t)read_msr(MSR_X2 + offset / 16);
}

static void write_register(uint32_t offset, uint32_t value)
{
    if (page != NULL)
        *(volatile uint32_t *)(page + offset) = value;
    else
        write_msr(MSR_X2 + offset / 16, value);
}

/* The running CPU's own number, as an interrupt's destination has it. */
static uint32_t own_id(void) { return read_register(REG_ID) >> (page != NULL ? 24 : 0); }

static void send(uint32_t id)
{
    if (page != NULL) {
        write_register(REG_ICR_HIGH, id << 24);
        write_register(REG_ICR, VECTOR);
    } else {
        write_msr(MSR_X2 + REG_ICR / 16, (uint64_t)id << 32 | VECTOR);
    }
}

static void send_self(void)
{
    if (page != NULL)
        write_register(REG_ICR, TO_SELF | VECTOR);
    else
        write_msr(MSR_X2 + REG_ICR / 16, TO_SELF | VECTOR);
}

/* A page of our own becomes the registers': its entry in the page tables, which lie where they seem
 * to, below 1 GiB or in the window on physical memory. */
static volatile char *map_registers(uint64_t physical)
{
    char *own = limpet_map(4096, 4096);
    uint64_t *table;
    if (own == NULL)
        return NULL;
    *(volatile char *)own = 0; /* it is there */
    __asm__ volatile("mov %%cr3, %0" : "=r"(table));
    for (int shift = 39; shift >= 12; shift -= 9) {
        uint64_t *entry =
            (uint64_t *)((uint64_t)table & PTE_ADDRESS) + ((uint64_t)own >> shift & 511);
        if (shift == 12)
            *entry = (*entry & ~PTE_ADDRESS) | physical | PTE_DEVICE;
        else
            table = (uint64_t *)*entry;
    }
    __asm__ volatile("invlpg (%0)" : : "r"(own) : "memory");
    return own;
}

/* A CPU on which our handler is. */
struct owned {
    struct table_place kernels;
    uint32_t spurious, timer;
};
static struct owned here, there; /* CPU of the measuring thread, of its partner */

/* The running CPU, on which the caller stays, gets our table, and its local APIC is on. */
static void own(struct owned *cpu)
{
    static struct gate table[GATES] __attribute__((aligned(16)));
    const struct table_place ours = {sizeof table - 1, (uint64_t)table};
    uint64_t handler = (uint64_t)cpuid_handler;
    __asm__ volatile("sidt %0" : "=m"(cpu->kernels));
    memcpy(table, (const void *)cpu->kernels.base, cpu->kernels.limit + 1u);
    table[VECTOR].low = (table[KERNEL_IPI].low & 0x0000ffffffff0000) | (handler & 0xffff) |
                        (handler & 0xffff0000) << 32;
    table[VECTOR].high = handler >> 32;
    __asm__ volatile("lidt %0" : : "m"(ours));
    cpu->spurious = read_register(REG_SPURIOUS);
    cpu->timer = read_register(REG_LVT_TIMER);
    if (!(cpu->spurious & ENABLED))
        write_register(REG_SPURIOUS, ENABLED | SPURIOUS);
    /* The kernel's timer stops, and what of it is on the way arrives: KVM takes no deadline before.
     */
    write_register(REG_START, 0);
    for (uint64_t now = limpet_tsc(); limpet_tsc() - now < limpet_clock().tsc_hz / SETTLE_PER_S;)
        ;
}

/* The kernel's timer is asked for at once, so that it looks what is due. */
static void give_back(const struct owned *cpu)
{
    write_register(REG_LVT_TIMER, cpu->timer);
    write_register(REG_START, 1);
    write_register(REG_SPURIOUS, cpu->spurious);
    __asm__ volatile("lidt %0" : : "m"(cpu->kernels));
}

const char *no_lapic(void)
{
    const char *why = take_ring3();
    uint32_t a, b, c, d;
    if (why != NULL)
        return why;
    if (strcmp(limpet_confidential().active, "none") != 0)
        return "page tables and devices are not where they seem to be in private memory";
    return __get_cpuid(1, &a, &b, &c, &d) && (d >> 9 & 1) ? NULL : "the CPU has no local APIC";
}

const char *no_deadline(void)
{
    const char *why = no_lapic();
    uint32_t a, b, c = 0, d;
    if (why != NULL)
        return why;
    return __get_cpuid(1, &a, &b, &c, &d) && (c >> 24 & 1) ? NULL : "the CPU has no TSC deadline";
}

/* Where the registers are: the kernel switches to x2APIC, if at all, when it first needs its timer.
 */
static const char *find_registers(void)
{
    usleep(1);
    uint64_t base = read_msr(MSR_APIC_BASE);
    if (base & BASE_X2)
        page = NULL;
    else if (page == NULL)
        page = map_registers(base & BASE_ADDRESS);
    cpuid_eoi = base & BASE_X2 ? 0 : (uint64_t)(page + REG_EOI);
    return !(base & BASE_X2) && page == NULL ? "no memory" : NULL;
}

const char *own_interrupts(void)
{
    const char *wrong = take_here();
    wrong = wrong != NULL ? wrong : find_registers();
    if (wrong == NULL)
        own(&here);
    return wrong;
}

const char *end_interrupts(void)
{
    give_back(&here);
    return take_anywhere();
}

/* Waits, at work, for an interrupt behind so many. Returns whether it came. */
static int came(uint32_t before)
{
    uint64_t until = limpet_tsc() + LOST_S * limpet_clock().tsc_hz;
    while (cpuid_count == before && limpet_tsc() < until)
        __asm__ volatile("pause");
    if (cpuid_count == before)
        take_wrong = "an interrupt was lost";
    return cpuid_count != before;
}

/* At the end: was the handler entered once for each sample? */
static size_t counted(const struct taking *t, uint32_t before)
{
    if (take_wrong == NULL && cpuid_count - before != (uint32_t)t->n)
        take_wrong = "interrupts came that were not sent";
    return t->n;
}

size_t take_self_ipi(uint32_t *samples)
{
    struct taking t = take_begin(samples);
    uint32_t began = cpuid_count, before;
    while (take_more(&t) && take_wrong == NULL) {
        before = cpuid_count;
        TAKE(t, (send_self(), came(before)));
    }
    return counted(&t, began);
}

size_t take_self_ipi_halted(uint32_t *samples)
{
    struct taking t = take_begin(samples);
    uint32_t began = cpuid_count, before = began;
    send_self();
    if (!came(before)) /* nothing would end the halt */
        return 0;
    for (began++; take_more(&t) && take_wrong == NULL;) {
        before = cpuid_count;
        __asm__ volatile("cli" : : : "memory");
        TAKE(t, (send_self(), cpuid_halt()));
        came(before); /* another interrupt may have ended the halt */
    }
    return counted(&t, began);
}

size_t take_timer(uint32_t *samples)
{
    struct taking t = take_begin(samples);
    uint32_t began = cpuid_count, before;
    write_register(REG_DIVIDE, BY_1);
    write_register(REG_LVT_TIMER, VECTOR);
    while (take_more(&t) && take_wrong == NULL) {
        before = cpuid_count;
        TAKE(t, (write_register(REG_START, 1), came(before)));
    }
    return counted(&t, began);
}

size_t take_deadline(uint32_t *samples)
{
    struct taking t = take_begin(samples);
    uint32_t began = cpuid_count, before;
    write_register(REG_LVT_TIMER, MODE_DEADLINE | VECTOR);
    __asm__ volatile("mfence" : : : "memory"); /* between the two, for an xAPIC: 10.5.4.1 */
    while (take_more(&t) && take_wrong == NULL) {
        before = cpuid_count;
        TAKE(t, (write_msr(MSR_DEADLINE, limpet_tsc()), came(before)));
    }
    return counted(&t, began);
}

/* Ticks of the timer in so many of the TSC. */
static uint32_t timer_ticks(uint64_t tsc)
{
    uint64_t length = limpet_clock().tsc_hz / CALIBRATED, began = limpet_tsc(), now;
    write_register(REG_START, UINT32_MAX);
    do
        now = limpet_tsc();
    while (now - began < length);
    uint32_t left = read_register(REG_LEFT);
    return (uint32_t)((double)(UINT32_MAX - left) * (double)tsc / (double)(now - began));
}

/* How much later than asked for the handler's first instructions run. */
size_t take_late_halts(uint32_t *samples)
{
    uint64_t pause = limpet_clock().tsc_hz / HALT_PER_S;
    uint32_t began = cpuid_count, ticks, before;
    struct taking t = {samples, 0, 0};
    write_register(REG_DIVIDE, BY_1);
    write_register(REG_LVT_TIMER, VECTOR);
    for (ticks = timer_ticks(pause); t.n < HALTS && take_wrong == NULL;) {
        before = cpuid_count;
        __asm__ volatile("cli" : : : "memory");
        uint64_t armed = limpet_tsc_fenced();
        write_register(REG_START, ticks);
        cpuid_halt();
        if (came(before)) /* or another interrupt ended the halt */
            t.samples[t.n++] =
                cpuid_came > armed + pause ? bench_clip(cpuid_came - armed - pause) : 0;
        if (t.n > 0 && cpuid_came < armed + pause / 2)
            take_wrong = "the timer came in less than half of its time";
    }
    return counted(&t, began);
}

/* Another CPU. */

static pthread_t partner;
static atomic_int over, busy;
static atomic_int partner_id; /* of its local APIC; -1: not there yet, -2: it does not start */
static sem_t end;

static void *be_there(void *unused)
{
    int id = -2;
    if (limpet_pin(1) == 0) {
        own(&there);
        id = (int)own_id();
    }
    atomic_store(&partner_id, id);
    while (atomic_load(&busy) && !atomic_load(&over))
        __asm__ volatile("pause");
    if (!atomic_load(&busy))
        sem_wait(&end);
    if (id >= 0)
        give_back(&there);
    return unused;
}

static const char *start(int at_work)
{
    atomic_store(&over, 0);
    atomic_store(&busy, at_work);
    atomic_store(&partner_id, -1);
    sem_init(&end, 0, 0);
    take_wrong = NULL;
    if (limpet_pin(0) != 0)
        return "CPU 0 cannot be had";
    if (limpet_pin(1) != 0 || limpet_pin(0) != 0)
        return "CPU 1 does not start";
    const char *wrong = find_registers();
    if (wrong != NULL)
        return wrong;
    if (pthread_create(&partner, NULL, be_there, NULL) != 0)
        return "no memory for a thread";
    while (atomic_load(&partner_id) == -1)
        usleep(1000);
    return atomic_load(&partner_id) < 0 ? "CPU 1 cannot be had" : NULL;
}

const char *start_busy(void) { return start(1); }

const char *start_idle(void) { return start(0); }

const char *end_partner(void)
{
    atomic_store(&over, 1);
    sem_post(&end);
    pthread_join(partner, NULL);
    return take_anywhere();
}

static size_t interrupt_partner(uint32_t *samples)
{
    struct taking t = take_begin(samples);
    uint32_t began = cpuid_count, before, id = (uint32_t)atomic_load(&partner_id);
    while (take_more(&t) && take_wrong == NULL) {
        if (!atomic_load(&busy)) /* let it fall asleep */
            for (uint64_t now = limpet_tsc();
                 limpet_tsc() - now < limpet_clock().tsc_hz / IDLE_PER_S;)
                ;
        before = cpuid_count;
        TAKE(t, (send(id), came(before)));
    }
    return counted(&t, began);
}

size_t take_ipi(uint32_t *samples) { return interrupt_partner(samples); }

size_t take_ipi_idle(uint32_t *samples) { return interrupt_partner(samples); }
