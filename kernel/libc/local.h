/* SPDX-License-Identifier: BSD-2-Clause */
/* The libc's part of every thread. */
#ifndef LIBC_LOCAL_H
#define LIBC_LOCAL_H

#include "sched/mutex.h"
#include "sched/sched.h"
#include <pthread.h>
#include <reent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#define KEYS        PTHREAD_KEYS_MAX
#define KEY_ROUNDS  PTHREAD_DESTRUCTOR_ITERATIONS
#define STACK_LEAST PTHREAD_STACK_MIN
#define THREADS_MAX 65533 /* their slots fit 16 bits; 0xffff is none */

/* Of a thread that asks for none: LIMPET_THREAD_STACK() of limpet.h, or the default. */
extern const uint64_t limpet_thread_stack;

/* A pthread's record outlives its thread until it was joined. */
struct pthread {
    struct thread *thread;
    uint32_t done;        /* futex: 1 once result is there */
    uint32_t id;          /* the pthread_t: slot + generation << 16; 0: a free record */
    uint64_t signal_mask; /* its maker's, for the beginning */
    bool detached, joining;
    bool begun; /* its struct local is there */
    void *result;
    void *(*start)(void *);
    void *argument;
    void *stack; /* the caller's, and its size; NULL: its own */
    uint64_t stack_size, affinity;
    char name[PTHREAD_NAME_BYTES];
    struct pthread *next_free;
};

/* Freed blocks that a thread keeps for itself, by size class, from 1 on (malloc.c). */
#define HEAP_CLASSES 48
struct freed {
    struct freed *next;
    uint64_t key; /* tells a freed block from one in use */
};
struct heap_cache {
    struct local *next, **link; /* of the threads that have one; what points to it */
    struct freed *freed[HEAP_CLASSES + 1];
    int8_t room[HEAP_CLASSES + 1]; /* how many more a class may have */
};

/* Signals that are pending, for a thread or for the process (signals.h). */
struct queued;
struct pending {
    sigset_t set;
    struct queued *first; /* what they tell, in their order */
};

/* A thread's part of signals. */
struct signals {
    sigset_t mask, wanted; /* wanted: by sigwait() and its like */
    struct pending pending;
    stack_t alternate; /* ss_size 0: none */
    uint64_t fault_address;
    siginfo_t fault;
};

/* At struct thread's local. */
struct local {
    struct _reent *reent; /* newlib's per-thread state, errno first */
    struct pthread *pthread;
    struct _pthread_cleanup_context *cleanup;
    uint32_t slot; /* the pthread's: the low half of its id */
    /* Its cache serves requests below so many bytes, and keeps blocks below so many units beyond
     * the least; 0: neither. */
    uint64_t heap_bytes, heap_units;
    uint32_t heap_busy; /* it is at its cache, which is nobody else's meanwhile */
    uint16_t heap_slot; /* where it found its last large block */
    bool heap_joined;
    bool signals_joined;      /* signals is there */
    pthread_mutex_t *robust;  /* those that it holds */
    struct _reent own;        /* main uses newlib's static one instead */
    const void *values[KEYS]; /* thread-specific data, up to pthread_keys_end() */
    struct heap_cache heap;   /* not zeroed at the start, nor is this: */
    struct signals signals;
    uint16_t ceilings[PRIORITIES]; /* how many mutexes with that ceiling it holds */
};
_Static_assert(sizeof(struct local) <= THREAD_LOCAL_BYTES, "must fit beside struct thread");

static inline struct local *local_self(void) { return thread_self()->local; }

/* Records (pthread_record.c), over which is this mutex. pthread_new(): NULL: no memory. */
extern struct mutex pthread_mutex;
extern struct pthread pthread_main;
struct pthread *pthread_new(void);
void pthread_free(struct pthread *p);
struct pthread *pthread_find(pthread_t id); /* NULL: it was joined, or never was */

/* What a thread keeps of the heap goes back; it does not touch that any more. */
void heap_leave(struct local *local);

/* Makes the running thread the main pthread. */
void pthread_init_main(void);

/* Behind the last key that was ever used. */
unsigned pthread_keys_end(void);

/* No thread has a value under this key. */
void pthread_forget_values(pthread_key_t key);

/* Of the running thread's values, as it ends. */
void pthread_run_destructors(struct local *local);

/* The last slot that was ever used. */
uint32_t pthread_slots_end(void);

/* The thread of a slot, or NULL when it has ended. Turnstiles are locked. */
struct thread *pthread_thread_of(uint32_t slot);

/* As pthread_mutex_lock(), with wait, and a deadline of the monotonic clock (ns). */
int pthread_mutex_acquire(pthread_mutex_t *m, bool wait, uint64_t deadline);

/* The same of a mutex that is only a word (pthread_mutex.c) … */
#define MUTEX_OTHER 3 /* the state, bits 0 and 1, of one that is more */
int word_acquire(uint32_t *m, bool wait, uint64_t deadline);
int word_release(uint32_t *m);
bool word_held_once(uint32_t w);
bool word_is_mine(uint32_t w);
void word_abandon(uint32_t *m);

/* … and of one that is more (pthread_mutex_other.c). */
int other_acquire(pthread_mutex_t *m, bool wait, uint64_t deadline);
int other_release(pthread_mutex_t *m);

/* The running thread ends: its robust mutexes tell the next to hold them. */
void pthread_abandon_mutexes(struct local *local);

/* POSIX gives absolute times of CLOCK_REALTIME or CLOCK_MONOTONIC; the kernel's are of the latter.
 * 0, or EINVAL. */
int pthread_deadline(const struct timespec *at, clockid_t clock, uint64_t *deadline);

/* The thread unless it has ended, which it cannot do as long as pthread_mutex is held. */
struct thread *pthread_living(pthread_t id);

/* Is that a policy, with such a priority? 0, or EINVAL. */
int sched_check(int policy, int priority);

/* Those of a set's CPUs that there are, and back: 0, or EINVAL. */
int sched_read_set(size_t bytes, const cpu_set_t *set, uint64_t *affinity);
int sched_write_set(size_t bytes, cpu_set_t *set, uint64_t affinity);

#endif
