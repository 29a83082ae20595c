/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sampler: every CPU's timer interrupts it some hz times a second, and what it was doing is
 * counted, stack by stack. The scheduler's own timer shares that of the CPU: it arms it through us,
 * and hears of it when its time has come.
 */
#include "observe/observe.h"
#include "arch.h"
#include "base/lock.h"
#include "base/platform.h"
#include "base/time.h"
#include "calls.h"
#include "sched/sched.h"
#include <string.h>

#define DEPTH  30   /* of a stack; deeper ones have the innermost calls only */
#define STACKS 8192 /* distinct ones; samples of more are counted as lost */
#define TRIES  64

struct stack {
    uint32_t count; /* 0: free */
    uint16_t n;
    bool idle;
    uint32_t pc[DEPTH];
};

static struct stack stacks[STACKS];
static struct lock lock; /* of the stacks and the totals */
static uint64_t samples, idle, lost, late_ns;

/* What a CPU's timer is armed for, in ns of time_now(). */
static struct due {
    uint64_t sample;
    uint64_t timer; /* the scheduler's; 0: it has not armed it */
    uint32_t random;
} dues[CPUS_MAX];

static uint64_t period_ns, started_ns;
static uint32_t rate;
static struct platform ours; /* the platform's, with our timer_arm() and cpu_init() */
static const struct platform *real;

static void arm(const struct due *d, uint64_t now)
{
    uint64_t next = d->timer != 0 && d->timer < d->sample ? d->timer : d->sample;
    real->timer_arm(next > now ? next - now : 0);
}

/* A period more or less an eighth: a loop of the program's that takes as long is not met at one
 * place again and again. Marsaglia, Xorshift RNGs (2003). */
static uint64_t next_sample(struct due *d, uint64_t now)
{
    d->random ^= d->random << 13;
    d->random ^= d->random >> 17;
    d->random ^= d->random << 5;
    return now + period_ns - period_ns / 8 + (period_ns / 4) * (d->random >> 16) / 65536;
}

static bool is_same(const struct stack *a, const struct stack *b)
{
    return a->n == b->n && a->idle == b->idle && memcmp(a->pc, b->pc, a->n * sizeof a->pc[0]) == 0;
}

static void count(const struct stack *s)
{
    uint32_t hash = 2166136261u; /* FNV-1a, word by word */
    for (unsigned i = 0; i < s->n; i++)
        hash = (hash ^ s->pc[i]) * 16777619u;
    hash ^= hash >> 16;
    for (unsigned i = 0; i < TRIES; i++) {
        struct stack *at = &stacks[(hash + i) % STACKS];
        if (at->count == 0)
            *at = *s;
        if (is_same(at, s)) {
            at->count++;
            return;
        }
    }
    lost++;
}

static void take(uint64_t late)
{
    const struct cpu *cpu = cpu_here();
    struct stack s = {.count = 0, .idle = cpu->base.thread == &cpu->idle};
    s.n = (uint16_t)arch_calls(s.pc, DEPTH);
    lock_enter(&lock);
    samples++;
    idle += s.idle;
    late_ns += late;
    count(&s);
    lock_leave(&lock);
}

/* In the place of kernel/interrupt.c's. */
void __real_timer_interrupt(void);
void __wrap_timer_interrupt(void);
void __wrap_timer_interrupt(void)
{
    struct due *d = &dues[this_cpu()->number];
    if (real == 0) {
        __real_timer_interrupt();
        return;
    }
    uint64_t now = time_now();
    if (d->sample <= now) {
        take(now - d->sample);
        d->sample = next_sample(d, now);
    }
    if (d->timer != 0 && d->timer <= now) {
        d->timer = 0;
        __real_timer_interrupt();
    }
    arm(d, now);
}

/* Interrupts are off, as the scheduler has them then. */
static void timer_arm(uint64_t ns)
{
    struct due *d = &dues[this_cpu()->number];
    uint64_t now = time_now();
    d->timer = now + ns;
    arm(d, now);
}

static void begin_here(void)
{
    unsigned number = this_cpu()->number;
    uint64_t now = time_now();
    dues[number] = (struct due){.random = 2463534242u + number};
    dues[number].sample = next_sample(&dues[number], now);
    arm(&dues[number], now);
}

static void cpu_init(unsigned number)
{
    real->cpu_init(number);
    begin_here();
}

void sample_start(uint32_t hz)
{
    rate = hz;
    period_ns = 1000000000 / hz;
    if (real != 0)
        return;
    real = platform;
    ours = *platform;
    ours.timer_arm = timer_arm;
    ours.cpu_init = cpu_init;
    platform = &ours;
    started_ns = time_now();
    begin_here();
}

static void print_total(struct observe_line *l, const char *name, uint64_t value)
{
    observe_word(l, " ");
    observe_word(l, name);
    observe_number(l, value, 10);
}

static uint64_t cpus_seen(void)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < CPUS_MAX; i++)
        n += dues[i].random != 0;
    return n;
}

void sample_print(void)
{
    static struct observe_line l;
    uint64_t n = 0;
    if (real == 0)
        return;
    observe_word(&l, "LIMPET: profile");
    print_total(&l, "hz", rate);
    print_total(&l, "cpus", cpus_seen());
    print_total(&l, "ns", time_now() - started_ns);
    print_total(&l, "samples", samples);
    print_total(&l, "idle", idle);
    print_total(&l, "lost", lost);
    print_total(&l, "late", late_ns);
    print_total(&l, "depth", DEPTH);
    observe_end(&l);
    for (const struct stack *s = stacks; s < stacks + STACKS; s++) {
        if (s->count == 0)
            continue;
        observe_word(&l, s->idle ? "LIMPET: profile idle" : "LIMPET: profile stack");
        observe_number(&l, s->count, 10);
        for (unsigned i = 0; i < s->n; i++)
            observe_number(&l, s->pc[i], 16);
        observe_end(&l);
        n++;
    }
    observe_word(&l, "LIMPET: profile end");
    observe_number(&l, n, 10);
    observe_end(&l);
}
