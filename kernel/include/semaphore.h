/* SPDX-License-Identifier: BSD-2-Clause */
/* POSIX semaphores, which newlib has no header for. Named ones are the process's own. */
#ifndef SEMAPHORE_H
#define SEMAPHORE_H

#include <fcntl.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SEM_VALUE_MAX 0x7fffffff
#define SEM_FAILED    ((sem_t *)0)

typedef struct {
    uint64_t _state; /* low half: the value; high half: how many wait */
} sem_t;

/* All return 0, or -1 with errno set as POSIX says. abstime is of CLOCK_REALTIME, unless a clock is
 * given, that or CLOCK_MONOTONIC. */
int sem_init(sem_t *sem, int shared, unsigned value);
int sem_destroy(sem_t *sem);
int sem_post(sem_t *sem);
int sem_wait(sem_t *sem);
int sem_trywait(sem_t *sem);
int sem_timedwait(sem_t *__restrict sem, const struct timespec *__restrict abstime);
int sem_clockwait(sem_t *__restrict sem, clockid_t clock,
                  const struct timespec *__restrict abstime);
int sem_getvalue(sem_t *__restrict sem, int *__restrict value);

/* With O_CREAT in flags: mode_t mode, unsigned value. The same name gives the same address until it
 * is unlinked. SEM_FAILED with errno on error. */
sem_t *sem_open(const char *name, int flags, ...);
int sem_close(sem_t *sem);
int sem_unlink(const char *name);

#ifdef __cplusplus
}
#endif

#ifdef __cplusplus
}
#endif

#endif
