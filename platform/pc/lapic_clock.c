/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC's timer as a clock: see lapic_clock.h. */
#include "pc/lapic_clock.h"
#include "clock.h"
#include "lapic.h"

/* It counts down; a clock counts up. */
static uint64_t lapic_count(void) { return UINT32_MAX - lapic_timer_left(); }

struct clock_source lapic_clock(void)
{
    static const struct counter counter = {lapic_count, 1000000000, UINT32_MAX};
    struct clock_source s = {.name = "local APIC timer"};
    lapic_init();
    uint32_t armed = lapic_timer_left();
    lapic_timer_arm(UINT32_MAX);
    s.hz = tsc_calibrate(&counter, &s.error_ppm);
    lapic_timer_arm(armed); /* 0: an interrupt too many, which is harmless */
    return s;
}

void lapic_timer_arm_ns(uint64_t ns)
{
    lapic_init();
    lapic_timer_arm(ns);
}
