/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls on files: descriptors over the console and the files in memory. */
#include "base/console.h"
#include "arch.h"
#include "sys/memfs.h"
#include "sys/input.h"
#include "sched/mutex.h"
#include "mm/page.h"
#include "sys/syscall.h"
#include "base/time.h"
#include "mm/vm.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 64

/* An open file, which several descriptors may stand for (dup()). */
struct file {
    uint32_t users; /* descriptors; 0: none is open here */
    bool console;
    int flags; /* O_… */
    uint64_t offset;
    struct inode *node; /* NULL: the console */
    /* As read() and write(), of what is not the console; set by open(), so that who opens nothing
     * is linked without the files in memory. */
    int64_t (*read)(struct file *f, void *buf, size_t n);
    int64_t (*write)(struct file *f, const void *buf, size_t n);
};

_Static_assert(FILES == OPEN_MAX, "sysconf() and <limits.h> tell the same");

static struct file files[FILES] = {
    {.users = 1, .console = true, .flags = O_RDONLY},
    {.users = 1, .console = true, .flags = O_WRONLY},
    {.users = 1, .console = true, .flags = O_WRONLY},
};
static struct file *descriptors[FILES] = {&files[0], &files[1], &files[2]}; /* NULL: closed */
static struct mutex fs_mutex;

/* Without the mutex: with it one looks again whether the descriptor still stands for the file. */
static struct file *file_of(int fd)
{
    if (fd >= 0 && fd < FILES && descriptors[fd] != 0)
        return descriptors[fd];
    errno = EBADF;
    return 0;
}

/* Turns a kernel call's result into POSIX's. */
static int64_t result(int64_t r)
{
    if (r >= 0)
        return r;
    errno = (int)-r;
    return -1;
}

/* newlib's read() and write() return int. */
int read(int fd, void *buf, size_t n)
{
    struct file *f = file_of(fd);
    if (f == 0)
        return -1;
    if (n > INT_MAX)
        n = INT_MAX;
    if (!vm_accessible(buf, n, true) && n > 0)
        return (int)result(-EFAULT);
    if (f->console)
        return (int)((f->flags & O_ACCMODE) != O_WRONLY ? input_read(buf, n) : result(-EBADF));
    if ((f->flags & O_ACCMODE) == O_WRONLY)
        return (int)result(-EBADF);
    mutex_lock(&fs_mutex);
    int64_t r = descriptors[fd] == f ? f->read(f, buf, n) : -EBADF;
    if (r > 0)
        f->offset += (uint64_t)r;
    mutex_unlock(&fs_mutex);
    return (int)result(r);
}

int write(int fd, const void *buf, size_t n)
{
    struct file *f = file_of(fd);
    if (f == 0)
        return -1;
    if (n > INT_MAX)
        n = INT_MAX;
    if ((f->flags & O_ACCMODE) == O_RDONLY)
        return (int)result(-EBADF);
    if (!vm_accessible(buf, n, false) && n > 0)
        return (int)result(-EFAULT);
    if (f->console) {
        static struct mutex console_mutex; /* what one call writes stays together */
        mutex_lock(&console_mutex);
        console_write(buf, n);
        mutex_unlock(&console_mutex);
        return (int)n;
    }
    mutex_lock(&fs_mutex);
    int64_t r = descriptors[fd] == f ? f->write(f, buf, n) : -EBADF;
    if (r > 0)
        f->offset += (uint64_t)r;
    mutex_unlock(&fs_mutex);
    return (int)result(r);
}

/* The first closed descriptor from this one on; FILES: all are open. */
static int closed_descriptor(int fd)
{
    while (fd < FILES && descriptors[fd] != 0)
        fd++;
    return fd;
}

static int64_t read_file(struct file *f, void *buf, size_t n)
{
    return memfs_read(f->node, f->offset, buf, n);
}

static int64_t write_file(struct file *f, const void *buf, size_t n)
{
    if (f->flags & O_APPEND)
        f->offset = f->node->size;
    return memfs_write(f->node, f->offset, buf, n);
}

static int open_file(const char *path, int flags)
{
    int fd = closed_descriptor(0);
    if (fd == FILES)
        return -EMFILE;
    struct inode *node;
    int error = memfs_open(path, flags & O_CREAT, flags & O_EXCL, &node);
    if (error != 0)
        return error;
    if (node->directory && (flags & O_ACCMODE) != O_RDONLY)
        error = -EISDIR;
    else if (flags & O_TRUNC && (flags & O_ACCMODE) != O_RDONLY)
        error = memfs_truncate(node, 0);
    if (error != 0) {
        memfs_close(node);
        return error;
    }
    struct file *f = files; /* of these there are as many */
    while (f->users != 0)
        f++;
    *f = (struct file){.users = 1,
                       .console = node->device == DEVICE_CONSOLE,
                       .flags = flags,
                       .node = node,
                       .read = read_file,
                       .write = write_file};
    descriptors[fd] = f;
    return fd;
}

int open(const char *path, int flags, ...)
{
    mutex_lock(&fs_mutex);
    int fd = open_file(path, flags);
    mutex_unlock(&fs_mutex);
    return (int)result(fd);
}

static void close_descriptor(int fd)
{
    struct file *f = descriptors[fd];
    descriptors[fd] = 0;
    if (--f->users == 0 && f->node != 0)
        memfs_close(f->node);
}

int close(int fd)
{
    mutex_lock(&fs_mutex);
    bool open = file_of(fd) != 0;
    if (open)
        close_descriptor(fd);
    mutex_unlock(&fs_mutex);
    return open ? 0 : -1;
}

