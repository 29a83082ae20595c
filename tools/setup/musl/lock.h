/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of musl's: random() and time zones take the locks that newlib has for these. */
#include <sys/lock.h>
#ifdef LIMPET_MUSL_TIME
extern struct __lock __lock___tz_mutex;
#define LOCK(lock)   __lock_acquire(&__lock___tz_mutex)
#define UNLOCK(lock) __lock_release(&__lock___tz_mutex)
#else
extern struct __lock __lock___arc4random_mutex;
#define LOCK(lock)   __lock_acquire(&__lock___arc4random_mutex)
#define UNLOCK(lock) __lock_release(&__lock___arc4random_mutex)
#endif
