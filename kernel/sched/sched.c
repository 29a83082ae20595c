/* SPDX-License-Identifier: BSD-2-Clause */
/* The scheduler: run queues, the switch, a thread's life. Sleepers are in sleepers.c. */
#include "sched/sched.h"
#include "arch.h"
#include "base/lock.h"
#include "mm/page.h"
#include "base/panic.h"
#include "mm/tlb.h"
#include "sched/stack.h"
#include <errno.h>
#include <sched.h>
#include <string.h>

struct cpu boot_cpu;

static uint64_t bit_of(const struct cpu *cpu) { return 1ull << cpu->base.number; }

/* Interrupts off and this CPU's lock; what was taken on one CPU may be dropped on another. */
static inline __attribute__((always_inline)) struct cpu *take_here(unsigned long *flags)
{
    *flags = interrupts_save();
    struct cpu *cpu = cpu_here();
    lock_enter(&cpu->lock);
    return cpu;
}

static void drop_here(unsigned long flags) { lock_drop(&cpu_here()->lock, flags); }

static unsigned highest(uint64_t ready) { return 63 - (unsigned)__builtin_clzll(ready); }

static bool someone_else_ought_to_run(const struct cpu *cpu, const struct thread *current)
{
    return cpu->ready != 0 && (current == &cpu->idle || highest(cpu->ready) > current->priority);
}

/* The thread that ran here before has left its stack: what could not be done sooner. */
static void finish_switch(struct cpu *cpu)
{
    struct thread *t = cpu->left;
    cpu->left = 0;
    if (t->state == THREAD_DEAD) {
        if (t->library_locks == 0) /* else it stays for good: who waits for them looks at it */
            stack_put(t);
    } else {
        sched_tell(sched_wake_from(cpu, t));
        lock_enter(&cpu->lock);
    }
}

/* One of the idle CPUs of a set, which from now on counts as busy; NULL when there is none. */
static struct cpu *claim_idle(uint64_t set)
{
    uint64_t idle;
    while ((idle = __atomic_load_n(&cpus_idle, __ATOMIC_RELAXED) & set) != 0) {
        uint64_t bit = idle & -idle;
        if (__atomic_fetch_and(&cpus_idle, ~bit, __ATOMIC_SEQ_CST) & bit)
            return cpus[__builtin_ctzll(bit)];
    }
    return 0;
}

/* Something waits in a busy CPU's queue: the idle one that may come and take it, as a set. */
static uint64_t find_taker(uint64_t affinity)
{
    if (!smp_running)
        return 0;
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* queued first, then looked: see find_work() */
    const struct cpu *idle = claim_idle(affinity);
    return idle != 0 ? bit_of(idle) : 0;
}

static void offer(uint64_t affinity) { sched_tell(find_taker(affinity)); }

uint64_t sched_take_kept(struct cpu *cpu)
{
    uint64_t kept = cpu->kept;
    cpu->kept = 0;
    return kept != 0 && cpu->ready != 0 ? find_taker(kept) : 0;
}

/* What a thread has of ELF TLS; and it may have been interrupted meanwhile. */
static __attribute__((noinline)) void set_thread_pointer(struct cpu *cpu, uint64_t pointer)
{
    if (pointer & ~THREAD_LOOK)
        arch_set_thread_pointer(pointer & ~THREAD_LOOK);
    if (pointer & THREAD_LOOK) {
        cpu->base.look = 1;
        sched_look_soon(cpu);
    }
}

/*
 * Runs the best ready thread, or idle when there is none. This CPU's lock is held, and the running
 * thread's state and place already say what becomes of it. Returns when that runs again, maybe on
 * another CPU, whose lock is held then. So whoever has a thread's CPU's lock finds it switched out.
 */