/* fd once more, as the first closed descriptor from least on. */
static int duplicate(int fd, int least)
{
    mutex_lock(&fs_mutex);
    struct file *f = file_of(fd);
    int other = f == 0 ? -EBADF : least < 0 || least >= FILES ? -EINVAL : closed_descriptor(least);
    if (other == FILES)
        other = -EMFILE;
    if (other >= 0) {
        descriptors[other] = f;
        f->users++;
    }
    mutex_unlock(&fs_mutex);
    return (int)result(other);
}

int dup(int fd) { return duplicate(fd, 0); }

int dup2(int fd, int other)
{
    mutex_lock(&fs_mutex);
    struct file *f = file_of(fd);
    bool good = f != 0 && other >= 0 && other < FILES;
    if (good && other != fd) {
        f->users++;
        if (descriptors[other] != 0)
            close_descriptor(other);
        descriptors[other] = f;
    }
    mutex_unlock(&fs_mutex);
    return good ? other : (int)result(-EBADF);
}

static int64_t seek(struct file *f, off_t offset, int whence)
{
    int64_t base = whence == SEEK_SET   ? 0
                   : whence == SEEK_CUR ? (int64_t)f->offset
                                        : (int64_t)f->node->size;
    int64_t to;
    if (whence < SEEK_SET || whence > SEEK_END || __builtin_add_overflow(base, offset, &to) ||
        to < 0)
        return -EINVAL;
    f->offset = (uint64_t)to;
    return to;
}

off_t lseek(int fd, off_t offset, int whence)
{
    struct file *f = file_of(fd);
    if (f == 0)
        return -1;
    if (f->console)
        return result(-ESPIPE);
    mutex_lock(&fs_mutex);
    int64_t to = descriptors[fd] == f ? seek(f, offset, whence) : -EBADF;
    mutex_unlock(&fs_mutex);
    return result(to);
}

static void fill_stat(const struct inode *node, struct stat *st)
{
    *st = (struct stat){.st_blksize = (blksize_t)PAGE_SIZE, .st_nlink = 1};
    if (node == 0 || node->device != DEVICE_NONE) {
        st->st_mode = S_IFCHR | 0600;
        return;
    }
    st->st_mode = node->directory ? S_IFDIR | 0755 : S_IFREG | 0644;
    st->st_ino = (ino_t)node->number;
    st->st_nlink = (nlink_t)node->links;
    st->st_size = (off_t)node->size;
    st->st_blocks = (blkcnt_t)(node->capacity / 512);
    if (node->mtime_tsc != 0) {
        struct clock_source tsc = time_source();
        uint64_t age = (cpu_stamp() - node->mtime_tsc) / tsc.hz;
        st->st_mtime = (time_t)(time_wall() / 1000000000 - age);
    }
}

int fstat(int fd, struct stat *st)
{
    struct file *f = file_of(fd);
    if (f == 0)
        return -1;
    if (f->node == 0) {
        fill_stat(0, st);
        return 0;
    }
    mutex_lock(&fs_mutex);
    bool open = descriptors[fd] == f;
    if (open)
        fill_stat(f->node, st);
    mutex_unlock(&fs_mutex);
    return open ? 0 : (int)result(-EBADF);
}

int stat(const char *restrict path, struct stat *restrict st)
{
    struct inode *node;
    mutex_lock(&fs_mutex);
    int error = memfs_open(path, false, false, &node);
    if (error == 0) {
        fill_stat(node, st);
        memfs_close(node);
    }
    mutex_unlock(&fs_mutex);
    return (int)result(error);
}

int access(const char *path, int mode)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return -1;
    return mode & X_OK && !S_ISDIR(st.st_mode) ? (int)result(-EACCES) : 0;
}

/* The calls that are one call of the file system. */
#define UNDER_MUTEX(call)                                                                          \
    mutex_lock(&fs_mutex);                                                                         \
    int error = call;                                                                              \
    mutex_unlock(&fs_mutex);                                                                       \
    return (int)result(error)

int link(const char *from, const char *to) { UNDER_MUTEX(memfs_link(from, to)); }

int unlink(const char *path) { UNDER_MUTEX(memfs_unlink(path)); }

int mkdir(const char *path, mode_t mode)
{
    (void)mode;
    UNDER_MUTEX(memfs_mkdir(path));
}

int rmdir(const char *path) { UNDER_MUTEX(memfs_rmdir(path)); }

int rename(const char *from, const char *to) { UNDER_MUTEX(memfs_rename(from, to)); }

int ftruncate(int fd, off_t size)
{
    struct file *f = file_of(fd);
    if (f == 0)
        return -1;
    if (f->console || size < 0 || (f->flags & O_ACCMODE) == O_RDONLY)
        return (int)result(-EINVAL);
    UNDER_MUTEX(descriptors[fd] == f ? memfs_truncate(f->node, (uint64_t)size) : -EBADF);
}

int isatty(int fd)
{
    struct file *f = file_of(fd);
    if (f == 0)
        return 0;
    if (f->console && ((f->flags & O_ACCMODE) == O_RDONLY ? input_terminal : output_terminal))
        return 1;
    errno = ENOTTY;
    return 0;
}

int fcntl(int fd, int command, ...)
{
    struct file *f = file_of(fd);
    if (f == 0)
        return -1;
    va_list args;
    va_start(args, command);
    int argument = va_arg(args, int);
    va_end(args);
    switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        return duplicate(fd, argument);
    case F_GETFD:
        return 0;
    case F_SETFD:
        return 0; /* close-on-exec: nothing is ever exec'ed */
    case F_GETFL:
        return f->flags;
    case F_SETFL:
        f->flags = (f->flags & ~O_APPEND) | (argument & O_APPEND);
        return 0;
    }
    return (int)result(-EINVAL);
}
