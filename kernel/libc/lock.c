/* SPDX-License-Identifier: BSD-2-Clause */
/* newlib's locks and its per-thread state (--enable-newlib-retargetable-locking). */
#include "libc/local.h"
#include "sched/mutex.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/lock.h>

struct __lock {
    struct mutex mutex;
    uint32_t count; /* of a recursive lock's holder */
};

/* The locks that newlib names. */
struct __lock __lock___sinit_recursive_mutex, __lock___sfp_recursive_mutex,
    __lock___atexit_recursive_mutex, __lock___malloc_recursive_mutex, __lock___env_recursive_mutex,
    __lock___at_quick_exit_mutex, __lock___tz_mutex, __lock___dd_hash_mutex,
    __lock___arc4random_mutex;

struct _reent *__getreent(void) { return local_self()->reent; }

void __retarget_lock_init(_LOCK_T *lock)
{
    *lock = calloc(1, sizeof **lock);
    if (*lock == 0)
        abort(); /* newlib has no way to be told */
}

void __retarget_lock_init_recursive(_LOCK_T *lock) { __retarget_lock_init(lock); }

void __retarget_lock_close(_LOCK_T lock) { free(lock); }

void __retarget_lock_close_recursive(_LOCK_T lock) { free(lock); }

/* A thread that ends with one of these held leaves its struct thread behind: see struct thread. */
static void acquired(void) { thread_self()->library_locks++; }

static bool is_ours(_LOCK_T lock) { return (lock->mutex.word & ~1ul) == (uintptr_t)thread_self(); }

void __retarget_lock_acquire(_LOCK_T lock)
{
    mutex_lock(&lock->mutex);
    acquired();
}

int __retarget_lock_try_acquire(_LOCK_T lock)
{
    if (!mutex_try(&lock->mutex))
        return 0;
    acquired();
    return 1;
}

void __retarget_lock_release(_LOCK_T lock)
{
    thread_self()->library_locks--;
    mutex_unlock(&lock->mutex);
}

void __retarget_lock_acquire_recursive(_LOCK_T lock)
{
    if (!is_ours(lock))
        __retarget_lock_acquire(lock);
    lock->count++;
}

int __retarget_lock_try_acquire_recursive(_LOCK_T lock)
{
    if (!is_ours(lock) && !__retarget_lock_try_acquire(lock))
        return 0;
    lock->count++;
    return 1;
}

void __retarget_lock_release_recursive(_LOCK_T lock)
{
    if (--lock->count == 0)
        __retarget_lock_release(lock);
}

/* POSIX's names for a stream's lock. */

void __sinit(struct _reent *r);

/* The standard streams have theirs from their first use on. */
static _LOCK_T lock_of(FILE *f)
{
    struct _reent *r = _REENT;
    if (!r->__sdidinit)
        __sinit(r);
    return f->_lock;
}

void flockfile(FILE *f) { __retarget_lock_acquire_recursive(lock_of(f)); }

int ftrylockfile(FILE *f) { return !__retarget_lock_try_acquire_recursive(lock_of(f)); }

void funlockfile(FILE *f) { __retarget_lock_release_recursive(f->_lock); }

int posix_memalign(void **out, size_t align, size_t bytes)
{
    extern void *memalign(size_t, size_t);
    if (align < sizeof(void *) || (align & (align - 1)) != 0)
        return EINVAL;
    int saved = errno;
    *out = memalign(align, bytes);
    errno = saved;
    return *out != 0 ? 0 : ENOMEM;
}
