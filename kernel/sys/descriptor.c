/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls on descriptors and on what they stand for: dup, fcntl, ioctl, sizes, sync. */
#define _GNU_SOURCE /* what newlib shows to nobody else */
#include "sys/input.h"
#include "sys/names.h"
#include "mm/page.h"
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

static struct file *open_file(int fd)
{
    return (unsigned)fd < (unsigned)descriptor_count ? descriptors[fd] : 0;
}

/* fd once more, as the first closed descriptor from least on. */
static int duplicate(int fd, int least)
{
    struct file *f = open_file(fd);
    if (f == 0)
        return -EBADF;
    if (least < 0 || least >= descriptor_limit)
        return -EINVAL;
    int other = file_closed_descriptor(least);
    if (other >= 0) {
        descriptors[other] = f;
        f->users++;
    }
    return other;
}

int dup(int fd) { UNDER_MUTEX(duplicate(fd, 0)); }

static int duplicate_to(int fd, int other)
{
    struct file *f = open_file(fd);
    if (f == 0 || other < 0 || other >= descriptor_limit)
        return -EBADF;
    if (other == fd)
        return other;
    if (other >= descriptor_count) { /* the table is to have it */
        int error = file_closed_descriptor(other);
        if (error < 0)
            return error;
    }
    struct file *before = descriptors[other];
    f->users++;
    descriptors[other] = f;
    if (before != 0)
        file_drop(before);
    return other;
}

int dup2(int fd, int other) { UNDER_MUTEX(duplicate_to(fd, other)); }

/* Nothing is ever exec'ed: O_CLOEXEC means nothing. */
int dup3(int fd, int other, int flags)
{
    if (fd == other || flags & ~O_CLOEXEC)
        return (int)file_result(-EINVAL);
    return dup2(fd, other);
}

/* One process' locks are never in its own way: each is granted, and none is ever found. */
static int lock_record(const struct file *f, int command, struct flock *l)
{
    if (l->l_type != F_UNLCK && l->l_type != F_RDLCK && l->l_type != F_WRLCK)
        return -EINVAL;
    if (l->l_whence < SEEK_SET || l->l_whence > SEEK_END)
        return -EINVAL;
    if (command == F_GETLK)
        l->l_type = F_UNLCK;
    else if ((l->l_type == F_RDLCK && !file_reads(f)) || (l->l_type == F_WRLCK && !file_writes(f)))
        return -EBADF;
    return 0;
}

#define CHANGEABLE (O_APPEND | O_NONBLOCK)

static int control(int fd, int command, int argument, void *pointer)
{
    struct file *f = open_file(fd);
    if (f == 0)
        return -EBADF;
    switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        return duplicate(fd, argument);
    case F_GETFD:
    case F_SETFD: /* close-on-exec: nothing is ever exec'ed */
        return 0;
    case F_GETFL:
        return f->flags;
    case F_SETFL:
        f->flags = (f->flags & ~CHANGEABLE) | (argument & CHANGEABLE);
        return 0;
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
        return lock_record(f, command, pointer);
    }
    return -EINVAL;
}

int fcntl(int fd, int command, ...)
{
    va_list args;
    va_start(args, command);
    void *argument = va_arg(args, void *); /* or an int, in the same register */
    va_end(args);
    UNDER_MUTEX(control(fd, command, (int)(intptr_t)argument, argument));
}

int flock(int fd, int operation)
{
    int kind = operation & ~LOCK_NB;
    if (file_of(fd) == 0)
        return -1;
    return kind == LOCK_SH || kind == LOCK_EX || kind == LOCK_UN ? 0 : (int)file_result(-EINVAL);
}

int lockf(int fd, int command, off_t length)
{
    const struct file *f = file_of(fd);
    (void)length;
    if (f == 0)
        return -1;
    if (command < F_ULOCK || command > F_TEST)
        return (int)file_result(-EINVAL);
    return (command == F_LOCK || command == F_TLOCK) && !file_writes(f) ? (int)file_result(-EBADF)
                                                                        : 0;
}

