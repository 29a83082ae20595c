/* SPDX-License-Identifier: BSD-2-Clause */
/* POSIX threads: their life, their attributes. Locks are in pthread_mutex.c and
 * pthread_sync.c. */
#include "libc/local.h"
#include "sched/mutex.h"
#include "mm/page.h"
#include "base/time.h"
#include "sched/turnstile.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Records stand in pages, which go back when they are empty: but the last that has room. */
struct chunk {
    struct chunk *next, *prev; /* of those with free records */
    struct pthread *free;
    uint32_t number, used;
    struct pthread records[];
};
#define PER_CHUNK ((PAGE_SIZE - sizeof(struct chunk)) / sizeof(struct pthread))
#define CHUNKS    (THREADS_MAX / PER_CHUNK)

static struct mutex mutex; /* over the records */
static struct pthread main_record = {.id = 1, .detached = true};
static struct local main_local;
static struct chunk *chunks[CHUNKS]; /* changed with the turnstiles locked, too */
static struct chunk *with_room;
static uint32_t live = 1; /* threads, main included */

void pthread_init_main(void)
{
    struct thread *t = thread_self();
    t->local = &main_local;
    main_local.reent = _GLOBAL_REENT;
    main_local.pthread = &main_record;
    main_record.thread = t;
}

/* Records. Slot 1 is main's; the others count on from 2. */

static void set_chunk(uint32_t number, struct chunk *c)
{
    unsigned long flags = lock_take(&turnstile_lock);
    chunks[number] = c;
    lock_drop(&turnstile_lock, flags);
}

static void add_room(struct chunk *c)
{
    c->prev = 0;
    c->next = with_room;
    if (c->next != 0)
        c->next->prev = c;
    with_room = c;
}

static void remove_room(struct chunk *c)
{
    if (c->prev != 0)
        c->prev->next = c->next;
    else
        with_room = c->next;
    if (c->next != 0)
        c->next->prev = c->prev;
}

static struct chunk *new_chunk(void)
{
    uint32_t number = 0;
    while (number < CHUNKS && chunks[number] != 0)
        number++;
    uint64_t pa = number < CHUNKS ? page_alloc(0) : 0;
    if (pa == 0)
        return 0;
    struct chunk *c = phys_to_virt(pa);
    memset(c, 0, PAGE_SIZE);
    c->number = number;
    for (unsigned i = PER_CHUNK; i-- > 0;) {
        c->records[i].next_free = c->free;
        c->free = &c->records[i];
    }
    add_room(c);
    set_chunk(number, c);
    return c;
}

static struct chunk *chunk_of(const struct pthread *p)
{
    return (struct chunk *)((uintptr_t)p & ~(uintptr_t)(PAGE_SIZE - 1));
}

static struct pthread *new_record(void)
{
    static uint32_t generation;
    struct pthread *p = 0;
    mutex_lock(&mutex);
    struct chunk *c = with_room != 0 ? with_room : new_chunk();
    if (c != 0) {
        p = c->free;
        c->free = p->next_free;
        c->used++;
        if (c->free == 0)
            remove_room(c);
        uint32_t slot = (uint32_t)(c->number * PER_CHUNK + (size_t)(p - c->records) + 2);
        p->id = slot | ++generation << 16;
        p->done = 0;
        p->thread = 0;
        p->detached = p->joining = false;
    }
    mutex_unlock(&mutex);
    return p;
}

static void free_record(struct pthread *p)
{
    struct chunk *c = chunk_of(p);
    mutex_lock(&mutex);
    p->id = 0;
    if (c->free == 0)
        add_room(c);
    p->next_free = c->free;
    c->free = p;
    if (--c->used == 0 && (c->next != 0 || c->prev != 0)) {
        remove_room(c);
        set_chunk(c->number, 0);
        page_free((uint64_t)c - PHYS_BASE, 0);
    }
    mutex_unlock(&mutex);
}

static struct pthread *record_at(uint32_t slot)
{
    if (slot == main_record.id)
        return &main_record;
    if (slot < 2 || (slot - 2) / PER_CHUNK >= CHUNKS)
        return 0;
    struct chunk *c = chunks[(slot - 2) / PER_CHUNK];
    return c != 0 ? &c->records[(slot - 2) % PER_CHUNK] : 0;
}

static struct pthread *record_of(pthread_t id)
{
    struct pthread *p = record_at(id & 0xffff);
    return p != 0 && p->id == id ? p : 0;
}

struct thread *pthread_thread_of(uint32_t slot)
{
    const struct pthread *p = record_at(slot);
    return p != 0 ? p->thread : 0;
}