static void run_next(struct cpu *cpu)
{
    struct thread *current = cpu->base.thread, *next = &cpu->idle;
    if (cpu->ready != 0) {
        struct queue *q = &cpu->queue[highest(cpu->ready)];
        next = q->head;
        q->head = next->next;
        if (q->head != 0)
            q->head->prev = 0;
        else
            cpu->ready &= ~(1ull << next->priority);
    }
    if (cpu->kept != 0)
        sched_tell(sched_take_kept(cpu));
    if (smp_running && current == &cpu->idle)
        tlb_leave_idle(cpu);
    next->state = THREAD_RUNNING;
    if (next->turn == 0)
        next->turn = ++cpu->turns;
    cpu->base.thread = next;
    cpu->base.resched = 0;
    if (cpu->ready != 0 && !cpu->slice_armed)
        timer_update(cpu);
    if (next == current)
        return;
    if (next->thread_pointer != 0)
        set_thread_pointer(cpu, next->thread_pointer);
    limpet_switch(&current->sp, next->sp, current == &cpu->idle);
    cpu = cpu_here();
    if (cpu->left != 0)
        finish_switch(cpu);
}

void sched_yield_now(void)
{
    unsigned long flags;
    if (sched_alone())
        return;
    struct cpu *cpu = take_here(&flags);
    struct thread *t = cpu->base.thread;
    if (cpu->ready != 0 && highest(cpu->ready) >= t->priority) {
        sched_enqueue(cpu, t, false);
        run_next(cpu);
    }
    drop_here(flags);
}

void sched_block_until(struct cpu *cpu, uint64_t deadline, bool interruptible)
{
    struct thread *t = cpu->base.thread;
    t->outcome = 0;
    t->interruptible = interruptible;
    t->state = THREAD_BLOCKED;
    t->deadline = deadline;
    if (deadline != NO_DEADLINE) {
        sleep_add(cpu, t);
        timer_update(cpu);
    }
    run_next(cpu);
    lock_leave(&cpu_here()->lock);
}

void thread_sleep_until(uint64_t deadline)
{
    if (deadline == NO_DEADLINE)
        deadline--;
    unsigned long flags;
    sched_block_until(take_here(&flags), deadline, false);
    interrupts_restore(flags);
}

int thread_sleep_interruptible(uint64_t deadline)
{
    unsigned long flags;
    struct cpu *cpu = take_here(&flags);
    struct thread *t = cpu->base.thread;
    if (!t->interrupted) {
        sched_block_until(cpu, deadline, true);
    } else {
        t->outcome = -EINTR;
        lock_leave(&cpu->lock);
    }
    interrupts_restore(flags);
    return t->interrupted ? -EINTR : t->outcome; /* also one that came when the time was over */
}

/* Nobody is in the way of a thread there: the CPU is idle, or its thread is about to end. */
static bool is_free(const struct cpu *cpu)
{
    return cpu->ready == 0 && (cpu->base.thread == &cpu->idle || cpu->base.thread->ending);
}

/* Where a thread shall run: where it was, if that is allowed and free, else on an idle CPU. */
static struct cpu *choose(const struct thread *t, struct cpu *home)
{
    if (!smp_running)
        return home;
    uint64_t allowed = t->affinity & cpus_online; /* none: the others were stopped for good */
    bool may_stay = allowed == 0 || (allowed & bit_of(home)) != 0;
    if (may_stay && is_free(home)) {
        if (home->base.thread == &home->idle)
            __atomic_fetch_and(&cpus_idle, ~bit_of(home), __ATOMIC_SEQ_CST);
        return home;
    }
    struct cpu *idle = claim_idle(allowed);
    return idle != 0 ? idle : may_stay ? home : cpus[__builtin_ctzll(allowed)];
}

/* A thread was put into a CPU's queue, whose lock is held. True: the CPU must be told. */
static bool must_tell(struct cpu *cpu)
{
    bool preempt = someone_else_ought_to_run(cpu, cpu->base.thread);
    if (cpu != cpu_here())
        return preempt || (!cpu->slice_armed && has_competitor(cpu));
    if (preempt)
        cpu->base.resched = 1;
    else if (!cpu->slice_armed)
        timer_update(cpu);
    return false;
}

