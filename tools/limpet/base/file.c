/* Our standard input and output; whole files.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/file.h"
#include "base/cleanup.h"
#include "base/msg.h"
#include "base/quote.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool failed;

int input_usable(void)
{
    if (isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) != getpgrp())
        return -1;
    return STDIN_FILENO;
}

void output_bytes(void *ctx, const char *data, size_t n)
{
    (void)ctx;
    while (n && !interrupted) {
        ssize_t done = write(STDOUT_FILENO, data, n);
        struct pollfd full = {.fd = STDOUT_FILENO, .events = POLLOUT};

        if (done > 0) {
            data += done;
            n -= (size_t)done;
        } else if (errno == EAGAIN) {
            poll(&full, 1, -1);
        } else if (errno != EINTR) {
            failed = errno != EPIPE;
            if (failed)
                warn("cannot write to the standard output: %s", strerror(errno));
            interrupted = SIGPIPE;
        }
    }
}

void output_text(const struct buf *text)
{
    struct buf plain = {0};

    quote_plain(&plain, text->len ? text->data : "", text->len);
    fputs(plain.data, stdout);
    buf_free(&plain);
}

bool output_failed(void) { return failed; }

bool output_replaces(const char *path)
{
    struct stat st;
    bool good = stat(path, &st) != 0 || S_ISREG(st.st_mode);

    if (!good)
        warn("cannot write %s: it is no regular file", path);
    return good;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return S_ISREG(a->st_mode) && a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool output_spares(const char *output, char *const inputs[], size_t n)
{
    struct stat to, from;

    if (output ? stat(output, &to) : fstat(STDOUT_FILENO, &to))
        return true; /* it is not there yet */
    for (size_t i = 0; i < n; i++)
        if (inputs[i] && !stat(inputs[i], &from) && same_file(&from, &to)) {
            warn("%s is the same file as %s, which is read: give another one to write",
                 output ? output : "the standard output", inputs[i]);
            return false;
        }
    return true;
}

/* Opens a new file beside another, which it is to replace, with that one's mode. beside: a name
 * that ends in XXXXXX, which becomes its own. Returns a descriptor, or -1 with errno set. */
static int open_beside(char *beside, const char *target)
{
    struct stat st;
    mode_t mask = umask(0);
    int fd = mkostemp(beside, O_CLOEXEC); /* O_CREAT | O_EXCL */

    umask(mask);
    if (fd >= 0)
        (void)fchmod(fd, stat(target, &st) ? 0666 & ~mask : st.st_mode & 0777); /* not everywhere */
    return fd;
}

int output_write(int fd, const char *data, size_t n)
{
    while (n) {
        ssize_t done = write(fd, data, n);

        if (done < 0 && errno != EINTR)
            return -errno;
        if (done > 0) {
            data += done;
            n -= (size_t)done;
        }
    }
    return 0;
}

int output_file(const char *path, const char *data, size_t n)
{
    char *behind = realpath(path, NULL), *beside;
    const char *target = behind ? behind : path;
    int fd, error;

    if (!output_replaces(path)) {
        free(behind);
        return -1;
    }
    beside = xasprintf("%s.XXXXXX", target);
    fd = open_beside(beside, target);
    error = fd < 0 ? -errno : output_write(fd, data, n);
    if (!error && fsync(fd))
        error = -errno;
    if (fd >= 0 && close(fd) && !error)
        error = -errno;
    if (!error && rename(beside, target))
        error = -errno;
    if (error)
        warn("cannot write %s: %s", path, strerror(-error));
    if (error && fd >= 0)
        unlink(beside);
    free(beside);
    free(behind);
    return error ? -1 : 0;
}

char *file_read(const char *path, size_t max, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *data = NULL;
    size_t got = 0, cap = 0, part = 1;

    if (!f)
        return NULL;
    while (part && got < max) {
        if (cap - got < 2) {
            cap = cap ? cap * 2 : 65536;
            data = xrealloc(data, cap);
        }
        part = fread(data + got, 1, cap - got - 1, f);
        got += part;
    }
    if (ferror(f) || got > max) {
        int error = ferror(f) ? errno : EFBIG;

        fclose(f);
        free(data);
        errno = error;
        return NULL;
    }
    fclose(f);
    if (data)
        data[got] = '\0';
    *n = got;
    return data;
}

int file_copy(const char *from, const char *to, mode_t mode)
{
    char chunk[65536];
    int in = open(from, O_RDONLY | O_CLOEXEC),
        out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    int error = in < 0 || out < 0 ? -errno : 0;
    ssize_t n = 0;

    while (!error && (n = read(in, chunk, sizeof chunk)) > 0)
        error = output_write(out, chunk, (size_t)n);
    if (!error && n < 0)
        error = -errno;
    if (in >= 0)
        close(in);
    if (out >= 0 && close(out) && !error)
        error = -errno;
    if (error)
        warn("cannot copy %s to %s: %s", from, to, strerror(-error));
    return error ? -1 : 0;
}

const char *tool_dir(void)
{
    static char dir[PATH_MAX];
    ssize_t n;

    if (dir[0])
        return dir;
    n = readlink("/proc/self/exe", dir, sizeof dir - 1);
    if (n <= 0)
        return ".";
    dir[n] = '\0';
    *strrchr(dir, '/') = '\0';
    return dir;
}
