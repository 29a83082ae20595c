/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * jitter: how often, for how long and by whom a CPU is taken away from a program that does nothing
 * but look at the clock; how late it wakes up; and what is left of that with interrupts off, which
 * is the hypervisor's and the machine's alone.
 *
 * usage: jitter [--json | --once] [ROW…]
 */
#include "bench.h"
#include "gaps.h"
#include "stolen.h"
#include <limpet.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define WATCHED_S 2    /* seconds with interrupts on */
#define WINDOWS   50   /* with them off: one */
#define WINDOW_HZ 100  /* of 10 ms each, and as long between two */
#define WAKES     1000 /* by a period of 1 ms */
#define PERIOD_NS 1000000
#define STAMPS    10000
#define TOLD      100 /* gaps, by their time */
#define NS        1000000000ull

static struct gaps on, off; /* interrupts */
static int measured_on, measured_off;
static uint64_t stolen, waited; /* ns, meanwhile */
static const char *wrong;

static double ns_of(uint64_t ticks) { return (double)ticks * 1e9 / (double)limpet_clock().tsc_hz; }

static double us_of(uint64_t ticks) { return ns_of(ticks) / 1000; }

/* How many of something in a second that was watched. */
static double per_second(const struct gaps *g, double what)
{
    return what * (double)limpet_clock().tsc_hz / (double)g->watched;
}

/* Rows share a measurement: the first that is wanted makes it. */
static const char *measure_on(void)
{
    uint64_t ticks = WATCHED_S * limpet_clock().tsc_hz;
    if (measured_on)
        return NULL;
    if (limpet_pin(limpet_cpu()) != 0)
        return "the thread cannot stay on its CPU";
    int tells = stolen_none() == NULL;
    if (tells)
        stolen_begin();
    uint64_t stolen_before = stolen_ns(), waited_before = waited_ns();
    gaps_begin(&on, ticks);
    gaps_watch(&on, ticks);
    stolen = stolen_ns() - stolen_before;
    waited = waited_ns() - waited_before;
    wrong = tells ? stolen_wrong() : NULL;
    if (tells)
        stolen_end();
    limpet_pin(LIMPET_ANY_CPU);
    measured_on = 1;
    return NULL;
}

static const char *right_on(void) { return gaps_wrong(&on); }

static const char *right_stolen(void) { return wrong != NULL ? wrong : right_on(); }

static size_t take_lengths(const struct gaps *g, uint32_t *samples)
{
    for (size_t i = 0; i < g->n; i++)
        samples[i] = bench_clip((uint64_t)ns_of(g->kept[i].ticks));
    if (g->n == 0)
        samples[0] = 0; /* none at all */
    return g->n != 0 ? g->n : 1;
}

static char time_line[GAPS_PARTS + 64];

/* What is measured lies between the row's beginning and its end, by which VM exits are counted. */
static size_t take_gaps(uint32_t *samples)
{
    char line[GAPS_PARTS + 1];
    measured_on = 0;
    if (measure_on() != NULL)
        return 0;
    gaps_line(&on, line);
    snprintf(time_line, sizeof time_line, "%llu in %d s: %s", (unsigned long long)on.count,
             WATCHED_S, line);
    return take_lengths(&on, samples);
}

static double taken_on(void) { return per_second(&on, us_of(on.taken)); }

static double longest_on(void) { return us_of(on.longest); }

static double gaps_1us(void) { return per_second(&on, (double)on.of[0]); }

static double gaps_10us(void) { return per_second(&on, (double)on.of[1]); }

static double gaps_100us(void) { return per_second(&on, (double)on.of[2]); }

static double gaps_1ms(void) { return per_second(&on, (double)on.of[3]); }

static double gaps_10ms(void) { return per_second(&on, (double)on.of[4]); }

static double stolen_on(void) { return per_second(&on, (double)stolen / 1000); }

static double waited_on(void) { return per_second(&on, (double)waited / 1000); }

/* With interrupts off, in windows: the system's own timer must not wait for long. */
static const char *ring3(void)
{
    uint16_t selector;
    __asm__("mov %%cs, %0" : "=r"(selector));
    return (selector & 3) != 0 ? "ring 3, a process of Linux may not" : NULL;
}

static int interrupts_are_on(void)
{
    uint64_t flags;
    __asm__ volatile("pushf; pop %0" : "=r"(flags));
    return (flags >> 9 & 1) != 0; /* IF: Intel SDM vol. 1, 3.4.3 */
}

static int were_on;

static const char *measure_off(void)
{
    uint64_t window = limpet_clock().tsc_hz / WINDOW_HZ;
    if (measured_off)
        return NULL;
    gaps_begin(&off, 2 * WINDOWS * window);
    for (int i = 0; i < WINDOWS; i++) {
        __asm__ volatile("cli" : : : "memory");
        gaps_watch(&off, window);
        were_on |= interrupts_are_on();
        __asm__ volatile("sti" : : : "memory");
        for (uint64_t began = limpet_tsc(); limpet_tsc() - began < window;)
            ;
    }
    measured_off = 1;
    return NULL;
}