static int io_control(int fd, unsigned long request, void *argument)
{
    struct file *f = open_file(fd);
    if (f == 0)
        return -EBADF;
    if (argument == 0)
        return -EFAULT;
    switch (request) {
    case FIONREAD: {
        uint64_t n = f->kind == 0              ? input_available()
                     : f->kind->available != 0 ? f->kind->available(f)
                                               : 0;
        *(int *)argument = n < INT_MAX ? (int)n : INT_MAX;
        return 0;
    }
    case FIONBIO:
        f->flags = *(const int *)argument ? f->flags | O_NONBLOCK : f->flags & ~O_NONBLOCK;
        return 0;
    case TIOCGWINSZ:
        if (f->kind != 0 || !(file_writes(f) ? output_terminal : input_terminal))
            return -ENOTTY;
        memset(argument, 0, sizeof(struct winsize)); /* nobody tells */
        return 0;
    }
    return -ENOTTY;
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list args;
    va_start(args, request);
    void *argument = va_arg(args, void *);
    va_end(args);
    UNDER_MUTEX(io_control(fd, request, argument));
}

/* Sizes. */

static int set_size(int fd, off_t size)
{
    struct file *f = open_file(fd);
    if (f == 0)
        return -EBADF;
    if (file_node(f) == 0 || !file_writes(f) || size < 0)
        return -EINVAL;
    return memfs_truncate(f->node, (uint64_t)size);
}

int ftruncate(int fd, off_t size) { UNDER_MUTEX(set_size(fd, size)); }

static int set_size_of(const char *path, off_t size)
{
    struct inode *from, *node;
    int error = name_folder(AT_FDCWD, path, &from);
    if (error == 0)
        error = path_find(from, path, true, &node);
    if (error != 0)
        return error;
    if (size < 0 || (!S_ISREG(node->mode) && !is_directory(node)))
        return -EINVAL;
    return memfs_truncate(node, (uint64_t)size);
}

int truncate(const char *path, off_t size) { UNDER_MUTEX(set_size_of(path, size)); }

/* What is written is in memory, and nowhere else it could be. */
int fsync(int fd)
{
    const struct file *f = file_of(fd);
    return f == 0 ? -1 : f->kind == 0 || f->kind->end == 0 ? (int)file_result(-EINVAL) : 0;
}

int fdatasync(int fd) { return fsync(fd); }

/* All of a file is in memory: nothing can be done sooner or later. */
int posix_fadvise(int fd, off_t offset, off_t bytes, int advice)
{
    mutex_lock(&file_mutex);
    const struct file *f = open_file(fd);
    int error =
        f == 0                              ? EBADF
        : f->kind == 0 || f->kind->end == 0 ? ESPIPE
        : offset < 0 || bytes < 0 || advice < POSIX_FADV_NORMAL || advice > POSIX_FADV_NOREUSE
            ? EINVAL
            : 0;
    mutex_unlock(&file_mutex);
    return error;
}

void sync(void) {}

static int tell_room(struct statvfs *out)
{
    struct page_stats pages = page_get_stats();
    *out = (struct statvfs){.f_bsize = PAGE_SIZE, .f_frsize = PAGE_SIZE, .f_namemax = NAME_MAX};
    out->f_blocks = pages.total;
    out->f_bfree = out->f_bavail = pages.free - pages.reserved;
    out->f_files = out->f_blocks; /* no file takes less than a block */
    out->f_ffree = out->f_favail = out->f_bfree;
    return 0;
}

int fstatvfs(int fd, struct statvfs *out) { return file_of(fd) != 0 ? tell_room(out) : -1; }

int statvfs(const char *restrict path, struct statvfs *restrict out)
{
    struct stat st;
    return stat(path, &st) == 0 ? tell_room(out) : -1;
}
