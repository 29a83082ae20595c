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

#define KEYS        128   /* POSIX's least for PTHREAD_KEYS_MAX */
#define KEY_ROUNDS  4     /* PTHREAD_DESTRUCTOR_ITERATIONS */
#define STACK_LEAST 4096  /* PTHREAD_STACK_MIN */
#define THREADS_MAX 65533 /* their slots fit 16 bits; 0xffff is none */

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
    struct _reent own;        /* main uses newlib's static one instead */
    const void *values[KEYS]; /* thread-specific data, up to pthread_keys_end() */
    struct heap_cache heap;   /* not zeroed at the start, nor is this: */
    struct signals signals;
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

/* POSIX gives absolute times, mostly of CLOCK_REALTIME; the kernel's are monotonic. 0, or EINVAL.
 */
int pthread_deadline(const struct timespec *at, bool realtime, uint64_t *deadline);

#endif
