/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls that read and write elsewhere in a file, and several pieces at once. */
#include "sys/file.h"
#include "mm/vm.h"
#include <limits.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

typedef int64_t transfer(struct file *f, void *buf, size_t n, uint64_t *at);

static int64_t read_piece(struct file *f, void *buf, size_t n, uint64_t *at)
{
    return f->kind->read(f, buf, n, at);
}

static int64_t write_piece(struct file *f, void *buf, size_t n, uint64_t *at)
{
    return f->kind->write(f, buf, n, at);
}

/* Until a piece is not all of itself: a pipe's reader does not wait for the next one then. */
static int64_t each(struct file *f, const struct iovec *pieces, int n, uint64_t *at, transfer *move)
{
    int64_t all = 0;
    for (int i = 0; i < n; i++) {
        if (pieces[i].iov_len == 0)
            continue;
        int64_t r = move(f, pieces[i].iov_base, pieces[i].iov_len, at);
        if (r < 0)
            return all > 0 ? all : r;
        all += r;
        if ((uint64_t)r < pieces[i].iov_len)
            break;
    }
    return all;
}

/* What a pipe keeps together is put together first. */
static int64_t write_all(struct file *f, const struct iovec *pieces, int n, size_t bytes,
                         uint64_t *at)
{
    char together[PIPE_BUF];
    size_t have = 0;
    if (f->kind->end != 0 || bytes > sizeof together || n == 1)
        return each(f, pieces, n, at, write_piece);
    for (int i = 0; i < n; have += pieces[i++].iov_len)
        memcpy(together + have, pieces[i].iov_base, pieces[i].iov_len);
    return f->kind->write(f, together, have, at);
}

/* Of some pieces how many bytes they are, or -errno. */
static int64_t bytes_of(const struct iovec *pieces, int n, bool written)
{
    uint64_t bytes = 0;
    if (n < 0 || n > IOV_MAX)
        return -EINVAL;
    if (n > 0 && !vm_accessible(pieces, (size_t)n * sizeof *pieces, false))
        return -EFAULT;
    for (int i = 0; i < n; i++) {
        if (pieces[i].iov_len > INT64_MAX - bytes)
            return -EINVAL;
        if (pieces[i].iov_len > 0 && !vm_accessible(pieces[i].iov_base, pieces[i].iov_len, written))
            return -EFAULT;
        bytes += pieces[i].iov_len;
    }
    return (int64_t)bytes;
}

/* at: a place of the file; NULL: where it is. The console is left to read() and write(). */
static ssize_t several(int fd, const struct iovec *pieces, int n, off_t *at, bool writes)
{
    struct file *f = file_of(fd);
    int64_t bytes = bytes_of(pieces, n, !writes), r = -EBADF;
    if (f == 0)
        return -1;
    if (bytes < 0 || (at != 0 && *at < 0))
        return file_result(bytes < 0 ? bytes : -EINVAL);
    mutex_lock(&file_mutex);
    if (descriptors[fd] == f && (writes ? file_writes(f) : file_reads(f))) {
        uint64_t *place = at != 0 ? (uint64_t *)at : &f->offset;
        r = at != 0 && f->kind->end == 0 ? -ESPIPE
            : writes                     ? write_all(f, pieces, n, (size_t)bytes, place)
                                         : each(f, pieces, n, place, read_piece);
    }
    mutex_unlock(&file_mutex);
    return file_result(r);
}

/* The console: piece by piece. */
static ssize_t several_of_console(int fd, const struct iovec *pieces, int n, bool writes)
{
    ssize_t all = 0;
    int64_t bytes = bytes_of(pieces, n, !writes);
    if (bytes < 0)
        return file_result(bytes);
    for (int i = 0; i < n; i++) {
        ssize_t r = writes ? write(fd, pieces[i].iov_base, pieces[i].iov_len)
                           : read(fd, pieces[i].iov_base, pieces[i].iov_len);
        if (r < 0)
            return all > 0 ? all : -1;
        all += r;
        if ((size_t)r < pieces[i].iov_len)
            break;
    }
    return all;
}

static bool is_console(int fd)
{
    const struct file *f = file_of(fd);
    return f != 0 && f->kind == 0;
}

ssize_t readv(int fd, const struct iovec *pieces, int n)
{
    return is_console(fd) ? several_of_console(fd, pieces, n, false)
                          : several(fd, pieces, n, 0, false);
}

ssize_t writev(int fd, const struct iovec *pieces, int n)
{
    return is_console(fd) ? several_of_console(fd, pieces, n, true)
                          : several(fd, pieces, n, 0, true);
}

ssize_t preadv(int fd, const struct iovec *pieces, int n, off_t at)
{
    return is_console(fd) ? file_result(-ESPIPE) : several(fd, pieces, n, &at, false);
}

ssize_t pwritev(int fd, const struct iovec *pieces, int n, off_t at)
{
    return is_console(fd) ? file_result(-ESPIPE) : several(fd, pieces, n, &at, true);
}

ssize_t pread(int fd, void *buf, size_t n, off_t at)
{
    return preadv(fd, &(struct iovec){buf, n}, 1, at);
}

ssize_t pwrite(int fd, const void *buf, size_t n, off_t at)
{
    return pwritev(fd, &(struct iovec){(void *)buf, n}, 1, at);
}
