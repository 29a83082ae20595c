/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls on descriptors: read, write, lseek, close, fstat, isatty. */
#include "sys/file.h"
#include "base/console.h"
#include "sys/input.h"
#include "mm/page.h"
#include "mm/vm.h"
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* newlib's read() and write() return int. */
static size_t at_most(size_t n) { return n < INT_MAX ? n : INT_MAX; }

int read(int fd, void *buf, size_t n)
{
    struct file *f = file_of(fd);
    if (f == 0)
        return -1;
    n = at_most(n);
    if (!vm_accessible(buf, n, true) && n > 0)
        return (int)file_result(-EFAULT);
    if (f->kind == 0)
        return (int)file_result(file_reads(f) ? input_read(buf, n, f->flags & O_NONBLOCK) : -EBADF);
    mutex_lock(&file_mutex);
    int64_t r =
        descriptors[fd] == f && file_reads(f) ? f->kind->read(f, buf, n, &f->offset) : -EBADF;
    mutex_unlock(&file_mutex);
    return (int)file_result(r);
}

static __attribute__((noinline)) int write_other(int fd, struct file *f, const void *buf, size_t n)
{
    mutex_lock(&file_mutex);
    int64_t r =
        descriptors[fd] == f && file_writes(f) ? f->kind->write(f, buf, n, &f->offset) : -EBADF;
    mutex_unlock(&file_mutex);
    return (int)file_result(r);
}

int write(int fd, const void *buf, size_t n)
{
    struct file *f = file_of(fd);
    if (f == 0)
        return -1;
    n = at_most(n);
    if (!vm_accessible(buf, n, false) && n > 0)
        return (int)file_result(-EFAULT);
    if (f->kind != 0)
        return write_other(fd, f, buf, n);
    if (!file_writes(f))
        return (int)file_result(-EBADF);
    static struct mutex console_mutex; /* what one call writes stays together */
    mutex_lock(&console_mutex);
    console_write(buf, n);
    mutex_unlock(&console_mutex);
    return (int)n;
}

int close(int fd)
{
    mutex_lock(&file_mutex);
    struct file *f = file_of(fd);
    if (f != 0) {
        descriptors[fd] = 0;
        file_drop(f);
    }
    mutex_unlock(&file_mutex);
    return f != 0 ? 0 : -1;
}

static int64_t seek(struct file *f, off_t offset, int whence)
{
    int64_t to, base;
    if (f->kind->end == 0)
        return -ESPIPE;
    base = whence == SEEK_SET   ? 0
           : whence == SEEK_CUR ? (int64_t)f->offset
                                : (int64_t)f->kind->end(f);
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
    if (f->kind == 0)
        return file_result(-ESPIPE);
    mutex_lock(&file_mutex);
    int64_t to = descriptors[fd] == f ? seek(f, offset, whence) : -EBADF;
    mutex_unlock(&file_mutex);
    return file_result(to);
}

int fstat(int fd, struct stat *st)
{
    struct file *f = file_of(fd);
    if (f == 0)
        return -1;
    *st =
        (struct stat){.st_mode = S_IFCHR | 0620, .st_nlink = 1, .st_blksize = (blksize_t)PAGE_SIZE};
    if (f->kind == 0)
        return 0;
    mutex_lock(&file_mutex);
    bool open = descriptors[fd] == f;
    if (open)
        f->kind->stat(f, st);
    mutex_unlock(&file_mutex);
    return open ? 0 : (int)file_result(-EBADF);
}

static bool is_terminal(const struct file *f)
{
    return f->kind == 0 && (file_writes(f) ? output_terminal : input_terminal);
}

int isatty(int fd)
{
    const struct file *f = file_of(fd);
    if (f == 0)
        return 0;
    if (is_terminal(f))
        return 1;
    errno = ENOTTY;
    return 0;
}

/* What newlib's streams ask before their first output: errno is not theirs. */
int _isatty_r(struct _reent *r, int fd);
int _isatty_r(struct _reent *r, int fd)
{
    const struct file *f = file_of(fd);
    (void)r;
    return f != 0 && is_terminal(f);
}
