/* SPDX-License-Identifier: BSD-2-Clause */
/* Thread-specific data. */
#include "libc/local.h"
#include "sched/mutex.h"
#include <errno.h>

static struct mutex mutex;
static void (*destructors[KEYS])(void *); /* NULL: the key is free */
static unsigned keys_end;                 /* behind the last key that was ever used */

static void no_destructor(void *value) { (void)value; }

unsigned pthread_keys_end(void) { return keys_end; }

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
    mutex_lock(&mutex);
    unsigned i = 0;
    while (i < KEYS && destructors[i] != 0)
        i++;
    if (i < KEYS) {
        destructors[i] = destructor != 0 ? destructor : no_destructor;
        if (i >= keys_end)
            keys_end = i + 1;
        pthread_forget_values(i); /* of one that had this number before */
        *key = (pthread_key_t)i;
    }
    mutex_unlock(&mutex);
    return i < KEYS ? 0 : EAGAIN;
}

int pthread_key_delete(pthread_key_t key)
{
    mutex_lock(&mutex);
    int error = key < KEYS && destructors[key] != 0 ? 0 : EINVAL;
    if (error == 0)
        destructors[key] = 0;
    mutex_unlock(&mutex);
    return error;
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
    if (key >= KEYS)
        return EINVAL;
    local_self()->values[key] = value;
    return 0;
}

void *pthread_getspecific(pthread_key_t key)
{
    return key < KEYS ? (void *)local_self()->values[key] : 0;
}

void pthread_run_destructors(struct local *local)
{
    bool again = true;
    for (int round = 0; again && round < KEY_ROUNDS; round++) {
        again = false;
        for (unsigned key = 0; key < keys_end; key++) {
            void *value = (void *)local->values[key];
            void (*destructor)(void *) = destructors[key];
            if (value == 0 || destructor == 0)
                continue;
            local->values[key] = 0;
            destructor(value);
            again |= destructor != no_destructor;
        }
    }
}
