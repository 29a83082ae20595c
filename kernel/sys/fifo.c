/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FIFOs: pipes with names. Who opens one waits until its other end is open, too, unless
 * O_NONBLOCK says otherwise, or it is opened for both.
 */
#include "sys/names.h"
#include "sys/pipe.h"

static void close_fifo(struct file *f)
{
    struct inode *node = f->pipe->node;
    if (pipe_close(f))
        node->pipe = 0;
    path_close(node);
}

static void stat_fifo(const struct file *f, struct stat *st) { name_stat(f->pipe->node, st); }

static const struct file_kind fifo_file = {.read = pipe_read,
                                           .write = pipe_write,
                                           .close = close_fifo,
                                           .stat = stat_fifo,
                                           .poll = pipe_poll,
                                           .available = pipe_available};

/* Both ends at once meet nobody's wait. */
static int open_fifo(struct inode *node, int flags, struct file **out)
{
    int mode = flags & O_ACCMODE;
    struct pipe *p = node->pipe;
    if (mode == O_WRONLY && flags & O_NONBLOCK && (p == 0 || p->readers == 0))
        return -ENXIO;
    if (p == 0) {
        p = pipe_new();
        if (p == 0)
            return -ENFILE;
        p->node = node;
        node->pipe = p;
    }
    struct file *f = file_new(&fifo_file, flags);
    if (f == 0)
        return -ENFILE;
    f->pipe = p;
    if (mode != O_WRONLY) {
        p->readers++;
        p->opened_to_read++;
    }
    if (mode != O_RDONLY) {
        p->writers++;
        p->opened_to_write++;
    }
    wait_list_wake(&p->partners);
    *out = f;
    return 0;
}

/* Until somebody has the other end, or has had it since. */
static int wait_for_partner(const struct file *f)
{
    struct pipe *p = f->pipe;
    bool reads = file_reads(f);
    const uint32_t *there = reads ? &p->writers : &p->readers;
    const uint32_t *opened = reads ? &p->opened_to_write : &p->opened_to_read, before = *opened;
    if (f->flags & O_NONBLOCK)
        return 0;
    while (*there == 0 && *opened == before)
        if (file_wait(&p->partners) == -EINTR && file_interruption())
            return -EINTR;
    return 0;
}

static const struct fifo_calls calls = {open_fifo, wait_for_partner};

static int make_fifo(int fd, const char *path, uint32_t mode)
{
    struct inode *from, *node;
    int error = name_folder(fd, path, &from);
    fifo_calls = &calls;
    return error != 0 ? error : path_make(from, path, S_IFIFO | (mode & 0777 & ~name_mask), &node);
}

int mkfifoat(int fd, const char *path, mode_t mode) { UNDER_MUTEX(make_fifo(fd, path, mode)); }

int mkfifo(const char *path, mode_t mode) { return mkfifoat(AT_FDCWD, path, mode); }
