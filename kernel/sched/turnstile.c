/* SPDX-License-Identifier: BSD-2-Clause */
/* Locks that lend their holder the waiters' priority: see turnstile.h, mutex.h. */
#include "sched/turnstile.h"
#include "sched/mutex.h"
#include "base/time.h"
#include <errno.h>

#define SPINS   100     /* for a mutex, before a thread waits in line */
#define GIVE_NS 1000000 /* from one lock that is given away to the next, at least */

struct lock turnstile_lock;

/* A turnstile lies in the struct thread of one of its waiters, and moves on when that one goes. */
#define BUCKETS 64
static struct turnstile *buckets[BUCKETS];

static struct turnstile **bucket_of(const void *address)
{
    return &buckets[((uint64_t)address >> 2) * 0x9e3779b97f4a7c15 >> 58];
}

static struct turnstile *find(const void *address)
{
    struct turnstile *s = *bucket_of(address);
    while (s != 0 && s->address != address)
        s = s->next;
    return s;
}

static void link_bucket(struct turnstile *s)
{
    struct turnstile **bucket = bucket_of(s->address);
    s->next = *bucket;
    *bucket = s;
}

static void unlink_bucket(struct turnstile *s)
{
    struct turnstile **at = bucket_of(s->address);
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
}

static void link_owner(struct turnstile *s, struct thread *owner)
{
    s->owner = owner;
    if (owner == 0)
        return;
    s->next_owned = owner->turnstiles;
    owner->turnstiles = s;
}

static void unlink_owner(struct turnstile *s)
{
    if (s->owner == 0)
        return;
    struct turnstile **at = &s->owner->turnstiles;
    while (*at != s)
        at = &(*at)->next_owned;
    *at = s->next_owned;
}

static uint8_t lent_to(const struct thread *t)
{
    uint8_t priority = t->own_priority;
    if ((uint64_t)t->ceilings >> priority != 0) /* by up to 32 bits */
        priority = (uint8_t)(32 - __builtin_clz(t->ceilings));
    for (const struct turnstile *s = t->turnstiles; s != 0; s = s->next_owned)
        if (s->waiters.head->priority > priority)
            priority = s->waiters.head->priority;
    return priority;
}

/* The priority that t runs with. */
static void set_priority(struct thread *t, uint8_t priority)
{
    struct cpu *cpu = sched_lock_cpu_of(t);
    while (t->state == THREAD_BLOCKED && t->wait_address != 0 && !futex_requeue(t, priority)) {
        lock_leave(&cpu->lock);
        cpu_relax();
        cpu = sched_lock_cpu_of(t);
    }
    sched_set_priority(cpu, t, priority);
}

/* What t is lent has changed: so may what it lends to others. A circle of threads that wait for
 * each other ends where nothing changes any more. */
void turnstile_reckon(struct thread *t)
{
    while (t != 0) {
        uint8_t priority = lent_to(t);
        if (priority == t->priority)
            return;
        set_priority(t, priority);
        if (!t->in_line)
            return;
        struct turnstile *s = find(t->lock_address);
        queue_remove(&s->waiters, t);
        queue_insert(&s->waiters, t, t->impatient);
        t = s->owner;
    }
}

/* Takes t out of its turnstile, which moves on when it lies in t; NULL: t was the last. */
static struct turnstile *leave(struct thread *t)
{
    struct turnstile *s = find(t->lock_address); /* which stays until t wakes: see wake_first() */
    t->in_line = false;
    queue_remove(&s->waiters, t);
    if (s != &t->turnstile)
        return s;
    unlink_bucket(s);
    unlink_owner(s);
    if (s->waiters.head == 0)
        return 0;
    struct turnstile *moved = &s->waiters.head->turnstile;
    moved->address = s->address;
    moved->waiters = s->waiters;
    link_bucket(moved);
    link_owner(moved, s->owner);
    return moved;
}

int turnstile_wait(const void *address, struct thread *owner, uint64_t deadline, bool impatient,
                   bool interruptible, unsigned long flags)
{
    struct thread *t = thread_self();
    struct turnstile *s = find(address);
    if (s == 0) {
        s = &t->turnstile;
        s->address = address;
        s->waiters.head = s->waiters.tail = 0;
        link_bucket(s);
        link_owner(s, owner);
    } else if (s->owner != owner) { /* it was let go, and taken by one who did not look here */
        unlink_owner(s);
        link_owner(s, owner);
    }
    t->lock_address = address;
    t->in_line = true;
    t->impatient = impatient;
    t->given = false;
    queue_insert(&s->waiters, t, impatient);
    turnstile_reckon(owner);
    struct cpu *cpu = cpu_here();
    lock_enter(&cpu->lock);
    if (interruptible && t->interrupted) {
        lock_leave(&cpu->lock);
        owner = turnstile_give_up(t);
        t->lock_address = 0;
        turnstile_reckon(owner);
        lock_drop(&turnstile_lock, flags);
        return -EINTR;
    }
    lock_leave(&turnstile_lock);
    sched_block_until(cpu, deadline, interruptible);
    interrupts_restore(flags);
    return t->outcome;
}

