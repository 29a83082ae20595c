/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls on the current folder, and paths without detours. */
#define _GNU_SOURCE /* what newlib shows to nobody else */
#include "sys/names.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int change(int error, struct inode *const *found)
{
    if (error != 0)
        return error;
    struct inode *node = *found;
    if (!is_directory(node))
        return -ENOTDIR;
    struct inode *before = tree_current;
    node->opens++;
    tree_current = node;
    path_close(before);
    return 0;
}

static int find(const char *path, struct inode **out)
{
    struct inode *from;
    int error = name_folder(AT_FDCWD, path, &from);
    return error != 0 ? error : path_find(from, path, true, out);
}

int chdir(const char *path)
{
    struct inode *node = 0;
    UNDER_MUTEX(change(find(path, &node), &node));
}

static int change_to_open(int fd)
{
    const struct file *f = (unsigned)fd < (unsigned)descriptor_count ? descriptors[fd] : 0;
    if (f == 0)
        return -EBADF;
    return file_node(f) != 0 ? change(0, &f->node) : -ENOTDIR;
}

int fchdir(int fd) { UNDER_MUTEX(change_to_open(fd)); }

/* The path that is in a buffer of PATH_MAX bytes, to the caller's, or to one of malloc()'s. */
static char *give(int64_t length, const char *path, char *buf, size_t size)
{
    if (length >= 0 && buf != 0 && (size_t)length >= size)
        length = -ERANGE;
    if (length < 0) {
        file_result(length);
        return 0;
    }
    if (buf == 0)
        buf = malloc(size > (size_t)length ? size : (size_t)length + 1);
    return buf != 0 ? memcpy(buf, path, (size_t)length + 1) : 0;
}

char *getcwd(char *buf, size_t size)
{
    char path[PATH_MAX];
    if (buf != 0 && size == 0) {
        errno = EINVAL;
        return 0;
    }
    mutex_lock(&file_mutex);
    tree_root();
    int length = path_of(tree_current, 0, 0, path, sizeof path);
    mutex_unlock(&file_mutex);
    return give(buf == 0 && size != 0 && length >= 0 && (size_t)length >= size ? -ERANGE : length,
                path, buf, size);
}

char *get_current_dir_name(void) { return getcwd(0, 0); }

static int real(const char *path, char *buf)
{
    struct place p;
    struct inode *from;
    int error = name_folder(AT_FDCWD, path, &from);
    if (error == 0)
        error = path_resolve(from, path, true, &p);
    if (error != 0)
        return error;
    if (p.node == 0)
        return -ENOENT;
    int length = p.last == NAMED ? path_of(p.dir, p.name, p.length, buf, PATH_MAX)
                                 : path_of(p.node, 0, 0, buf, PATH_MAX);
    return length == -ERANGE ? -ENAMETOOLONG : length;
}

char *realpath(const char *restrict path, char *restrict out)
{
    char buf[PATH_MAX];
    if (path == 0) {
        errno = EINVAL;
        return 0;
    }
    mutex_lock(&file_mutex);
    int length = real(path, buf);
    mutex_unlock(&file_mutex);
    return give(length, buf, out, PATH_MAX);
}

/* Limits are the same everywhere. */
static long limit_of(int name)
{
    switch (name) {
    case _PC_LINK_MAX:
        return LINK_MAX;
    case _PC_NAME_MAX:
        return NAME_MAX;
    case _PC_PATH_MAX:
        return PATH_MAX;
    case _PC_PIPE_BUF:
        return PIPE_BUF;
    case _PC_MAX_CANON:
        return MAX_CANON;
    case _PC_MAX_INPUT:
        return MAX_INPUT;
    case _PC_CHOWN_RESTRICTED:
    case _PC_NO_TRUNC:
    case _PC_2_SYMLINKS:
    case _PC_TIMESTAMP_RESOLUTION: /* nanoseconds */
        return 1;
    case _PC_SYMLINK_MAX:
        return PATH_MAX - 1;
    case _PC_FILESIZEBITS:
        return 64;
    case _PC_ALLOC_SIZE_MIN: /* a file takes what it needs, in pieces of any size */
    case _PC_REC_INCR_XFER_SIZE:
    case _PC_REC_MAX_XFER_SIZE:
    case _PC_REC_MIN_XFER_SIZE:
    case _PC_REC_XFER_ALIGN:
    case _PC_VDISABLE:
    case _PC_ASYNC_IO:
    case _PC_PRIO_IO:
    case _PC_SYNC_IO:
        return -1;
    }
    return file_result(-EINVAL);
}

long fpathconf(int fd, int name) { return file_of(fd) != 0 ? limit_of(name) : -1; }

long pathconf(const char *path, int name)
{
    struct stat st;
    return stat(path, &st) == 0 ? limit_of(name) : -1;
}
