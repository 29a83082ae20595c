/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POSIX message queues. Room for all messages is taken when a queue is made, so that sending needs
 * no memory. Who waits sleeps on a count of what has come, or gone: read under the mutex, it
 * changes before anybody can be missed.
 */
#include "libc/signals.h"
#include "sched/interruption.h"
#include <errno.h>
#include <limits.h>
#include <mqueue.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES    255 /* NAME_MAX, without the slash */
#define DEFAULT_COUNT 10
#define DEFAULT_SIZE  8192

struct message {
    struct message *next;
    unsigned priority;
    uint32_t bytes;
    char data[];
};

struct queue_of {
    struct queue_of *next;
    unsigned opened;
    bool unlinked;
    long most, size, count;
    struct message *first, *unused; /* the next to be received */
    uint32_t sent, received;        /* futexes: counts */
    unsigned receivers;             /* that wait */
    int owner;                      /* the descriptor that asked for notice; -1: none */
    struct sigevent notice;
    char *name;
    char room[] __attribute__((aligned(16))); /* the messages, behind them the name */
};

static struct queue_of *all;
static struct description {
    struct queue_of *queue; /* NULL: closed */
    int flags;
} descriptions[MQ_OPEN_MAX];
static struct mutex mutex;

/* A name without its slash; NULL with errno: it cannot be one. */
static const char *checked(const char *name)
{
    size_t length = strlen(name);
    errno = *name != '/' || length == 1  ? EINVAL
            : strchr(name + 1, '/') != 0 ? EACCES
                                         : ENAMETOOLONG;
    if (length > NAME_BYTES + 1)
        errno = ENAMETOOLONG;
    else if (errno == ENAMETOOLONG)
        return name + 1;
    return 0;
}

static struct queue_of *find(const char *name)
{
    struct queue_of *q = all;
    while (q != 0 && (q->unlinked || strcmp(q->name, name) != 0))
        q = q->next;
    return q;
}

static void drop(struct queue_of *q)
{
    struct queue_of **at = &all;
    if (q->opened != 0 || !q->unlinked)
        return;
    while (*at != q)
        at = &(*at)->next;
    *at = q->next;
    free(q);
}

/* A new queue, or NULL with *error. */
static struct queue_of *make(const char *name, const struct mq_attr *attr, int *error)
{
    const long most = attr != 0 ? attr->mq_maxmsg : DEFAULT_COUNT;
    const long size = attr != 0 ? attr->mq_msgsize : DEFAULT_SIZE;
    *error = most <= 0 || size <= 0 || size > INT_MAX ? EINVAL : ENOSPC;
    if (*error == EINVAL)
        return 0;
    const size_t step = (sizeof(struct message) + (size_t)size + 15) & ~(size_t)15;
    size_t bytes;
    struct queue_of *q = 0;
    if (!__builtin_mul_overflow(step, (size_t)most, &bytes) && bytes < INT64_MAX)
        q = malloc(sizeof *q + bytes + strlen(name) + 1);
    if (q == 0)
        return 0;
    *q = (struct queue_of){.next = all, .most = most, .size = size, .owner = -1};
    for (long i = most; i-- > 0;) {
        struct message *m = (struct message *)(q->room + (size_t)i * step);
        m->next = q->unused;
        q->unused = m;
    }
    q->name = memcpy(q->room + bytes, name, strlen(name) + 1);
    all = q;
    *error = 0;
    return q;
}

static int open_queue(const char *name, int flags, const struct mq_attr *attr, int *error)
{
    int d = 0;
    while (d < MQ_OPEN_MAX && descriptions[d].queue != 0)
        d++;
    struct queue_of *q = find(name);
    *error = d == MQ_OPEN_MAX                              ? EMFILE
             : q == 0 && !(flags & O_CREAT)                ? ENOENT
             : q != 0 && flags & O_CREAT && flags & O_EXCL ? EEXIST
                                                           : 0;
    if (*error == 0 && q == 0)
        q = make(name, attr, error);
    if (*error != 0 || q == 0)
        return -1;
    q->opened++;
    descriptions[d] = (struct description){q, flags & (O_ACCMODE | O_NONBLOCK)};
    return d;
}

