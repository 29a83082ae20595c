/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads and their scheduler: preemptive, 33 priorities, O(1) choice, tickless. Each CPU has its
 * own run queues; the timer is armed only while somebody waits for time to pass, be it a sleeper or
 * a ready thread of the running one's priority.
 *
 * A thread belongs to one CPU at a time (its cpu), whose lock is over it: it is in that CPU's run
 * queue, runs there, or was blocked there. A thread that is made ready while its CPU is busy goes
 * to an idle one, and a CPU that has nothing left to do takes what waits elsewhere. Priorities
 * hold on each CPU.
 */
#ifndef KERNEL_SCHED_H
#define KERNEL_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/lock.h"
#include "mm/page.h"
#include "base/cpus.h"
#include "base/platform.h"

#define PRIORITIES       33 /* 0: SCHED_OTHER's; else SCHED_FIFO's and SCHED_RR's */
#define PRIORITY_LEAST   1  /* of SCHED_FIFO and SCHED_RR */
#define PRIORITY_MOST    32
#define SLICE_NS         5000000ull   /* a thread with equals runs for one to two of these */
#define KEPT_NS          100000ull    /* so long a new thread waits for its maker to block */
#define STACK_DEFAULT    (60u << 10)  /* with its guard page a power of two */
#define STACK_MAIN       (8ull << 20) /* an app's LIMPET_MAIN_STACK() changes it */
#define STACK_MAIN_SHARE 4096         /* but 2 MiB, and 2 MiB more for each so many pages of RAM */
#define NO_DEADLINE      UINT64_MAX
#define ANY_CPU          UINT64_MAX

enum thread_state {
    THREAD_RUNNING,
    THREAD_READY,
    THREAD_BLOCKED,
    THREAD_MOVING, /* in nobody's queue: on its way into one */
    THREAD_DEAD
};

struct queue {
    struct thread *head, *tail;
};

/* Of a lock that somebody waits for: see turnstile.h. */
struct turnstile {
    const void *address;          /* of the lock's word */
    struct thread *owner;         /* to whom the waiters lend their priority; NULL: to nobody */
    struct queue waiters;         /* best priority first */
    struct turnstile *next;       /* in its bucket */
    struct turnstile *next_owned; /* of the same owner */
};

struct thread {
    uint64_t sp;      /* while it does not run */
    void *local;      /* the libc's part: THREAD_LOCAL_BYTES, not zeroed */
    uint32_t id;      /* 1 is main, 0 idle */
    uint8_t priority; /* 0 (least) … 32: its own, or a better one that waiters lend it */
    uint8_t own_priority;
    uint8_t policy; /* SCHED_FIFO: no slice ends its turn */
    uint8_t state;  /* enum thread_state */
    int8_t outcome; /* of its last sleep or wait: 0, -ETIMEDOUT or -EINTR */
    bool impatient; /* it found the lock taken again after its first wait */
    bool given;     /* the lock that it waited for is its own now */
    bool in_line;   /* at the turnstile of lock_address */
    bool ending;    /* it wakes who waits for its end, and does nothing more */
    uint32_t turn;  /* the number of its turn, which a better thread may interrupt; 0: a new one */
    struct cpu *cpu;
    uint64_t affinity; /* bit n: may run on CPU n */

    struct thread *next, *prev;   /* in the run queue or the wait queue */
    uint32_t *wait_address;       /* futex that it waits for, or NULL */
    const void *lock_address;     /* lock that it waits for at a turnstile, or NULL */
    struct turnstile *turnstiles; /* of locks that it holds and others wait for */
    uint32_t ceilings;            /* bit p - 1: it holds a lock whose holder has p at least */
    uint32_t library_locks;       /* of newlib's, that it holds: their words name it */
    bool interruptible;           /* the wait that it is in may be broken off: interruption.h */
    bool cancelled, cancel_disabled, cancel_async; /* see pthread_cancel() */
    bool interrupted;                              /* somebody did so, or will the next one */

    uint64_t deadline; /* ns; NO_DEADLINE: it does not wait for time */
    struct thread *heap_child, *heap_next, *heap_prev; /* the pairing heap of sleepers */

