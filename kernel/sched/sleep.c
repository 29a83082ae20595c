/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting: for time (a pairing heap of sleepers by deadline, so that the next is found in O(1)) and
 * for a word of memory (futexes: wait queues in a small hash table, by address).
 */
#include "sched/sched.h"
#include "base/lock.h"
#include "base/time.h"
#include "sched/turnstile.h"
#include <errno.h>

/* The heap. A node's heap_prev is its left sibling, or its parent when it is the first child. */

static struct thread *meld(struct thread *a, struct thread *b)
{
    if (a == 0)
        return b;
    if (b == 0)
        return a;
    if (b->deadline < a->deadline) {
        struct thread *t = a;
        a = b;
        b = t;
    }
    b->heap_next = a->heap_child;
    b->heap_prev = a;
    if (a->heap_child != 0)
        a->heap_child->heap_prev = b;
    a->heap_child = b;
    return a;
}

/* Melds a list of siblings in pairs, then the pairs from the right. */
static struct thread *meld_siblings(struct thread *first)
{
    struct thread *pairs = 0, *root = 0;
    while (first != 0) {
        struct thread *a = first, *b = a->heap_next;
        first = b != 0 ? b->heap_next : 0;
        a->heap_next = a->heap_prev = 0;
        if (b != 0)
            b->heap_next = b->heap_prev = 0;
        a = meld(a, b);
        a->heap_next = pairs;
        pairs = a;
    }
    while (pairs != 0) {
        struct thread *next = pairs->heap_next;
        pairs->heap_next = pairs->heap_prev = 0;
        root = meld(root, pairs);
        pairs = next;
    }
    return root;
}

void sleep_add(struct cpu *cpu, struct thread *t)
{
    t->heap_child = t->heap_next = t->heap_prev = 0;
    cpu->sleepers = meld(cpu->sleepers, t);
}

void sleep_remove(struct cpu *cpu, struct thread *t)
{
    if (t == cpu->sleepers) {
        cpu->sleepers = meld_siblings(t->heap_child);
    } else {
        if (t->heap_prev->heap_child == t)
            t->heap_prev->heap_child = t->heap_next;
        else
            t->heap_prev->heap_next = t->heap_next;
        if (t->heap_next != 0)
            t->heap_next->heap_prev = t->heap_prev;
        cpu->sleepers = meld(cpu->sleepers, meld_siblings(t->heap_child));
    }
    t->deadline = NO_DEADLINE;
}

/* Futexes. Waiters of all addresses of a bucket share its queue, best priority first. */

#define BUCKETS 64
static struct bucket {
    struct queue queue;
    struct lock lock;
} buckets[BUCKETS];

static struct bucket *bucket_of(const uint32_t *address)
{
    return &buckets[((uint64_t)address >> 2) * 0x9e3779b97f4a7c15 >> 58];
}

void queue_insert(struct queue *q, struct thread *t, bool first)
{
    struct thread *after = q->tail;
    while (after != 0 && after->priority < t->priority + first)
        after = after->prev;
    t->prev = after;
    t->next = after != 0 ? after->next : q->head;
    if (t->next != 0)
        t->next->prev = t;
    else
        q->tail = t;
    if (after != 0)
        after->next = t;
    else
        q->head = t;
}

/* The timer. */

static void arm_slice(struct cpu *cpu)
{
    if (!cpu->slice_armed)
        cpu->turn_at_tick = cpu->base.thread->turn;
    cpu->slice_armed = true;
}

/* Arms the timer for whatever comes first; leaves it alone when that is what it is armed for. */
void timer_update(struct cpu *cpu)
{
    if (has_competitor(cpu) && !cpu->slice_armed && cpu->sleepers == 0) {
        arm_slice(cpu); /* the common case needs no clock at all */
        cpu->armed = 0;
        platform->timer_arm(SLICE_NS);
        return;
    }
    if (cpu->sleepers == 0)
        return;
    uint64_t now = time_now(), first = cpu->sleepers->deadline;
    if (has_competitor(cpu))
        arm_slice(cpu);
    if (cpu->slice_armed && first > now + SLICE_NS)
        first = now + SLICE_NS; /* also for one who is not running now, but will be */
    if (first < cpu->armed || cpu->armed == 0) {
        cpu->armed = first;
        platform->timer_arm(first > now ? first - now : 0);
    }
}

