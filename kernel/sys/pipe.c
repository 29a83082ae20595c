/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pipes: bytes in a ring that grows from a page to PIPE_ROOM. A write of at most PIPE_BUF bytes is
 * all at once.
 */
#define _GNU_SOURCE /* pipe2 */
#include "sys/pipe.h"
#include "mm/page.h"
#include "mm/slab.h"
#include "mm/vm.h"
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIPE_ROOM (64u << 10) /* bytes: as much as Linux' pipes hold */

/* As much of the ring from place at on as lies in one piece. */
static uint32_t piece(const struct pipe *p, uint32_t at, uint32_t n)
{
    return n < p->capacity - at ? n : p->capacity - at;
}

static void take(struct pipe *p, uint8_t *buf, uint32_t n)
{
    uint32_t front = piece(p, p->first, n);
    memcpy(buf, p->ring + p->first, front);
    memcpy(buf + front, p->ring, n - front);
    p->first = (p->first + n) % p->capacity;
    p->used -= n;
}

static void put(struct pipe *p, const uint8_t *buf, uint32_t n)
{
    uint32_t at = (p->first + p->used) % p->capacity, front = piece(p, at, n);
    memcpy(p->ring + at, buf, front);
    memcpy(p->ring, buf + front, n - front);
    p->used += n;
}

/* A larger ring for n bytes more, if there may be one and is memory for it. */
static void grow(struct pipe *p, size_t n)
{
    uint64_t wanted = p->used + n < PIPE_ROOM ? p->used + n : PIPE_ROOM;
    if (wanted <= p->capacity)
        return;
    unsigned order = order_for(wanted);
    uint64_t pa = page_alloc(order);
    if (pa == 0)
        return;
    uint32_t used = p->used;
    take(p, phys_to_virt(pa), used);
    page_free((uint64_t)p->ring - PHYS_BASE, order_for(p->capacity));
    p->ring = phys_to_virt(pa);
    p->capacity = (uint32_t)(PAGE_SIZE << order);
    p->first = 0;
    p->used = used;
}

static int64_t read_some(struct file *f, void *buf, size_t n)
{
    struct pipe *p = f->pipe;
    while (p->used == 0) {
        if (p->writers == 0 || n == 0)
            return 0;
        int error = f->flags & O_NONBLOCK ? -EAGAIN : file_wait(&p->readable);
        if (error != 0)
            return error;
    }
    uint32_t part = n < p->used ? (uint32_t)n : p->used;
    take(p, buf, part);
    wait_list_wake(&p->writable);
    return part;
}

static int64_t write_all(struct file *f, void *from, size_t n)
{
    struct pipe *p = f->pipe;
    const uint8_t *buf = from;
    size_t done = 0;
    while (done < n) {
        size_t left = n - done, least = n <= PIPE_BUF ? n : 1;
        if (p->readers == 0)
            return done > 0 ? (int64_t)done : -EPIPE;
        grow(p, left);
        uint32_t room = p->capacity - p->used;
        if (room >= least) {
            uint32_t part = left < room ? (uint32_t)left : room;
            put(p, buf + done, part);
            done += part;
            wait_list_wake(&p->readable);
            continue;
        }
        int error = f->flags & O_NONBLOCK ? -EAGAIN : file_wait(&p->writable);
        if (error != 0)
            return done > 0 ? (int64_t)done : error;
    }
    return (int64_t)done;
}

/* The file stays while a call is in it, whoever closes its last descriptor. */
static int64_t hold(struct file *f, int64_t (*move)(struct file *, void *, size_t), void *buf,
                    size_t n)
{
    const struct pipe *p = f->pipe;
    const struct file_kind *kind = f->kind;
    int64_t r;
    do {
        f->users++;
        r = move(f, buf, n);
        file_drop(f);
    } while (r == -EINTR && !file_interruption() && f->kind == kind && f->pipe == p);
    return r;
}

int64_t pipe_read(struct file *f, void *buf, size_t n, uint64_t *at)
{
    (void)at;
    return hold(f, read_some, buf, n);
}