    void (*start)(void *);
    void *argument;
    uint64_t stack, stack_size; /* bytes; the lowest page is the guard */
    uint64_t thread_pointer;    /* ELF TLS; 0 when the image has none; and THREAD_LOOK */

    uint64_t ran;                   /* ticks, up to its last switch; see limpet_switch() */
    uint32_t waited, was_preempted; /* how often it was switched away from, and why */

    struct turnstile turnstile; /* for a lock that it waits for; not zeroed at the start */
};

#define THREAD_LOOK 1ull /* in thread_pointer: it is to look for what it was interrupted for */

/* The first page of a stack is never mapped; through the window it holds struct thread and this. */
#define THREAD_LOCAL_BYTES (4096 - sizeof(struct thread))

static inline void queue_remove(struct queue *q, struct thread *t)
{
    if (t->prev != 0)
        t->prev->next = t->next;
    else
        q->head = t->next;
    if (t->next != 0)
        t->next->prev = t->prev;
    else
        q->tail = t->prev;
}

struct cpu {
    struct cpu_base base;
    struct lock lock;
    uint64_t ready; /* bit p: queue[p] is not empty */
    struct queue queue[PRIORITIES];
    struct thread *sleepers; /* a pairing heap by deadline */
    uint64_t armed;          /* ns at which the timer fires; NO_DEADLINE: it does not */
    bool slice_armed;
    bool kept_armed;       /* the timer fires within KEPT_NS */
    uint64_t kept;         /* where the new thread that waits here may run; 0: none does */
    uint32_t turns;        /* numbers threads' turns */
    uint32_t turn_at_tick; /* whose turn it was when the slice was armed */
    uint32_t
        look_ns; /* when the running thread is looked at again: interruption.h; 0: LOOK_AGAIN_NS */
    struct thread *left; /* switched out, its stack still in use then: to bury, or to migrate */
    uint64_t flushed;    /* translations: see tlb.c */
    uint32_t pings;      /* asked and not yet answered */
    uint64_t faults;     /* first touches of pages, */
    uint64_t zeroed;     /* and their bytes */
    struct page_cache pages;
    struct thread idle;
};

extern struct cpu boot_cpu;

/* This CPU; as this_cpu(). */
static inline struct cpu *cpu_here(void) { return (struct cpu *)this_cpu(); }

/* Makes the running context this CPU's idle thread. */
void sched_init(struct cpu *cpu);

/* A policy and the priority that goes with it, in one word; main's, which is SCHED_OTHER. */
#define SCHEDULED(policy, priority) ((policy) << 8 | (priority))
#define SCHEDULED_AS_USUAL          0

/*
 * Makes a thread with at least stack_bytes of stack, or on one of its maker's that ends at
 * stack_top (NULL: none), SCHEDULED() so, ready to run start(argument) on the CPUs that its maker
 * may use; returning ends it. *created is set before it may run. 0, or -ENOMEM. A thread ends with
 * no turnstile of its own (turnstile_forget()).
 */
int thread_create(void (*start)(void *), void *argument, uint64_t stack_bytes, void *stack_top,
                  unsigned scheduled, struct thread **created);
_Noreturn void thread_exit(void);

/* The idle loop: called once on each CPU. */
_Noreturn void sched_idle(void);

/* Lets others of the same or a higher priority run. */
void sched_yield_now(void);
static inline bool sched_alone(void) { return ((const struct cpu *)this_cpu())->ready == 0; }

/* Gives way at once when a wake-up made a thread of a higher priority ready. */
void sched_give_way(void);

/* Sleeps until time_now() ≥ deadline. The second may be broken off, even one without a deadline
 * (interruption.h): -ETIMEDOUT, or -EINTR. */
void thread_sleep_until(uint64_t deadline);
int thread_sleep_interruptible(uint64_t deadline);

/* t's own priority. Who may have to give way then does so by sched_give_way(). */
void thread_set_priority(struct thread *t, uint8_t priority);

/* The running thread goes on on one of these CPUs, at least one of which is online. Another does so
 * too, where it runs at once; its record is kept from ending. */
