/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of musl's: random() takes the lock that newlib has for random numbers. */
#include <sys/lock.h>
extern struct __lock __lock___arc4random_mutex;
#define LOCK(lock)   __lock_acquire(&__lock___arc4random_mutex)
#define UNLOCK(lock) __lock_release(&__lock___arc4random_mutex)