bool turnstile_used(const void *address) { return find(address) != 0; }

void turnstile_own(const void *address, struct thread *owner)
{
    struct turnstile *s = find(address);
    if (s == 0)
        return;
    struct thread *before = s->owner;
    unlink_owner(s);
    link_owner(s, owner);
    turnstile_reckon(before);
    turnstile_reckon(owner);
}

/*
 * To give a lock away costs a switch of threads before anybody takes it again; so it is not done at
 * each turn when all are impatient.
 */
static bool may_give(const struct thread *t)
{
    static uint64_t given_at;
    if (!t->impatient)
        return false;
    uint64_t now = time_now();
    if (now - given_at < GIVE_NS)
        return false;
    given_at = now;
    return true;
}

struct thread *turnstile_release(const void *address)
{
    struct turnstile *s = find(address);
    if (s == 0)
        return 0;
    struct thread *t = s->waiters.head, *owner = s->owner;
    t->given = may_give(t);
    s = leave(t);
    if (s != 0)
        turnstile_own(address, t->given && owner != 0 ? t : 0);
    turnstile_reckon(owner);
    return t;
}

struct thread *turnstile_give_up(struct thread *t)
{
    struct thread *owner = find(t->lock_address)->owner;
    leave(t);
    return owner;
}

void thread_set_priority(struct thread *t, uint8_t priority)
{
    unsigned long flags = lock_take(&turnstile_lock);
    t->own_priority = priority;
    turnstile_reckon(t);
    lock_drop(&turnstile_lock, flags);
}

void turnstile_hold_ceilings(uint32_t ceilings)
{
    unsigned long flags = lock_take(&turnstile_lock);
    thread_self()->ceilings = ceilings;
    turnstile_reckon(thread_self());
    lock_drop(&turnstile_lock, flags);
    sched_give_way();
}

void turnstile_forget(struct thread *t)
{
    unsigned long flags = lock_take(&turnstile_lock);
    for (struct turnstile *s = t->turnstiles; s != 0; s = s->next_owned)
        s->owner = 0;
    t->turnstiles = 0;
    lock_drop(&turnstile_lock, flags);
}

/*
 * The mutex of mutex.h. It is let go as if nobody waited, so that it may be taken at once; the
 * thread that is woken then sees to the others: its bit 0 says that there is a turnstile.
 */

#define WANTED 1ul

void mutex_wait(struct mutex *m)
{
    struct thread *self = thread_self();
    bool impatient = false;
    for (int i = 0; i < SPINS && smp_running; i++, cpu_relax()) /* most are held shortly */
        if (__atomic_load_n(&m->word, __ATOMIC_RELAXED) == 0 && mutex_try(m))
            return;
    for (;;) {
        unsigned long flags = lock_take(&turnstile_lock);
        uintptr_t w = __atomic_load_n(&m->word, __ATOMIC_RELAXED);
        if (w == 0 && cas(&m->word, 0, (uintptr_t)self | (turnstile_used(m) ? WANTED : 0))) {
            turnstile_own(m, self);
            lock_drop(&turnstile_lock, flags);
            return;
        }
        if (w == 0 || !(w & WANTED || cas(&m->word, w, w | WANTED))) {
            lock_drop(&turnstile_lock, flags); /* it has just changed */
            continue;
        }
        turnstile_wait(m, (struct thread *)(w & ~WANTED), NO_DEADLINE, impatient, false, flags);
        if (self->given)
            return;
        impatient = true;
    }
}

void mutex_hand_over(struct mutex *m)
{
    unsigned long flags = lock_take(&turnstile_lock);
    struct thread *t = turnstile_release(m);
    uintptr_t w = t->given ? (uintptr_t)t | (turnstile_used(m) ? WANTED : 0) : 0;
    __atomic_store_n(&m->word, w, __ATOMIC_RELEASE);
    uint64_t tell = sched_wake(t);
    lock_leave(&turnstile_lock);
    sched_tell(tell);
    interrupts_restore(flags);
    sched_give_way();
}
