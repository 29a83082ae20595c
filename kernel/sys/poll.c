/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls that wait for several files: poll, select. */
#include "sys/file.h"
#include "sys/input.h"
#include "sys/poll.h"
#include "sys/wait.h"
#include "base/time.h"
#include "mm/page.h"
#include "mm/vm.h"
#include "sched/interruption.h"
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>

#define SECOND    1000000000
#define FEW       16 /* waiters on the stack; more of them take pages */
#define READABLE  (POLLIN | POLLRDNORM)
#define WRITABLE  (POLLOUT | POLLWRNORM)
#define ASKED_NOT (POLLERR | POLLHUP | POLLNVAL)

/* Memory for n things of so many bytes: what is at hand, or pages; NULL: there are none. */
static void *room_for(size_t n, size_t bytes, void *few)
{
    uint64_t pa = n <= FEW ? 0 : page_alloc(order_for(n * bytes));
    return n <= FEW ? few : pa != 0 ? phys_to_virt(pa) : 0;
}

static void give_back(void *room, size_t n, size_t bytes, const void *few)
{
    if (room != few)
        page_free((uint64_t)room - PHYS_BASE, order_for(n * bytes));
}

/* What holds of a file now. w, if not NULL, comes into the list of who waits for it. */
static unsigned state_of(int fd, unsigned wanted, struct waiter *w, bool *console)
{
    struct file *f = (unsigned)fd < (unsigned)descriptor_count ? descriptors[fd] : 0;
    unsigned state = POLLIN | POLLOUT;
    if (f == 0)
        return POLLNVAL;
    if (f->kind != 0 && f->kind->poll == 0) /* is never waited for */
        return wanted & (READABLE | WRITABLE);
    if (f->kind != 0) {
        state = f->kind->poll(f, w);
    } else if (wanted & READABLE && file_reads(f)) {
        *console = true;
        state = POLLOUT | (input_ready(w) ? POLLIN : 0);
    }
    state |= (state & POLLIN ? POLLRDNORM : 0) | (state & POLLOUT ? POLLWRNORM : 0);
    return state & (wanted | ASKED_NOT);
}

/* Under the mutex: fills in revents; how many have some. waiters: NULL, or one for each. */
static int look(struct pollfd *fds, nfds_t n, struct waiter *waiters, bool *console)
{
    int ready = 0;
    for (nfds_t i = 0; i < n; i++) {
        fds[i].revents = 0;
        if (fds[i].fd >= 0)
            fds[i].revents = (short)state_of(fds[i].fd, (unsigned)fds[i].events,
                                             waiters != 0 ? &waiters[i] : 0, console);
        ready += fds[i].revents != 0;
    }
    return ready;
}

/* Under the mutex, which is dropped while it sleeps; a handler that does not come back finds no
 * waiter in a list. */
static int wait_for(struct pollfd *fds, nfds_t n, uint64_t deadline, struct waiter *waiters)
{
    for (;;) {
        uint32_t event = 0;
        bool console = false;
        int error = 0;
        for (nfds_t i = 0; i < n; i++)
            waiters[i] = (struct waiter){.event = &event};
        int ready = look(fds, n, waiters, &console);
        bool over = deadline != NO_DEADLINE && time_now() >= deadline;
        uint64_t again = console ? input_look_again() : NO_DEADLINE;
        mutex_unlock(&file_mutex);
        if (ready == 0 && !over)
            error = futex_wait_interruptible(&event, 0, again < deadline ? again : deadline);
        for (nfds_t i = 0; i < n; i++)
            wait_list_remove(&waiters[i]);
        if (error == -EINTR && thread_handled_at_point() != HANDLED_NONE)
            ready = -EINTR; /* SA_RESTART does not restart these calls */
        mutex_lock(&file_mutex);
        if (ready != 0 || over)
            return ready;
    }
}

/* deadline: ns; 0: only looks. */
static int wait_until(struct pollfd *fds, nfds_t n, uint64_t deadline)
{
    struct waiter few[FEW], *waiters;
    bool console = false;
    mutex_lock(&file_mutex);
    int ready = look(fds, n, 0, &console);
    if (ready == 0 && deadline != 0) {
        waiters = room_for(n, sizeof *waiters, few);
        ready = waiters != 0 ? wait_for(fds, n, deadline, waiters) : -ENOMEM;
        if (waiters != 0)
            give_back(waiters, n, sizeof *waiters, few);
    }
    mutex_unlock(&file_mutex);
    return ready;
}

