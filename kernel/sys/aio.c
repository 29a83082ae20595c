/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asynchronous input and output, by threads. Requests wait in one list; a thread takes the first
 * whose descriptor no other thread is at, so that those of a descriptor follow each other and one
 * that blocks keeps no other from working.
 */
#include "base/time.h"
#include "libc/signals.h"
#include <aio.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define WORKERS 16
#define SYNC    3 /* beside LIO_READ … */
#define NOBODY  (-1)
#define OVER    (-1)

/* The requests of one lio_listio() that is not waited for. */
struct _aio_group {
    unsigned left;
    struct sigevent event;
};

static struct mutex mutex;
static struct aiocb *first, **end = &first;
static int at_work[WORKERS]; /* descriptors, + 1; 0: none */
static unsigned workers;     /* threads */
static uint32_t ended;       /* futex: counts requests */

static bool is_busy(int fd)
{
    for (unsigned i = 0; i < WORKERS; i++)
        if (at_work[i] == fd + 1)
            return true;
    return false;
}

static bool is_queued(int fd)
{
    const struct aiocb *r = first;
    while (r != 0 && r->aio_fildes != fd)
        r = r->_next;
    return r != 0;
}

static struct aiocb *take(struct aiocb **at)
{
    struct aiocb *r = *at;
    *at = r->_next;
    if (end == &r->_next)
        end = at;
    return r;
}

/* It is over, and may be gone from here on. The mutex is held, and dropped while that is told. */
static void finish(struct aiocb *r, ssize_t result, int error)
{
    const struct sigevent event = r->aio_sigevent;
    struct _aio_group *group = r->_group;
    r->_result = result;
    __atomic_store_n(&r->_state, error, __ATOMIC_RELEASE);
    __atomic_add_fetch(&ended, 1, __ATOMIC_RELEASE);
    bool last = group != 0 && --group->left == 0;
    mutex_unlock(&mutex);
    futex_wake(&ended, UINT32_MAX);
    signal_tell(&event, SI_ASYNCIO);
    if (last) {
        signal_tell(&group->event, SI_ASYNCIO);
        free(group);
    }
    mutex_lock(&mutex);
}

/* Where a file has places, and does not append. */
static ssize_t move(const struct aiocb *r)
{
    void *buf = (void *)r->aio_buf;
    int fd = r->aio_fildes;
    ssize_t n = -1;
    if (r->aio_lio_opcode == SYNC)
        return fsync(fd);
    if (r->aio_lio_opcode == LIO_READ) {
        n = pread(fd, buf, r->aio_nbytes, r->aio_offset);
        return n < 0 && errno == ESPIPE ? read(fd, buf, r->aio_nbytes) : n;
    }
    errno = ESPIPE;
    if (!(fcntl(fd, F_GETFL) & O_APPEND))
        n = pwrite(fd, buf, r->aio_nbytes, r->aio_offset);
    return n < 0 && errno == ESPIPE ? write(fd, buf, r->aio_nbytes) : n;
}

static void *work(void *unused)
{
    mutex_lock(&mutex);
    for (;;) {
        struct aiocb **at = &first;
        while (*at != 0 && is_busy((*at)->aio_fildes))
            at = &(*at)->_next;
        if (*at == 0)
            break;
        struct aiocb *r = take(at);
        unsigned me = 0;
        while (at_work[me] != 0)
            me++;
        at_work[me] = r->aio_fildes + 1;
        mutex_unlock(&mutex);
        ssize_t n = move(r);
        int error = n < 0 ? errno : 0;
        mutex_lock(&mutex);
        at_work[me] = 0;
        finish(r, n, error);
    }
    workers--;
    mutex_unlock(&mutex);
    return unused;
}

/* A thread that no signal is for. The mutex is held. */
static bool start_worker(void)
{
    const sigset_t all = ALL;
    sigset_t before;
    pthread_t id;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&id, &attr, work, 0) == 0;
    pthread_sigmask(SIG_SETMASK, &before, 0);
    workers += started;
    return started;
}

/* One that was only zeroed asks for nothing. */
static bool event_is_valid(const struct sigevent *event)
{
    return event->sigev_notify == 0 || signal_event_is_valid(event);
}

/* 0; OVER, where it has ended at once, and no group knows of it; or the error. The mutex is held.
 */
static int submit(struct aiocb *r, int what, struct _aio_group *group)
{
    int fd = r->aio_fildes, flags = fcntl(fd, F_GETFL);
    if (what == SYNC && (flags < 0 || (flags & O_ACCMODE) == O_RDONLY))
        return EBADF;
    if ((what != SYNC && (r->aio_reqprio < 0 || r->aio_reqprio > AIO_PRIO_DELTA_MAX)) ||
        !event_is_valid(&r->aio_sigevent))
        return EINVAL;
    if (flags < 0) { /* aio_error() tells it */
        r->_group = 0;
        finish(r, -1, EBADF);
        return OVER;
    }
    if (workers < WORKERS && !is_busy(fd) && !is_queued(fd) && !start_worker() && workers == 0)
        return EAGAIN;
    r->aio_lio_opcode = what;
    r->_next = 0;
    r->_group = group;
    r->_state = EINPROGRESS;
    *end = r;
    end = &r->_next;
    return 0;
}

static int submit_one(struct aiocb *r, int what)
{
    mutex_lock(&mutex);
    int error = submit(r, what, 0);
    mutex_unlock(&mutex);
    signal_handlers(); /* what tells of it may be this thread's */
    return signal_result(error == OVER ? 0 : error);
}