static void forget_thread(struct pthread *p)
{
    unsigned long flags = lock_take(&turnstile_lock);
    p->thread = 0;
    lock_drop(&turnstile_lock, flags);
}

void pthread_forget_values(pthread_key_t key)
{
    mutex_lock(&mutex);
    main_local.values[key] = 0;
    for (unsigned i = 0; i < CHUNKS * PER_CHUNK; i++) {
        const struct chunk *c = chunks[i / PER_CHUNK];
        if (c == 0) {
            i += PER_CHUNK - 1;
            continue;
        }
        const struct pthread *p = &c->records[i % PER_CHUNK];
        if (p->id != 0 && p->done == 0 && p->thread != 0)
            ((struct local *)p->thread->local)->values[key] = 0;
    }
    mutex_unlock(&mutex);
}

/* Life. */

void _pthread_cleanup_push(struct _pthread_cleanup_context *context, void (*routine)(void *),
                           void *argument)
{
    struct local *local = local_self();
    *context = (struct _pthread_cleanup_context){routine, argument, 0, local->cleanup};
    local->cleanup = context;
}

void _pthread_cleanup_pop(struct _pthread_cleanup_context *context, int execute)
{
    local_self()->cleanup = context->_previous;
    if (execute)
        context->_routine(context->_arg);
}

void pthread_exit(void *result)
{
    struct local *local = local_self();
    struct pthread *p = local->pthread;
    while (local->cleanup != 0)
        _pthread_cleanup_pop(local->cleanup, 1);
    pthread_run_destructors(local);
    if (__atomic_sub_fetch(&live, 1, __ATOMIC_ACQ_REL) == 0)
        exit(0);           /* it was the last */
    if (p == &main_record) /* the process goes on without main */
        futex_wait(&main_record.done, 0, NO_DEADLINE);
    _reclaim_reent(local->reent);
    mutex_lock(&mutex);
    bool detached = p->detached;
    p->result = result;
    forget_thread(p);
    __atomic_store_n(&p->done, 1, __ATOMIC_RELEASE);
    mutex_unlock(&mutex);
    if (detached)
        free_record(p);
    else
        futex_wake(&p->done, UINT32_MAX);
    thread_exit();
}

static void begin(void *argument)
{
    struct pthread *p = argument;
    struct local *local = local_self();
    memset(local, 0, offsetof(struct local, values) + pthread_keys_end() * sizeof *local->values);
    local->pthread = p;
    local->reent = &local->own;
    _REENT_INIT_PTR_ZEROED(&local->own);
    pthread_exit(p->start(p->argument));
}

int pthread_create(pthread_t *id, const pthread_attr_t *attr, void *(*start)(void *),
                   void *argument)
{
    struct pthread *p = new_record();
    if (p == 0)
        return EAGAIN;
    uint64_t stack = attr != 0 && attr->stacksize != 0 ? (uint64_t)attr->stacksize : STACK_DEFAULT;
    uint8_t priority = thread_self()->own_priority;
    if (attr != 0) {
        p->detached = attr->detachstate == PTHREAD_CREATE_DETACHED;
        if (attr->inheritsched == PTHREAD_EXPLICIT_SCHED)
            priority = (uint8_t)attr->schedparam.sched_priority;
    }
    p->start = start;
    p->argument = argument;
    *id = p->id; /* before the thread runs, which may be at once */
    __atomic_add_fetch(&live, 1, __ATOMIC_RELAXED);
    if (thread_create(begin, p, stack, priority, &p->thread) == 0)
        return 0;
    __atomic_sub_fetch(&live, 1, __ATOMIC_RELAXED);
    free_record(p);
    return EAGAIN;
}

int pthread_join(pthread_t id, void **result)
{
    mutex_lock(&mutex);
    struct pthread *p = record_of(id);
    int error = p == 0                       ? ESRCH
                : p == local_self()->pthread ? EDEADLK
                : p->detached || p->joining  ? EINVAL
                                             : 0;
    if (error == 0)
        p->joining = true;
    mutex_unlock(&mutex);
    if (error != 0)
        return error;
    while (__atomic_load_n(&p->done, __ATOMIC_ACQUIRE) == 0)
        futex_wait(&p->done, 0, NO_DEADLINE);
    if (result != 0)
        *result = p->result;
    free_record(p);
    return 0;
}

int pthread_detach(pthread_t id)
{
    mutex_lock(&mutex);
    struct pthread *p = record_of(id);
    int error = p == 0 ? ESRCH : p->detached || p->joining ? EINVAL : 0;
    bool over = error == 0 && p->done != 0;
    if (error == 0)
        p->detached = true;
    mutex_unlock(&mutex);
    if (over)
        free_record(p);
    return error;
}