void thread_set_affinity(uint64_t affinity);
void thread_set_affinity_of(struct thread *t, uint64_t affinity);

/* A stack for a CPU's own context, of so many bytes with its guard page; its end, or 0. */
uint64_t sched_new_stack(struct cpu *cpu, uint64_t bytes);

/*
 * Sleeps while *address == expected, at most until deadline (ns). 0: woken; -EAGAIN: *address is
 * something else; -ETIMEDOUT. The one primitive under mutexes, conditions, semaphores and join.
 */
int futex_wait(uint32_t *address, uint32_t expected, uint64_t deadline);

/* The same, but it may be broken off (interruption.h), or is not begun: -EINTR. */
int futex_wait_interruptible(uint32_t *address, uint32_t expected, uint64_t deadline);

/* Wakes up to n of its waiters, those of the highest priority first. Returns how many. */
unsigned futex_wake(uint32_t *address, unsigned n);
unsigned futex_wake_later(uint32_t *address, unsigned n); /* from interrupts: does not give way */

/* The best priority of its waiters; -1: nobody waits. */
int futex_best(const uint32_t *address);

/* From interrupts. */
void sched_preempt(void);
void sched_interrupt(void); /* another CPU has put a thread into our queue */

/* Parts of the scheduler to each other: sched.c, timer.c, futex.c, turnstile.c. Interrupts are
 * off. */

/* Is some ready thread entitled to the CPU once the running one's slice is over? */
static inline bool has_competitor(const struct cpu *cpu)
{
    return cpu->ready >> cpu->base.thread->priority != 0;
}

/* Into a CPU's queue, whose lock is held, behind its equals or before them; and out of it. */
void sched_enqueue(struct cpu *cpu, struct thread *t, bool first);
void sched_dequeue(struct cpu *cpu, struct thread *t);

/*
 * Makes a blocked thread ready, which nobody else can: its queue's lock is held, if any. Returns
 * the CPUs that must be interrupted for it: sched_tell(), once no lock is held, as that may take
 * long, and the thread may want the same lock next. Until then interrupts stay off.
 */
__attribute__((warn_unused_result)) uint64_t sched_wake(struct thread *t);
__attribute__((warn_unused_result)) uint64_t
sched_wake_from(struct cpu *cpu, struct thread *t); /* its CPU's lock is held, and dropped */
static inline void sched_tell(uint64_t set)
{
    for (; set != 0; set &= set - 1)
        platform->ipi((unsigned)__builtin_ctzll(set));
}

/* Blocks the running thread until it is woken, the deadline has passed or, when it is
 * interruptible, somebody breaks it off, which its outcome tells. Its CPU is locked, and is not any
 * more afterwards. */
void sched_block_until(struct cpu *cpu, uint64_t deadline, bool interruptible);

/* The thread's CPU, locked. */
struct cpu *sched_lock_cpu_of(const struct thread *t);

/* t, whose CPU is locked, and is not any more afterwards, runs with that priority. */
void sched_set_priority(struct cpu *cpu, struct thread *t, uint8_t priority);

/* Behind those of the same priority, or, first, before them. */
void queue_insert(struct queue *q, struct thread *t, bool first);

/* This CPU, its lock held: the thread that it kept, if it still waits, may be had by others, of
 * which one is to be told. */
__attribute__((warn_unused_result)) uint64_t sched_take_kept(struct cpu *cpu);

/* This CPU, its lock held: an interrupt soon, later each time until look_ns is 0 again. */
void sched_look_soon(struct cpu *cpu);

void sleep_add(struct cpu *cpu, struct thread *t);
void sleep_remove(struct cpu *cpu, struct thread *t);
void timer_update(struct cpu *cpu); /* this CPU, its lock held */

/* Of t, which waits for a word: the lock over the queue that it is in; out of that, it held. */
struct lock *futex_lock(const struct thread *t);
void futex_leave(struct thread *t);

/* t, whose CPU's lock is held, waits for a word: gives it its new place. False: try again. */
bool futex_requeue(struct thread *t, uint8_t priority);

#endif
