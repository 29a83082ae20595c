/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The types of POSIX threads, in place of newlib's header, whose words have no room for ceilings
 * and robust mutexes. What is all zero is initialized; members are nobody's but the library's.
 * Numbers that POSIX leaves open are Linux' (man-pages, pthread_attr_init(3) and others).
 */
#ifndef _SYS__PTHREADTYPES_H_
#define _SYS__PTHREADTYPES_H_

#include <sys/sched.h>

typedef __uint32_t pthread_t; /* slot, generation << 16; never 0 */
typedef __uint32_t pthread_key_t;

#define PTHREAD_CREATE_JOINABLE  0
#define PTHREAD_CREATE_DETACHED  1
#define PTHREAD_INHERIT_SCHED    0
#define PTHREAD_EXPLICIT_SCHED   1
#define PTHREAD_SCOPE_SYSTEM     0
#define PTHREAD_SCOPE_PROCESS    1 /* ENOTSUP: there is one process */
#define PTHREAD_PROCESS_PRIVATE  0
#define PTHREAD_PROCESS_SHARED   1 /* the same here */
#define PTHREAD_PRIO_NONE        0
#define PTHREAD_PRIO_INHERIT     1
#define PTHREAD_PRIO_PROTECT     2
#define PTHREAD_MUTEX_NORMAL     0
#define PTHREAD_MUTEX_RECURSIVE  1
#define PTHREAD_MUTEX_ERRORCHECK 2
#define PTHREAD_MUTEX_DEFAULT    PTHREAD_MUTEX_NORMAL
#define PTHREAD_MUTEX_STALLED    0
#define PTHREAD_MUTEX_ROBUST     1

typedef struct {
    void *_stack;                /* the caller's, lowest byte; NULL: one is made */
    __SIZE_TYPE__ _size, _guard; /* bytes */
    unsigned char _detached, _explicit, _policy, _pinned;
    struct sched_param _param;
    unsigned long _cpus; /* with _pinned: bit n: may run on CPU n */
} pthread_attr_t;

/* _word is all there is to it, unless that says that the others count, too. */
typedef struct _pthread_mutex {
    __uint32_t _word;
    __uint32_t _inner; /* the word of a robust one, or one with a ceiling */
    unsigned char _robust, _protect, _ceiling, _dead;
    struct _pthread_mutex *_next, **_link; /* a robust one's: the holder's list of them */
} pthread_mutex_t;

typedef struct {
    unsigned char _type, _protocol, _ceiling, _robust, _shared;
} pthread_mutexattr_t;

typedef struct {
    __uint32_t _sequence; /* bit 0: the clock of timed waits is CLOCK_MONOTONIC */
} pthread_cond_t;

typedef struct {
    unsigned char _monotonic, _shared;
} pthread_condattr_t;

typedef struct {
    __uint64_t _state;
    __uint32_t _writer;
    __uint32_t _readers_first;
} pthread_rwlock_t;

typedef struct {
    unsigned char _shared, _kind;
} pthread_rwlockattr_t;

typedef struct {
    __uint32_t _count, _arrived, _turn, _inside;
} pthread_barrier_t;

typedef struct {
    unsigned char _shared;
} pthread_barrierattr_t;

typedef __uint32_t pthread_spinlock_t;

typedef struct {
    __uint32_t _done, _mutex;
} pthread_once_t;

#endif