uint64_t sched_wake_from(struct cpu *cpu, struct thread *t)
{
    if (t->deadline != NO_DEADLINE)
        sleep_remove(cpu, t);
    t->wait_address = 0;
    t->lock_address = 0;
    t->state = THREAD_MOVING;
    struct cpu *target = choose(t, cpu);
    if (target != cpu) {
        t->cpu = target;
        lock_leave(&cpu->lock);
        lock_enter(&target->lock);
    }
    uint64_t affinity = t->affinity;
    bool waits = !is_free(target);
    sched_enqueue(target, t, false);
    bool tell = must_tell(target);
    lock_leave(&target->lock); /* from here on t may run, and be gone */
    return (tell ? bit_of(target) : 0) | (waits ? find_taker(affinity) : 0);
}

uint64_t sched_wake(struct thread *t)
{
    struct cpu *cpu = t->cpu; /* a blocked thread's does not change */
    lock_enter(&cpu->lock);
    return sched_wake_from(cpu, t);
}

void sched_interrupt(void)
{
    struct cpu *cpu = cpu_here();
    lock_enter(&cpu->lock);
    if (cpu->ready != 0)
        must_tell(cpu);
    lock_leave(&cpu->lock);
}

/* Does some ready thread run before t, whose turn may be over? It never is with SCHED_FIFO. */
static bool goes_before(const struct cpu *cpu, const struct thread *t)
{
    unsigned best = highest(cpu->ready);
    return best > t->priority || (best == t->priority && t->policy != SCHED_FIFO);
}

/* After an interrupt that asked for it: the rest of the interrupted thread's slice is gone. */
void sched_preempt(void)
{
    struct cpu *cpu = cpu_here();
    struct thread *t = cpu->base.thread;
    lock_enter(&cpu->lock);
    if (t->turn == 0 && !(t->affinity & bit_of(cpu))) {
        t->state = THREAD_MOVING; /* see thread_set_affinity_of() */
        cpu->left = t;
        run_next(cpu);
    } else if (cpu->ready == 0 || (t != &cpu->idle && !goes_before(cpu, t))) {
        cpu->base.resched = 0;
    } else {
        uint64_t affinity = t != &cpu->idle ? t->affinity : 0;
        if (t != &cpu->idle) /* which is on no queue */
            sched_enqueue(cpu, t, highest(cpu->ready) > t->priority && t->turn != 0);
        offer(affinity);
        run_next(cpu);
    }
    lock_leave(&cpu_here()->lock);
}

void sched_give_way(void)
{
    if (!this_cpu()->resched) /* ours: an interrupt that sets it gives way itself */
        return;
    unsigned long flags = interrupts_save();
    if (this_cpu()->resched && thread_self() != &cpu_here()->idle)
        sched_preempt();
    interrupts_restore(flags);
}

/* A thread's life. */

void sched_init(struct cpu *cpu)
{
    cpu->armed = NO_DEADLINE;
    cpu->idle.state = THREAD_RUNNING;
    cpu->idle.deadline = NO_DEADLINE;
    cpu->idle.affinity = ANY_CPU; /* for main, which it makes */
    cpu->base.thread = &cpu->idle;
    cpus[cpu->base.number] = cpu;
}

uint64_t sched_new_stack(struct cpu *cpu, uint64_t bytes)
{
    const struct thread *t = stack_get(order_for(bytes));
    if (t == 0)
        return 0;
    cpu->idle.stack = t->stack;
    cpu->idle.stack_size = t->stack_size;
    return t->stack + t->stack_size;
}

extern char __tdata_start[], __tdata_size[], __tls_align[];
extern char __tls_size[] __attribute__((weak)); /* or clang takes it for granted that it is not 0 */

/* ELF TLS, variant II: the block ends at the thread pointer, which points at itself. */
static uint64_t make_tls(struct thread *t, uint64_t top)
{
    uint64_t size = (uint64_t)__tls_size, align = (uint64_t)__tls_align;
    if (size == 0)
        return top;
    uint64_t tp = (top - 64) & ~((align < 16 ? 16 : align) - 1);
    uint64_t block = tp - ((size + align - 1) & ~(align - 1));
    memset((void *)block, 0, tp - block);
    memcpy((void *)block, __tdata_start, (uint64_t)__tdata_size);
    *(uint64_t *)tp = tp;
    t->thread_pointer = tp;
    return block & ~15ull;
}

