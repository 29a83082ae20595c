/* SPDX-License-Identifier: BSD-2-Clause */
/* pthread_atfork(): nothing forks, so what is to be called then never is, and nobody has to keep
 * it. */
#include <pthread.h>

int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    (void)prepare;
    (void)parent;
    (void)child;
    return 0;
}