int aio_read(struct aiocb *r) { return submit_one(r, LIO_READ); }

int aio_write(struct aiocb *r) { return submit_one(r, LIO_WRITE); }

int aio_fsync(int what, struct aiocb *r)
{
    return what == O_SYNC || what == O_DSYNC ? submit_one(r, SYNC) : signal_result(EINVAL);
}

int aio_error(const struct aiocb *r) { return __atomic_load_n(&r->_state, __ATOMIC_ACQUIRE); }

ssize_t aio_return(struct aiocb *r)
{
    int state = aio_error(r);
    if (state == EINPROGRESS || state == NOBODY)
        return signal_result(EINVAL);
    r->_state = NOBODY;
    return r->_result;
}

int aio_cancel(int fd, struct aiocb *request)
{
    if (fcntl(fd, F_GETFL) < 0)
        return -1;
    if (request != 0 && request->aio_fildes != fd)
        return signal_result(EINVAL);
    bool canceled = false;
    mutex_lock(&mutex);
    for (struct aiocb **at = &first; *at != 0;) {
        struct aiocb *r = *at;
        if (r->aio_fildes != fd || (request != 0 && r != request)) {
            at = &r->_next;
            continue;
        }
        finish(take(at), -1, ECANCELED);
        canceled = true;
        at = &first; /* it was told without the mutex */
    }
    bool busy = request != 0 ? aio_error(request) == EINPROGRESS : is_busy(fd);
    mutex_unlock(&mutex);
    signal_handlers(); /* what tells of it may be this thread's */
    return busy ? AIO_NOTCANCELED : canceled ? AIO_CANCELED : AIO_ALLDONE;
}

static bool is_over(const struct aiocb *r) { return r == 0 || aio_error(r) != EINPROGRESS; }

/* Until all are over, or any. 0, or the error. */
static int wait_until(const struct aiocb *const requests[], int n, bool any, uint64_t deadline)
{
    for (;;) {
        uint32_t seen = __atomic_load_n(&ended, __ATOMIC_ACQUIRE);
        int over = 0, there = 0;
        for (int i = 0; i < n; i++) {
            there += requests[i] != 0;
            over += requests[i] != 0 && is_over(requests[i]);
        }
        if (over == there || (any && over > 0))
            return 0;
        int result = futex_wait_interruptible(&ended, seen, deadline);
        if (result == -ETIMEDOUT)
            return EAGAIN;
        if (result == -EINTR && thread_interruption())
            return EINTR;
    }
}

int aio_suspend(const struct aiocb *const requests[], int n, const struct timespec *timeout)
{
    uint64_t deadline = NO_DEADLINE, ns;
    if (n < 0 || (timeout != 0 && (timeout->tv_nsec < 0 || timeout->tv_nsec >= 1000000000)))
        return signal_result(EINVAL);
    if (timeout != 0 && !__builtin_mul_overflow(timeout->tv_sec, 1000000000ull, &ns) &&
        !__builtin_add_overflow(ns, (uint64_t)timeout->tv_nsec + time_now(), &ns))
        deadline = ns;
    return signal_result(wait_until(requests, n, true, deadline));
}

/* A group for so many; NULL: there is none, or, with *error, no memory. */
static struct _aio_group *new_group(int n, const struct sigevent *event, int *error)
{
    struct _aio_group *group =
        event != 0 && event->sigev_notify != SIGEV_NONE ? malloc(sizeof *group) : 0;
    *error = event != 0 && event->sigev_notify != SIGEV_NONE && group == 0 ? EAGAIN : 0;
    if (group != 0)
        *group = (struct _aio_group){(unsigned)n + 1, *event};
    return group;
}

int lio_listio(int mode, struct aiocb *restrict const requests[restrict], int n,
               struct sigevent *restrict event)
{
    int error = 0;
    if ((mode != LIO_WAIT && mode != LIO_NOWAIT) || n < 0 ||
        (mode == LIO_NOWAIT && event != 0 && !event_is_valid(event)))
        return signal_result(EINVAL);
    struct _aio_group *group = new_group(n, mode == LIO_NOWAIT ? event : 0, &error);
    if (error != 0)
        return signal_result(error);
    unsigned left = 1; /* and those that there is nothing to do for */
    mutex_lock(&mutex);
    for (int i = 0; i < n; i++) {
        struct aiocb *r = requests[i];
        int refused = 0;
        if (r != 0 && (r->aio_lio_opcode == LIO_READ || r->aio_lio_opcode == LIO_WRITE))
            refused = submit(r, r->aio_lio_opcode, group);
        else if (r != 0 && r->aio_lio_opcode != LIO_NOP)
            refused = EINVAL;
        else
            left++;
        left += refused != 0;
        if (refused != 0 && refused != OVER) {
            r->_state = refused;
            r->_result = -1;
            error = EIO;
        }
    }
    bool over = group != 0 && (group->left -= left) == 0;
    mutex_unlock(&mutex);
    if (over) {
        signal_tell(&group->event, SI_ASYNCIO);
        free(group);
        signal_handlers();
    }
    if (mode == LIO_NOWAIT)
        return signal_result(error);
    int waited = wait_until((const struct aiocb *const *)requests, n, false, NO_DEADLINE);
    for (int i = 0; i < n; i++)
        if (requests[i] != 0 && requests[i]->aio_lio_opcode != LIO_NOP &&
            aio_error(requests[i]) > 0)
            error = EIO;
    return signal_result(waited != 0 ? waited : error);
}
