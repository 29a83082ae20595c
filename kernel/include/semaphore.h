/* SPDX-License-Identifier: BSD-2-Clause */
/* POSIX semaphores, which newlib has no header for. Unnamed ones only: there is one process. */
#ifndef SEMAPHORE_H
#define SEMAPHORE_H

#include <stdint.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SEM_VALUE_MAX 0x7fffffff

typedef struct {
    uint32_t value, waiters;
} sem_t;

/* All return 0, or -1 with errno set as POSIX says. */
int sem_init(sem_t *sem, int shared, unsigned value);
int sem_destroy(sem_t *sem);
int sem_post(sem_t *sem);
int sem_wait(sem_t *sem);
int sem_trywait(sem_t *sem);
int sem_timedwait(sem_t *sem, const struct timespec *abstime); /* CLOCK_REALTIME */
int sem_getvalue(sem_t *sem, int *value);

#ifdef __cplusplus
}
#endif

#endif