/* Where a new thread begins, on its own stack. */
static void thread_entry(void)
{
    struct thread *t = thread_self();
    struct cpu *cpu = cpu_here();
    if (cpu->left != 0)
        finish_switch(cpu);
    lock_leave(&cpu->lock);
    cpu_interrupts_on();
    t->start(t->argument);
    thread_exit();
}

/*
 * A new thread waits where its maker runs, who often blocks at once, so that no other CPU need
 * wake. It is not lost when the maker goes on: only one is kept at a time, alone in the queue and
 * of its maker's priority, and the timer is set before anybody may look away. Within KEPT_NS either
 * another thread has been chosen here, which is this one or offers it (run_next()), or one more was
 * made, which offers it as well, or the timer does. And a CPU that becomes idle looks into all
 * queues. The CPU's lock is held, and dropped.
 */
static void begin(struct cpu *cpu, struct thread *t)
{
    t->cpu = cpu;
    if (smp_running && (cpu->ready != 0 || t->priority != cpu->base.thread->priority)) {
        uint64_t tell = sched_take_kept(cpu);
        sched_tell(tell | sched_wake_from(cpu, t));
        return;
    }
    sched_enqueue(cpu, t, false);
    if (smp_running) {
        cpu->kept = t->affinity;
        cpu->slice_armed &= cpu->kept_armed; /* if it was, nobody has waited for that */
        cpu->kept_armed = true;
    }
    must_tell(cpu);
    lock_leave(&cpu->lock);
}

int thread_create(void (*start)(void *), void *argument, uint64_t stack_bytes, void *stack_top,
                  unsigned scheduled, struct thread **created)
{
    static uint32_t next_id = 1;
    struct thread *t = stack_get(order_for(stack_room(stack_bytes)));
    if (t == 0)
        return -ENOMEM;
    uint64_t stack = t->stack, size = t->stack_size;
    memset(t, 0, offsetof(struct thread, turnstile));
    t->local = t + 1;
    t->priority = t->own_priority = (uint8_t)scheduled;
    t->policy = (uint8_t)(scheduled >> 8);
    t->deadline = NO_DEADLINE;
    t->affinity = thread_self()->affinity; /* its maker's */
    t->start = start;
    t->argument = argument;
    t->stack = stack;
    t->stack_size = size;
    uint64_t top = make_tls(t, stack + size);
    t->sp = arch_new_stack(stack_top != 0 ? (uint64_t)stack_top & ~15ull : top, thread_entry);

    t->id = __atomic_fetch_add(&next_id, 1, __ATOMIC_RELAXED);
    *created = t;

    unsigned long flags;
    begin(take_here(&flags), t);
    interrupts_restore(flags);
    sched_give_way();
    return 0;
}

_Noreturn void thread_exit(void)
{
    unsigned long flags;
    struct cpu *cpu = take_here(&flags);
    cpu->base.thread->state = THREAD_DEAD;
    cpu->left = cpu->base.thread; /* its stack is in use until the switch is over */
    run_next(cpu);
    panic("A dead thread was run.");
}

struct cpu *sched_lock_cpu_of(const struct thread *t)
{
    for (;;) {
        struct cpu *cpu = __atomic_load_n(&t->cpu, __ATOMIC_RELAXED);
        lock_enter(&cpu->lock);
        if (cpu == __atomic_load_n(&t->cpu, __ATOMIC_RELAXED))
            return cpu;
        lock_leave(&cpu->lock);
    }
}

void sched_set_priority(struct cpu *cpu, struct thread *t, uint8_t priority)
{
    if (t->state == THREAD_READY) {
        sched_dequeue(cpu, t);
        t->priority = priority;
        sched_enqueue(cpu, t, false);
    }
    t->priority = priority;
    bool tell = must_tell(cpu);
    lock_leave(&cpu->lock);
    if (tell)
        platform->ipi(cpu->base.number);
}