mqd_t mq_open(const char *name, int flags, ...)
{
    const struct mq_attr *attr = 0;
    if (flags & O_CREAT) {
        va_list arguments;
        va_start(arguments, flags);
        va_arg(arguments, unsigned); /* its mode: there is one user */
        attr = va_arg(arguments, const struct mq_attr *);
        va_end(arguments);
    }
    name = checked(name);
    if (name == 0)
        return -1;
    int error;
    mutex_lock(&mutex);
    int d = open_queue(name, flags, attr, &error);
    mutex_unlock(&mutex);
    return d >= 0 ? d : signal_result(error);
}

/* The mutex is held. NULL: it is not open. */
static struct description *open_at(mqd_t d)
{
    return d >= 0 && d < MQ_OPEN_MAX && descriptions[d].queue != 0 ? &descriptions[d] : 0;
}

int mq_close(mqd_t d)
{
    mutex_lock(&mutex);
    struct description *o = open_at(d);
    if (o != 0) {
        struct queue_of *q = o->queue;
        o->queue = 0;
        q->opened--;
        if (q->owner == d)
            q->owner = -1;
        drop(q);
    }
    mutex_unlock(&mutex);
    return signal_result(o != 0 ? 0 : EBADF);
}

int mq_unlink(const char *name)
{
    name = checked(name);
    if (name == 0)
        return signal_result(errno == ENAMETOOLONG ? ENAMETOOLONG : ENOENT);
    mutex_lock(&mutex);
    struct queue_of *q = find(name);
    if (q != 0) {
        q->unlinked = true;
        drop(q);
    }
    mutex_unlock(&mutex);
    return signal_result(q != 0 ? 0 : ENOENT);
}

/* Behind all of its priority. */
static void put(struct queue_of *q, const char *data, size_t bytes, unsigned priority)
{
    struct message *m = q->unused, **at = &q->first;
    q->unused = m->next;
    m->priority = priority;
    m->bytes = (uint32_t)bytes;
    memcpy(m->data, data, bytes);
    while (*at != 0 && (*at)->priority >= priority)
        at = &(*at)->next;
    m->next = *at;
    *at = m;
    q->count++;
}

/* Until *word, a count of the queue's, is another. The mutex is held, and dropped meanwhile; the
 * queue stays. 0, or the error that ends the call. */
static int wait_on(struct queue_of *q, uint32_t *word, const struct timespec *at)
{
    uint64_t deadline = NO_DEADLINE;
    int error = at != 0 ? pthread_deadline(at, CLOCK_REALTIME, &deadline) : 0;
    if (error != 0)
        return error;
    uint32_t seen = *word;
    q->opened++;
    mutex_unlock(&mutex);
    int result = futex_wait_interruptible(word, seen, deadline);
    mutex_lock(&mutex);
    q->opened--;
    if (result != -EINTR)
        return result == -ETIMEDOUT ? ETIMEDOUT : 0;
    return EINTR;
}

/* The same for a call by this descriptor: handlers run, and may not come back. */
static int wait_for(mqd_t d, bool receives, const struct timespec *at)
{
    struct queue_of *q = descriptions[d].queue;
    if (descriptions[d].flags & O_NONBLOCK)
        return EAGAIN;
    q->receivers += receives;
    int error = wait_on(q, receives ? &q->sent : &q->received, at);
    q->receivers -= receives;
    if (descriptions[d].queue != q) { /* it was closed */
        drop(q);
        return EBADF;
    }
    if (error == EINTR) {
        mutex_unlock(&mutex);
        bool ends = thread_interruption();
        mutex_lock(&mutex);
        error = ends ? EINTR : descriptions[d].queue != q ? EBADF : 0;
    }
    return error;
}

