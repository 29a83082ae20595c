/* SPDX-License-Identifier: BSD-2-Clause */
/* The timer: armed for whatever comes first, a sleeper's deadline or the end of a slice. */
#include "sched/interruption.h"
#include "sched/sched.h"
#include "base/platform.h"
#include "base/time.h"

static void arm_slice(struct cpu *cpu)
{
    if (!cpu->slice_armed)
        cpu->turn_at_tick = cpu->base.thread->turn;
    cpu->slice_armed = true;
}

/* What else it was armed for is found out when it fires. */
void sched_look_soon(struct cpu *cpu)
{
    uint32_t ns = cpu->look_ns != 0 ? cpu->look_ns : LOOK_AGAIN_NS;
    cpu->look_ns = ns < LOOK_AGAIN_NS_MOST / 2 ? 2 * ns : LOOK_AGAIN_NS_MOST;
    cpu->armed = 0;
    platform->timer_arm(ns);
}

/* Leaves it alone when that is what it is armed for. */
void timer_update(struct cpu *cpu)
{
    uint64_t slice = cpu->kept_armed ? KEPT_NS : SLICE_NS;
    if (has_competitor(cpu) && !cpu->slice_armed && cpu->sleepers == 0) {
        arm_slice(cpu); /* the common case needs no clock at all */
        cpu->armed = 0;
        platform->timer_arm(slice);
        return;
    }
    if (cpu->sleepers == 0)
        return;
    uint64_t now = time_now(), first = cpu->sleepers->deadline;
    if (has_competitor(cpu))
        arm_slice(cpu);
    if (cpu->slice_armed && first > now + slice)
        first = now + slice; /* also for one who is not running now, but will be */
    if (first < cpu->armed || cpu->armed == 0) {
        cpu->armed = first;
        platform->timer_arm(first > now ? first - now : 0);
    }
}