pthread_t pthread_self(void) { return local_self()->pthread->id; }

int pthread_equal(pthread_t a, pthread_t b) { return a == b; }

void pthread_yield(void) { sched_yield(); }

/* Cancellation: a thread here ends only by its own act. */

int pthread_cancel(pthread_t id)
{
    (void)id;
    return ENOSYS;
}

int pthread_setcancelstate(int state, int *old)
{
    if (old != 0)
        *old = PTHREAD_CANCEL_DISABLE;
    return state == PTHREAD_CANCEL_DISABLE ? 0 : ENOSYS;
}

void pthread_testcancel(void) {}

/* Scheduling. */

/* The thread unless it has ended, which it cannot do as long as the mutex is held. */
static struct thread *living(pthread_t id)
{
    struct pthread *p = record_of(id);
    return p != 0 && p->done == 0 ? p->thread : 0;
}

bool pthread_exists(pthread_t id)
{
    mutex_lock(&mutex);
    bool exists = living(id) != 0;
    mutex_unlock(&mutex);
    return exists;
}

int pthread_setschedprio(pthread_t id, int priority)
{
    if (priority < 0 || priority >= PRIORITIES)
        return EINVAL;
    mutex_lock(&mutex);
    struct thread *t = living(id);
    if (t != 0)
        thread_set_priority(t, (uint8_t)priority);
    mutex_unlock(&mutex);
    sched_give_way(); /* not before: others would wait for the mutex */
    return t != 0 ? 0 : ESRCH;
}

int pthread_setschedparam(pthread_t id, int policy, const struct sched_param *param)
{
    if (policy != SCHED_RR && policy != SCHED_OTHER)
        return ENOTSUP;
    return pthread_setschedprio(id, param->sched_priority);
}

int pthread_getschedparam(pthread_t id, int *policy, struct sched_param *param)
{
    mutex_lock(&mutex);
    struct thread *t = living(id);
    if (t != 0)
        param->sched_priority = t->own_priority;
    mutex_unlock(&mutex);
    *policy = SCHED_RR;
    return t != 0 ? 0 : ESRCH;
}

int sched_get_priority_min(int policy)
{
    (void)policy;
    return 0;
}

int sched_get_priority_max(int policy)
{
    (void)policy;
    return PRIORITIES - 1;
}

/* Attributes. */

int pthread_attr_init(pthread_attr_t *attr)
{
    *attr = (pthread_attr_t){.is_initialized = 1,
                             .stacksize = STACK_DEFAULT,
                             .inheritsched = PTHREAD_INHERIT_SCHED,
                             .schedpolicy = SCHED_RR,
                             .schedparam.sched_priority = PRIORITY_DEFAULT,
                             .detachstate = PTHREAD_CREATE_JOINABLE};
    return 0;
}

int pthread_attr_destroy(pthread_attr_t *attr)
{
    attr->is_initialized = 0;
    return 0;
}

int pthread_attr_setstacksize(pthread_attr_t *attr, size_t bytes)
{
    if (bytes < STACK_LEAST || bytes > 1u << 30)
        return EINVAL;
    attr->stacksize = (int)bytes;
    return 0;
}

int pthread_attr_getstacksize(const pthread_attr_t *attr, size_t *bytes)
{
    *bytes = (size_t)attr->stacksize;
    return 0;
}

int pthread_attr_setdetachstate(pthread_attr_t *attr, int state)
{
    if (state != PTHREAD_CREATE_DETACHED && state != PTHREAD_CREATE_JOINABLE)
        return EINVAL;
    attr->detachstate = state;
    return 0;
}

int pthread_attr_getdetachstate(const pthread_attr_t *attr, int *state)
{
    *state = attr->detachstate;
    return 0;
}

int pthread_attr_setschedparam(pthread_attr_t *attr, const struct sched_param *param)
{
    if (param->sched_priority < 0 || param->sched_priority >= PRIORITIES)
        return EINVAL;
    attr->schedparam = *param;
    return 0;
}

int pthread_attr_getschedparam(const pthread_attr_t *attr, struct sched_param *param)
{
    *param = attr->schedparam;
    return 0;
}

int pthread_attr_setinheritsched(pthread_attr_t *attr, int inherit)
{
    attr->inheritsched = inherit;
    return 0;
}

int pthread_attr_setschedpolicy(pthread_attr_t *attr, int policy)
{
    if (policy != SCHED_RR && policy != SCHED_OTHER)
        return ENOTSUP;
    attr->schedpolicy = policy;
    return 0;
}