int64_t pipe_write(struct file *f, const void *buf, size_t n, uint64_t *at)
{
    (void)at;
    int64_t r = hold(f, write_all, (void *)buf, n);
    if (r == -EPIPE) { /* its handler may want files, and may not come back */
        mutex_unlock(&file_mutex);
        raise(SIGPIPE);
        mutex_lock(&file_mutex);
    }
    return r;
}

bool pipe_close(struct file *f)
{
    struct pipe *p = f->pipe;
    if (file_reads(f) && --p->readers == 0) {
        wait_list_end(&p->readable);
        wait_list_wake(&p->writable);
    }
    if (file_writes(f) && --p->writers == 0) {
        wait_list_end(&p->writable);
        wait_list_wake(&p->readable);
    }
    if (p->readers + p->writers != 0)
        return false;
    page_free((uint64_t)p->ring - PHYS_BASE, order_for(p->capacity));
    slab_free(p, sizeof *p);
    return true;
}

static void close_pipe(struct file *f) { pipe_close(f); }

static void stat_pipe(const struct file *f, struct stat *st)
{
    st->st_mode = S_IFIFO | 0600;
    st->st_size = f->pipe->used;
}

unsigned pipe_poll(struct file *f, struct waiter *w)
{
    struct pipe *p = f->pipe;
    bool reader = file_reads(f);
    if (w != 0)
        wait_list_add(reader ? &p->readable : &p->writable, w);
    if (reader)
        return (p->used > 0 ? POLLIN : 0) | (p->writers == 0 ? POLLHUP : 0);
    return (p->used + PIPE_BUF <= PIPE_ROOM ? POLLOUT : 0) | (p->readers == 0 ? POLLERR : 0);
}

uint64_t pipe_available(const struct file *f) { return f->pipe->used; }

static const struct file_kind pipe_file = {.read = pipe_read,
                                           .write = pipe_write,
                                           .close = close_pipe,
                                           .stat = stat_pipe,
                                           .poll = pipe_poll,
                                           .available = pipe_available};

struct pipe *pipe_new(void)
{
    struct pipe *p = slab_alloc(sizeof *p);
    uint64_t ring = page_alloc(0);
    if (p == 0 || ring == 0) {
        if (p != 0)
            slab_free(p, sizeof *p);
        if (ring != 0)
            page_free(ring, 0);
        return 0;
    }
    *p = (struct pipe){.ring = phys_to_virt(ring), .capacity = (uint32_t)PAGE_SIZE};
    return p;
}

static struct file *open_end(struct pipe *p, int flags)
{
    struct file *f = file_new(&pipe_file, flags);
    if (f != 0)
        f->pipe = p;
    return f;
}

static int make_pipe(int fds[2], int flags)
{
    int fd = file_closed_descriptor(0), other = fd < 0 ? fd : file_closed_descriptor(fd + 1);
    if (other < 0)
        return other;
    struct pipe *p = pipe_new();
    if (p == 0)
        return -ENFILE;
    p->readers = p->writers = 1;
    struct file *reader = open_end(p, O_RDONLY | flags), *writer = open_end(p, O_WRONLY | flags);
    if (writer == 0) {
        p->writers = 0;
        if (reader != 0)
            file_drop(reader);
        return -ENFILE;
    }
    descriptors[fd] = reader;
    descriptors[other] = writer;
    fds[0] = fd;
    fds[1] = other;
    return 0;
}

int pipe2(int fds[2], int flags)
{
    if (flags & ~(O_NONBLOCK | O_CLOEXEC))
        return (int)file_result(-EINVAL);
    if (!vm_accessible(fds, 2 * sizeof *fds, true))
        return (int)file_result(-EFAULT);
    mutex_lock(&file_mutex);
    int error = make_pipe(fds, flags & O_NONBLOCK);
    mutex_unlock(&file_mutex);
    return (int)file_result(error);
}

int pipe(int fds[2]) { return pipe2(fds, 0); }