static const char *right_off(void) { return were_on ? "interrupts were on" : gaps_wrong(&off); }

static size_t take_gaps_off(uint32_t *samples)
{
    measured_off = 0;
    measure_off();
    return take_lengths(&off, samples);
}

static double taken_off(void) { return per_second(&off, us_of(off.taken)); }

static double longest_off(void) { return us_of(off.longest); }

/* Wake-ups, each planned a period after the one before. */

static uint64_t clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * NS + (uint64_t)t.tv_nsec;
}

static int early;
static char wakes_note[40];

static const char *first_come(void)
{
    struct sched_param first = {.sched_priority = sched_get_priority_max(SCHED_FIFO)};
    int ours = pthread_setschedparam(pthread_self(), SCHED_FIFO, &first) == 0;
    snprintf(wakes_note, sizeof wakes_note, "%s",
             ours ? "a FIFO thread" : "no right to a FIFO thread here");
    return NULL;
}

static size_t take_wakes(uint32_t *samples)
{
    uint64_t planned = clock_ns(), now;
    for (size_t i = 0; i < WAKES; i++) {
        planned += PERIOD_NS;
        now = clock_ns();
        if (now > planned)
            planned = now; /* whole periods were missed: it is told once, by the sample before */
        struct timespec until = {(time_t)(planned / NS), (long)(planned % NS)};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        now = clock_ns();
        early += now < planned;
        samples[i] = now > planned ? bench_clip(now - planned) : 0;
    }
    return WAKES;
}

static const char *as_all(void)
{
    struct sched_param usual = {.sched_priority = 0};
    pthread_setschedparam(pthread_self(), SCHED_OTHER, &usual);
    return early ? "it woke before its time" : NULL;
}

static size_t take_stamps(uint32_t *samples)
{
    for (size_t i = 0; i < STAMPS; i++) {
        uint64_t before = limpet_tsc();
        samples[i] = bench_clip(limpet_tsc() - before);
    }
    return STAMPS;
}

#define ON(row)  .value = row, .setup = measure_on, .check = right_on
#define OFF(row) .value = row, .none = ring3, .setup = measure_off, .check = right_off

static const struct benchmark table[] = {
    {"two readings", .median = 1, .take = take_stamps,
     .note = "of the TSC: what a gap begins with"},
    {"gaps", .median = 1, .unit = "ns", .take = take_gaps, .check = right_on, .note = time_line},
    {"taken", .unit = "us/s", ON(taken_on)},
    {"longest gap", .unit = "us", ON(longest_on)},
    {"gaps of 1 us", .unit = "/s", ON(gaps_1us)},
    {"gaps of 10 us", .unit = "/s", ON(gaps_10us)},
    {"gaps of 100 us", .unit = "/s", ON(gaps_100us)},
    {"gaps of 1 ms", .unit = "/s", ON(gaps_1ms)},
    {"gaps of 10 ms", .unit = "/s", ON(gaps_10ms)},
    {"stolen", .unit = "us/s", .value = stolen_on, .none = stolen_none, .setup = measure_on,
     .check = right_stolen, .note = "as the hypervisor tells, in the same time"},
    {"waited for a CPU", .unit = "us/s", .value = waited_on, .none = waited_none,
     .setup = measure_on, .check = right_on, .note = "as Linux tells, in the same time"},
    {"interrupts off gaps", .median = 1, .unit = "ns", .take = take_gaps_off, .none = ring3,
     .check = right_off},
    {"interrupts off taken", .unit = "us/s", OFF(taken_off)},
    {"interrupts off longest", .unit = "us", OFF(longest_off)},
    {"wake-up late by", .median = 1, .unit = "ns", .take = take_wakes, .setup = first_come,
     .check = as_all, .note = wakes_note},
};

/* When the longest gaps were, for whoever wants to know who had the CPU then: microseconds from the
 * beginning, and how long. */
static int longer(const void *a, const void *b)
{
    uint64_t x = ((const struct gap *)a)->ticks, y = ((const struct gap *)b)->ticks;
    return x > y ? -1 : x < y;
}

static void tell_longest(void)
{
    size_t n = on.n < TOLD ? on.n : TOLD;
    qsort(on.kept, on.n, sizeof *on.kept, longer);
    printf("{\"limpet\":\"gaps\",\"begin\":%llu,\"watched\":%llu,\"longest\":\"",
           (unsigned long long)on.begin, (unsigned long long)on.watched);
    for (size_t i = 0; i < n; i++)
        printf("%s%llu+%llu", i != 0 ? " " : "", (unsigned long long)(on.kept[i].at - on.begin),
               (unsigned long long)on.kept[i].ticks);
    printf("\"}\n");
}

int main(int argc, char **argv)
{
    int status = bench_main("jitter", table, sizeof table / sizeof *table, argc, argv);
    if (measured_on && status == 0 && argc > 1)
        tell_longest();
    return status;
}