/*
 * The first sleeper's time has come. A futex's bucket and the turnstiles come before a CPU's lock:
 * if theirs cannot be had at once, both are dropped for a moment, as its holder may be after ours,
 * to wake this very thread. While both are held nobody else is about to.
 */
static void wake_first(struct cpu *cpu)
{
    struct thread *t = cpu->sleepers, *owner = 0;
    struct bucket *b = t->wait_address != 0 ? bucket_of(t->wait_address) : 0;
    struct lock *outer = b != 0 ? &b->lock : t->lock_address != 0 ? &turnstile_lock : 0;
    if (outer == 0 || lock_try(outer)) {
        t->timed_out = true;
        if (b != 0)
            queue_remove(&b->queue, t);
        else if (outer != 0)
            owner = turnstile_give_up(t);
        sched_wake_from(cpu, t);
        turnstile_reckon(owner);
        if (outer != 0)
            lock_leave(outer);
    } else {
        lock_leave(&cpu->lock);
        __builtin_ia32_pause();
    }
    lock_enter(&cpu->lock);
}

void timer_interrupt(void)
{
    struct cpu *cpu = cpu_here();
    lock_enter(&cpu->lock);
    bool slice_over = cpu->slice_armed && cpu->base.thread->turn == cpu->turn_at_tick;

    cpu->armed = NO_DEADLINE;
    cpu->slice_armed = false;
    if (cpu->sleepers != 0) {
        uint64_t now = time_now();
        while (cpu->sleepers != 0 && cpu->sleepers->deadline <= now)
            wake_first(cpu);
    }
    if (has_competitor(cpu) && slice_over) {
        cpu->base.thread->turn = 0; /* whoever runs next, it goes behind its equals */
        cpu->base.resched = 1;
    }
    timer_update(cpu);
    lock_leave(&cpu->lock);
}

bool futex_requeue(struct thread *t, uint8_t priority)
{
    struct bucket *b = bucket_of(t->wait_address);
    if (!lock_try(&b->lock))
        return false;
    queue_remove(&b->queue, t);
    t->priority = priority;
    queue_insert(&b->queue, t, false);
    lock_leave(&b->lock);
    return true;
}

void sched_block_until(struct cpu *cpu, uint64_t deadline)
{
    struct thread *t = cpu->base.thread;
    t->timed_out = false;
    t->state = THREAD_BLOCKED;
    t->deadline = deadline;
    if (deadline != NO_DEADLINE) {
        sleep_add(cpu, t);
        timer_update(cpu);
    }
    sched_block(cpu);
    lock_leave(&cpu_here()->lock);
}

void thread_sleep_until(uint64_t deadline)
{
    if (deadline == NO_DEADLINE)
        deadline--;
    unsigned long flags = interrupts_save();
    struct cpu *cpu = cpu_here();
    lock_enter(&cpu->lock);
    sched_block_until(cpu, deadline);
    interrupts_restore(flags);
}

int futex_wait(uint32_t *address, uint32_t expected, uint64_t deadline)
{
    struct bucket *b = bucket_of(address);
    struct thread *t = thread_self();
    int result = -EAGAIN;
    unsigned long flags = lock_take(&b->lock);
    if (__atomic_load_n(address, __ATOMIC_RELAXED) == expected) {
        struct cpu *cpu = cpu_here();
        lock_enter(&cpu->lock);
        t->wait_address = address;
        queue_insert(&b->queue, t, false);
        lock_leave(&b->lock);
        sched_block_until(cpu, deadline);
        result = t->timed_out ? -ETIMEDOUT : 0;
        interrupts_restore(flags);
    } else {
        lock_drop(&b->lock, flags);
    }
    return result;
}

unsigned futex_wake_later(uint32_t *address, unsigned n)
{
    struct bucket *b = bucket_of(address);
    unsigned woken = 0;
    if (!smp_running && b->queue.head == 0)
        return 0; /* on another CPU somebody may be about to wait: only the lock tells */
    unsigned long flags = lock_take(&b->lock);
    for (struct thread *t = b->queue.head, *next; t != 0 && woken < n; t = next) {
        next = t->next;
        if (t->wait_address != address)
            continue;
        queue_remove(&b->queue, t);
        sched_wake(t);
        woken++;
    }
    lock_drop(&b->lock, flags);
    return woken;
}

unsigned futex_wake(uint32_t *address, unsigned n)
{
    unsigned woken = futex_wake_later(address, n);
    if (woken != 0)
        sched_give_way();
    return woken;
}