static int send(mqd_t d, const char *data, size_t bytes, unsigned priority,
                const struct timespec *at, struct sigevent *notice)
{
    const struct description *o = open_at(d);
    if (o == 0 || (o->flags & O_ACCMODE) == O_RDONLY)
        return EBADF;
    struct queue_of *q = o->queue;
    if (priority >= MQ_PRIO_MAX)
        return EINVAL;
    if (bytes > (size_t)q->size)
        return EMSGSIZE;
    while (q->unused == 0) {
        int error = wait_for(d, false, at);
        if (error != 0)
            return error;
    }
    put(q, data, bytes, priority);
    q->sent++;
    if (q->count == 1 && q->receivers == 0 && q->owner >= 0) {
        *notice = q->notice;
        q->owner = -1;
    }
    futex_wake_later(&q->sent, 1);
    return 0;
}

int mq_timedsend(mqd_t d, const char *data, size_t bytes, unsigned priority,
                 const struct timespec *at)
{
    struct sigevent notice = {.sigev_notify = SIGEV_NONE};
    if (thread_self()->cancelled)
        interruption_cancel();
    mutex_lock(&mutex);
    int error = send(d, data, bytes, priority, at, &notice);
    mutex_unlock(&mutex);
    sched_give_way();
    if (notice.sigev_notify != SIGEV_NONE) {
        signal_tell(&notice, SI_MESGQ);
        signal_handlers(); /* it may be this thread's */
    }
    return signal_result(error);
}

int mq_send(mqd_t d, const char *data, size_t bytes, unsigned priority)
{
    return mq_timedsend(d, data, bytes, priority, 0);
}

static int receive(mqd_t d, char *data, size_t *bytes, unsigned *priority,
                   const struct timespec *at)
{
    const struct description *o = open_at(d);
    if (o == 0 || (o->flags & O_ACCMODE) == O_WRONLY)
        return EBADF;
    struct queue_of *q = o->queue;
    if (*bytes < (size_t)q->size)
        return EMSGSIZE;
    while (q->first == 0) {
        int error = wait_for(d, true, at);
        if (error != 0)
            return error;
    }
    struct message *m = q->first;
    q->first = m->next;
    m->next = q->unused;
    q->unused = m;
    q->count--;
    *bytes = m->bytes;
    memcpy(data, m->data, m->bytes);
    if (priority != 0)
        *priority = m->priority;
    q->received++;
    futex_wake_later(&q->received, 1);
    return 0;
}

ssize_t mq_timedreceive(mqd_t d, char *restrict data, size_t bytes, unsigned *restrict priority,
                        const struct timespec *restrict at)
{
    if (thread_self()->cancelled)
        interruption_cancel();
    mutex_lock(&mutex);
    int error = receive(d, data, &bytes, priority, at);
    mutex_unlock(&mutex);
    sched_give_way();
    return error == 0 ? (ssize_t)bytes : signal_result(error);
}

ssize_t mq_receive(mqd_t d, char *data, size_t bytes, unsigned *priority)
{
    return mq_timedreceive(d, data, bytes, priority, 0);
}

int mq_setattr(mqd_t d, const struct mq_attr *restrict attr, struct mq_attr *restrict old)
{
    mutex_lock(&mutex);
    struct description *o = open_at(d);
    if (o != 0 && old != 0)
        *old = (struct mq_attr){o->flags & O_NONBLOCK, o->queue->most, o->queue->size,
                                o->queue->count};
    if (o != 0 && attr != 0)
        o->flags = (o->flags & O_ACCMODE) | (int)(attr->mq_flags & O_NONBLOCK);
    mutex_unlock(&mutex);
    return signal_result(o != 0 ? 0 : EBADF);
}

int mq_getattr(mqd_t d, struct mq_attr *attr) { return mq_setattr(d, 0, attr); }

int mq_notify(mqd_t d, const struct sigevent *event)
{
    if (event != 0 && !signal_event_is_valid(event))
        return signal_result(EINVAL);
    mutex_lock(&mutex);
    struct description *o = open_at(d);
    int error = o == 0 ? EBADF : event != 0 && o->queue->owner >= 0 ? EBUSY : 0;
    if (error == 0) {
        o->queue->owner = event != 0 ? d : -1;
        if (event != 0)
            o->queue->notice = *event;
    }
    mutex_unlock(&mutex);
    return signal_result(error);
}
