/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of code that takes mutexes: one thread runs, so a mutex is always free. */
#ifndef TESTS_ONE_THREAD_H
#define TESTS_ONE_THREAD_H

#include "unit.h"
#include "sched/sched.h"
#define thread_self() ((struct thread *)0x1000)
#include "sched/mutex.h"

void mutex_wait(struct mutex *m)
{
    (void)m;
    fail_msg("a mutex is waited for");
}

void mutex_hand_over(struct mutex *m)
{
    (void)m;
    fail_msg("a mutex is let go by another thread");
}

#endif
