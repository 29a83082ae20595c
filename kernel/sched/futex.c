/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Futexes: waiting for a word of memory, in queues of a small hash table, by address. Waiters of
 * all addresses of a bucket share its queue, best priority first.
 */
#include "sched/sched.h"
#include "base/lock.h"
#include <errno.h>

#define BUCKETS 64
static struct bucket {
    struct queue queue;
    struct lock lock;
} buckets[BUCKETS];

static struct bucket *bucket_of(const uint32_t *address)
{
    return &buckets[((uint64_t)address >> 2) * 0x9e3779b97f4a7c15 >> 58];
}

struct lock *futex_lock(const struct thread *t) { return &bucket_of(t->wait_address)->lock; }

void futex_leave(struct thread *t) { queue_remove(&bucket_of(t->wait_address)->queue, t); }

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

static inline __attribute__((always_inline)) int wait(uint32_t *address, uint32_t expected,
                                                      uint64_t deadline, bool interruptible)
{
    struct bucket *b = bucket_of(address);
    struct thread *t = thread_self();
    int result = -EAGAIN;
    unsigned long flags = lock_take(&b->lock);
    if (__atomic_load_n(address, __ATOMIC_RELAXED) == expected) {
        struct cpu *cpu = cpu_here();
        lock_enter(&cpu->lock);
        if (interruptible && t->interrupted) {
            lock_leave(&cpu->lock);
            lock_drop(&b->lock, flags);
            return -EINTR;
        }
        t->wait_address = address;
        queue_insert(&b->queue, t, false);
        lock_leave(&b->lock);
        sched_block_until(cpu, deadline, interruptible);
        result =
            t->outcome; /* NOLINT(bugprone-signed-char-misuse): a small number, of either sign */
        interrupts_restore(flags);
    } else {
        lock_drop(&b->lock, flags);
    }
    return result;
}

int futex_wait(uint32_t *address, uint32_t expected, uint64_t deadline)
{
    return wait(address, expected, deadline, false);
}

int futex_wait_interruptible(uint32_t *address, uint32_t expected, uint64_t deadline)
{
    return wait(address, expected, deadline, true);
}

unsigned futex_wake_later(uint32_t *address, unsigned n)
{
    struct bucket *b = bucket_of(address);
    unsigned woken = 0;
    uint64_t tell = 0;
    if (!smp_running && b->queue.head == 0)
        return 0; /* on another CPU somebody may be about to wait: only the lock tells */
    unsigned long flags = lock_take(&b->lock);
    for (struct thread *t = b->queue.head, *next; t != 0 && woken < n; t = next) {
        next = t->next;
        if (t->wait_address != address)
            continue;
        queue_remove(&b->queue, t);
        tell |= sched_wake(t);
        woken++;
    }
    lock_leave(&b->lock);
    sched_tell(tell);
    interrupts_restore(flags);
    return woken;
}

int futex_best(const uint32_t *address)
{
    struct bucket *b = bucket_of(address);
    unsigned long flags = lock_take(&b->lock);
    const struct thread *t = b->queue.head;
    while (t != 0 && t->wait_address != address)
        t = t->next;
    int best = t != 0 ? t->priority : -1;
    lock_drop(&b->lock, flags);
    return best;
}

unsigned futex_wake(uint32_t *address, unsigned n)
{
    unsigned woken = futex_wake_later(address, n);
    if (woken != 0)
        sched_give_way();
    return woken;
}