void thread_set_affinity(uint64_t affinity)
{
    unsigned long flags;
    struct cpu *cpu = take_here(&flags);
    struct thread *t = cpu->base.thread;
    t->affinity = affinity;
    if (!(affinity & bit_of(cpu))) {
        t->state = THREAD_MOVING;
        cpu->left = t; /* it cannot go before it has left its stack */
        run_next(cpu);
    }
    drop_here(flags);
}

void thread_set_affinity_of(struct thread *t, uint64_t affinity)
{
    unsigned long flags = interrupts_save();
    struct cpu *cpu = sched_lock_cpu_of(t);
    uint64_t tell = 0;
    t->affinity = affinity;
    if (affinity & bit_of(cpu)) {
        lock_leave(&cpu->lock);
    } else if (t->state == THREAD_READY) {
        sched_dequeue(cpu, t);
        tell = sched_wake_from(cpu, t);
    } else {
        if (t->state == THREAD_RUNNING) { /* elsewhere: sched_preempt() has it move */
            t->turn = 0;
            cpu->base.resched = 1;
            tell = bit_of(cpu);
        }
        lock_leave(&cpu->lock);
    }
    sched_tell(tell);
    interrupts_restore(flags);
    sched_give_way();
}

/* The best thread of a queue that may run on this CPU, taken out; NULL: none. */
static struct thread *take_for(struct cpu *cpu, struct cpu *victim)
{
    for (uint64_t ready = victim->ready; ready != 0; ready &= ~(1ull << highest(ready)))
        for (struct thread *t = victim->queue[highest(ready)].head; t != 0; t = t->next)
            if (t->affinity & bit_of(cpu)) {
                sched_dequeue(victim, t);
                t->state = THREAD_MOVING;
                t->cpu = cpu;
                return t;
            }
    return 0;
}

/* Looks for work in the other CPUs' queues, beginning behind this one. No lock is held. */
static struct thread *steal(struct cpu *cpu)
{
    unsigned n = cpu->base.number;
    uint64_t others = cpus_online & ~bit_of(cpu), from_here = others >> n | others << (-n & 63);
    for (; from_here != 0; from_here &= from_here - 1) {
        struct cpu *victim = cpus[(n + (unsigned)__builtin_ctzll(from_here)) % CPUS_MAX];
        if (victim->ready == 0 || victim->base.thread == &victim->idle)
            continue;
        lock_enter(&victim->lock);
        struct thread *t = take_for(cpu, victim);
        lock_leave(&victim->lock);
        if (t != 0)
            return t;
    }
    return 0;
}

/*
 * Nothing is ready here: takes what waits elsewhere, or sleeps. First it says that it is idle, then
 * it looks; whoever queues a thread does so first, and then looks who is idle: one sees the other.
 */
static void find_work(struct cpu *cpu)
{
    __atomic_fetch_or(&cpus_idle, bit_of(cpu), __ATOMIC_SEQ_CST);
    struct thread *t = steal(cpu);
    if (t == 0 && cpu->ready == 0)
        cpu_idle(); /* who fills our queue now interrupts us, if we do not sleep yet at once */
    tlb_leave_idle(cpu);
    if (t == 0)
        return;
    lock_enter(&cpu->lock);
    if (t->affinity & bit_of(cpu)) {
        sched_enqueue(cpu, t, false);
        lock_leave(&cpu->lock);
    } else { /* since it was taken */
        sched_tell(sched_wake_from(cpu, t));
    }
}

_Noreturn void sched_idle(void)
{
    struct cpu *cpu = cpu_here();
    for (;;) {
        lock_take(&cpu->lock);
        bool ready = cpu->ready != 0;
        if (ready)
            run_next(cpu);
        lock_leave(&cpu->lock);
        if (ready)
            continue;
        if (smp_running)
            find_work(cpu);
        else
            cpu_idle();
    }
}
