/* SPDX-License-Identifier: BSD-2-Clause */
/* pthread_once() of programs in C++, in place of the kernel's (ld --wrap): an exception that leaves
 * the routine, as of std::call_once(), leaves this, too, and the next caller tries again. */
#include <pthread.h>
#include <string.h>

int __wrap_pthread_once(pthread_once_t *once, void (*routine)(void));

/* The first word of *once; before, it is what PTHREAD_ONCE_INIT makes it. */
enum { RUNS = 0x72, DONE = 0x64 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;

struct attempt {
    struct _pthread_cleanup_context context;
    int *word, end;
};

static void set_end(void *attempt)
{
    struct attempt *a = attempt;
    pthread_mutex_lock(&mutex);
    __atomic_store_n(a->word, a->end, __ATOMIC_RELEASE);
    pthread_cond_broadcast(&ended);
    pthread_mutex_unlock(&mutex);
}

/* The routine returned, or an exception passes. A thread that is cancelled calls set_end() itself.
 */
static void end_attempt(struct attempt *a) { _pthread_cleanup_pop(&a->context, 1); }

int __wrap_pthread_once(pthread_once_t *once, void (*routine)(void))
{
    static const pthread_once_t untouched = PTHREAD_ONCE_INIT;
    int *word = (int *)once, fresh;
    memcpy(&fresh, &untouched, sizeof(fresh));
    if (__atomic_load_n(word, __ATOMIC_ACQUIRE) == DONE)
        return 0;
    pthread_mutex_lock(&mutex);
    while (*word == RUNS)
        pthread_cond_wait(&ended, &mutex);
    int found = *word;
    if (found != DONE)
        *word = RUNS;
    pthread_mutex_unlock(&mutex);
    if (found == DONE)
        return 0;
    __attribute__((cleanup(end_attempt))) struct attempt attempt = {.word = word, .end = fresh};
    _pthread_cleanup_push(&attempt.context, set_end, &attempt);
    routine();
    attempt.end = DONE;
    return 0;
}
