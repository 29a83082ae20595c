/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU, with or without KVM, and anything else that looks like a PC. */
#include "pc/acpi.h"
#include "arch.h"
#include "base/console.h"
#include "clock.h"
#include "cpu.h"
#include "lapic.h"
#include "sys/input.h"
#include "kvm/debug_exit.h"
#include "pc/pic.h"
#include "base/platform.h"
#include "sched/smp.h"
#include "kvm/kvmclock.h"
#include "pc/lapic_clock.h"
#include "pc/rtc.h"
#include "pc/uart.h"
#include "kvm/virtio_console.h"
#include <string.h>

static const struct boot_info *boot;
static enum { OTHER, TCG, KVM } kind;

static bool kvm_probe(const struct boot_info *info, const char *signature)
{
    (void)info;
    if (signature_is(signature, "KVMKVMKVM\0\0\0"))
        kind = KVM;
    else if (signature_is(signature, "TCGTCGTCGTCG"))
        kind = TCG;
    return true; /* the last resort: a PC */
}

static void kvm_early_init(struct boot_info *info)
{
    boot = info;
    pic_mask();
    uart_init();
}

/* The console that the command line wants, if it is there; the first look at it starts it. */
static bool fast(void) { return console_fast && virtio_console_found(); }

static void kvm_console_write(const char *text, size_t n)
{
    if (fast())
        virtio_console_write(text, n);
    else
        uart_write(text, n);
}

static long kvm_console_read(char *buf, size_t n)
{
    return fast() ? virtio_console_read(buf, n) : uart_read(buf, n);
}

/* QEMU's fw_cfg (docs/specs/fw_cfg): a selected item's bytes are read one after the other. */
#define FW_CFG_SELECT    0x510
#define FW_CFG_DATA      0x511
#define FW_CFG_SIGNATURE 0
#define FW_CFG_CPUS      5
#define FW_CFG_DMA       0x514 /* reads as the signature, where it is there (from QEMU 2.5 on) */
#define QEMU             0x554d4551 /* "QEMU" */

static uint32_t fw_cfg(uint16_t item, unsigned bytes)
{
    uint32_t v = 0;
    outw(FW_CFG_SELECT, item);
    for (unsigned i = 0; i < bytes; i++)
        v |= (uint32_t)inb(FW_CFG_DATA) << 8 * i;
    return v;
}

static bool is_qemu(void) { return fw_cfg(FW_CFG_SIGNATURE, 4) == QEMU; }

/* QEMU's UART knows how full it is. Those of Firecracker, Cloud Hypervisor, crosvm and kvmtool tell
 * of every byte as if it were the one that fills it. */
static bool kvm_console_listen(void)
{
    return fast() ? virtio_console_listen() : uart_listen(is_qemu());
}

static void kvm_event(void)
{
    if (fast())
        virtio_console_event();
    lapic_eoi();
    input_arrived();
}

static uint64_t pm_timer_port;

static uint64_t pm_timer_count(void) { return inl((uint16_t)pm_timer_port); }

/* PIT channel 2, mode 0, counting down from 0xffff: Intel 8254 data sheet. */
#define PIT_HZ 1193182

static void pit_start(void)
{
    outb(0x61, (inb(0x61) & ~2u) | 1); /* gate on, speaker off */
    outb(0x43, 0xb0);
    outb(0x42, 0xff);
    outb(0x42, 0xff);
}

static uint64_t pit_count(void)
{
    outb(0x43, 0x80); /* latch */
    uint8_t low = inb(0x42);
    return 0xffff - (low | (uint64_t)inb(0x42) << 8);
}

static struct clock_source against(const char *name, const struct counter *counter)
{
    struct clock_source s = {.name = name};
    s.hz = tsc_calibrate(counter, &s.error_ppm);
    return s;
}

static struct clock_source emulated_lapic_clock(void)
{
    return kind != OTHER ? lapic_clock() : (struct clock_source){.hz = 0};
}

static struct clock_source pm_timer_clock(void)
{
    static const struct counter counter = {pm_timer_count, 3579545, 0xffffff};
    struct acpi_facts facts;
    if (!acpi_find(boot, &facts) || facts.pm_timer == 0)
        return (struct clock_source){.hz = 0};
    pm_timer_port = facts.pm_timer;
    return against("ACPI PM timer", &counter);
}

static struct clock_source pit_clock(void)
{
    static const struct counter counter = {pit_count, PIT_HZ, 0xffff};
    pit_start();
    return against("PIT", &counter);
}

static struct clock_source kvmclock(void)
{
    return kind == KVM ? kvmclock_tsc_hz() : (struct clock_source){.hz = 0};
}

static clock_source_fn *const clocks[] = {
    arch_clock_crystal,   arch_clock_hypervisor, kvmclock,  arch_clock_nominal,
    emulated_lapic_clock, pm_timer_clock,        pit_clock, 0};

static uint64_t kvm_wall_ns(void)
{
    uint64_t ns = kind == KVM ? kvmclock_wall_ns() : 0;
    struct acpi_facts facts;
    if (ns != 0)
        return ns;
    return rtc_ns(acpi_find(boot, &facts) && facts.century != 0 ? facts.century : RTC_CENTURY);
}

/* As ACPI tells; a microvm without it has QEMU's own word for the number, and numbers as ids. */
static unsigned kvm_cpus(void)
{
    uint8_t ids[CPUS_MAX];
    unsigned n = acpi_find_cpus(boot, ids, CPUS_MAX);
    if (n == 0 && is_qemu())
        for (unsigned all = fw_cfg(FW_CFG_CPUS, 2); n < all && n < CPUS_MAX; n++)
            ids[n] = (uint8_t)n;
    return lapic_cpus(ids, n);
}

/* isa-debug-exit is there? Where unknown ports read as zeros, QEMU alone has it. */
static bool has_debug_exit(void)
{
    return inl(DEBUG_EXIT_PORT) != UINT32_MAX && (inl(FW_CFG_DMA) == QEMU || is_qemu());
}

static _Noreturn void power_off(unsigned value)
{
    if (has_debug_exit()) {           /* it ends QEMU, from 9 on */
        outl(DEBUG_EXIT_PORT, value); /* a moment later */
        spin_a_moment();
    }
    if (acpi_power_off(boot)) {
        spin_a_moment();
        kprintf("LIMPET: this machine cannot power itself off: resetting it\n");
    }
    acpi_reset(boot);
}

static _Noreturn void kvm_exit(int status) { power_off(debug_exit_value((unsigned)status)); }

static _Noreturn void kvm_crash(void) { power_off(DEBUG_EXIT_CRASH); }

const struct platform platform_kvm = {
    .name = "kvm",
    .probe = kvm_probe,
    .early_init = kvm_early_init,
    .console_write = kvm_console_write,
    .console_read = kvm_console_read,
    .console_listen = kvm_console_listen,
    .clocks = clocks,
    .wall_ns = kvm_wall_ns,
    .event = kvm_event,
    /* a PC with another bus clock is late or early in proportion */
    .timer_arm = lapic_timer_arm_ns,
    .cpus = kvm_cpus,
    .cpus_start = lapic_start_cpus,
    .cpu_init = lapic_cpu_init,
    .ipi = lapic_ipi,
    .exit = kvm_exit,
    .crash = kvm_crash,
};