/* From a length of time; NULL: for ever. -EINVAL: it is none. */
static int deadline_of(const struct timespec *t, uint64_t *deadline)
{
    *deadline = NO_DEADLINE;
    if (t == 0)
        return 0;
    if (t->tv_sec < 0 || t->tv_nsec < 0 || t->tv_nsec >= SECOND)
        return -EINVAL;
    if (t->tv_sec == 0 && t->tv_nsec == 0)
        *deadline = 0;
    else if ((uint64_t)t->tv_sec < (NO_DEADLINE - time_now()) / SECOND - 1)
        *deadline = time_now() + (uint64_t)t->tv_sec * SECOND + (uint64_t)t->tv_nsec;
    return 0;
}

int poll_for(struct pollfd *fds, nfds_t n, const struct timespec *t)
{
    uint64_t deadline;
    int error = deadline_of(t, &deadline);
    if (error == 0 && n > OPEN_MAX)
        error = -EINVAL;
    if (error == 0 && n > 0 && !vm_accessible(fds, n * sizeof *fds, true))
        error = -EFAULT;
    return error != 0 ? error : wait_until(fds, n, deadline);
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
    struct timespec t = {timeout / 1000, timeout % 1000 * 1000000L};
    return (int)file_result(poll_for(fds, n, timeout < 0 ? 0 : &t));
}

/* Sets of descriptors: what select() asks for, and what it tells. */
static fd_mask word_of(const fd_set *set, size_t i) { return set != 0 ? set->fds_bits[i] : 0; }

/* Those from word i of the sets on, below n, that are in any of them. */
static fd_mask any_of(const fd_set *in, const fd_set *out, const fd_set *except, size_t i, int n)
{
    fd_mask any = word_of(in, i) | word_of(out, i) | word_of(except, i);
    size_t below = (size_t)n - i * NFDBITS;
    return below < NFDBITS ? any & (((fd_mask)1 << below) - 1) : any;
}

static size_t count(int n, const fd_set *in, const fd_set *out, const fd_set *except)
{
    size_t all = 0;
    for (size_t i = 0; i * NFDBITS < (size_t)n; i++)
        for (fd_mask any = any_of(in, out, except, i, n); any != 0; any &= any - 1)
            all++;
    return all;
}

/* What each of them is asked for, as poll() has it. */
static void ask(struct pollfd *fds, int n, const fd_set *in, const fd_set *out,
                const fd_set *except)
{
    for (size_t i = 0; i * NFDBITS < (size_t)n; i++) {
        fd_mask ins = word_of(in, i), outs = word_of(out, i), others = word_of(except, i);
        for (fd_mask any = any_of(in, out, except, i, n); any != 0; any &= any - 1) {
            fd_mask bit = any & -any;
            *fds++ = (struct pollfd){.fd = (int)(i * NFDBITS) + __builtin_ctzl(any),
                                     .events = (short)((ins & bit ? POLLIN : 0) |
                                                       (outs & bit ? POLLOUT : 0) |
                                                       (others & bit ? POLLPRI : 0))};
        }
    }
}

/* Keeps those of the set that are ready; how many. */
static int keep(fd_set *set, const struct pollfd *fds, size_t n, int asked, int mask)
{
    int kept = 0;
    for (size_t i = 0; set != 0 && i < n; i++) {
        if (fds[i].events & asked && fds[i].revents & mask)
            kept++;
        else
            FD_CLR(fds[i].fd, set);
    }
    return kept;
}

int select_for(int n, fd_set *in, fd_set *out, fd_set *except, const struct timespec *t)
{
    struct pollfd few[FEW], *fds;
    uint64_t deadline;
    if (n < 0 || n > FD_SETSIZE || deadline_of(t, &deadline) != 0)
        return -EINVAL;
    size_t all = count(n, in, out, except);
    fds = room_for(all, sizeof *fds, few);
    if (fds == 0)
        return -ENOMEM;
    ask(fds, n, in, out, except);
    int ready = wait_until(fds, all, deadline);
    for (size_t i = 0; i < all && ready >= 0; i++)
        if (fds[i].revents & POLLNVAL)
            ready = -EBADF;
    if (ready >= 0)
        ready = keep(in, fds, all, POLLIN, POLLIN | POLLHUP | POLLERR) +
                keep(out, fds, all, POLLOUT, POLLOUT | POLLERR) +
                keep(except, fds, all, POLLPRI, POLLPRI);
    give_back(fds, all, sizeof *fds, few);
    return ready;
}

int select(int n, fd_set *in, fd_set *out, fd_set *except, struct timeval *t)
{
    struct timespec ns = {0, 0};
    if (t != 0 && (t->tv_usec < 0 || t->tv_usec >= 1000000))
        return (int)file_result(-EINVAL);
    if (t != 0)
        ns = (struct timespec){t->tv_sec, t->tv_usec * 1000};
    return (int)file_result(select_for(n, in, out, except, t != 0 ? &ns : 0));
}
