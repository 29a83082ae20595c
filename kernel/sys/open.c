/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls that open files. */
#include "sys/device.h"
#include "sys/names.h"
#include <stdarg.h>

const struct fifo_calls *fifo_calls;

/* /dev/fd/N is N once more, if it can be used so. */
static int open_descriptor(uint64_t number, int flags, int fd)
{
    struct file *f = number < (uint64_t)descriptor_count ? descriptors[number] : 0;
    if (f == 0)
        return -ENOENT;
    if (((flags & O_ACCMODE) != O_WRONLY && !file_reads(f)) ||
        ((flags & O_ACCMODE) != O_RDONLY && !file_writes(f)))
        return -EACCES;
    f->users++;
    descriptors[fd] = f;
    return fd;
}

/* The file that node, just opened, is to be. */
static int open_node(struct inode *node, int flags, struct file **out)
{
    int error = 0;
    if (is_directory(node) && (flags & O_ACCMODE) != O_RDONLY)
        return -EISDIR;
    if (S_ISREG(node->mode) && flags & O_TRUNC && (flags & O_ACCMODE) != O_RDONLY)
        error = memfs_truncate(node, 0);
    if (error != 0)
        return error;
    flags &= ~(O_CREAT | O_EXCL | O_TRUNC | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY);
    if (S_ISFIFO(node->mode))
        return fifo_calls->open(node, flags, out);
    const struct file_kind *kind = &memory_file;
    if (S_ISCHR(node->mode))
        kind = node->device == DEVICE_CONSOLE ? 0 : &device_file;
    *out = file_new(kind, flags);
    if (*out == 0)
        return -ENFILE;
    (*out)->node = node;
    return 0;
}

static int open_at(int folder, const char *path, int flags, uint32_t mode)
{
    struct inode *from, *node;
    struct file *f;
    int fd = file_closed_descriptor(0);
    if (fd < 0)
        return fd;
    int error = name_folder(folder, path, &from);
    if (error == 0)
        error = path_open(from, path, flags, mode & ~name_mask & 07777, &node);
    if (error != 0)
        return error;
    if (node->device == DEVICE_DESCRIPTOR)
        return open_descriptor(node->size, flags, fd);
    error = open_node(node, flags, &f);
    if (error != 0) {
        path_close(node);
        return error;
    }
    if (S_ISFIFO(node->mode)) {
        error = fifo_calls->wait(f);
        fd = error != 0 ? error : file_closed_descriptor(0); /* the mutex was dropped */
        if (fd < 0) {
            file_drop(f);
            return fd;
        }
    }
    if (f->kind == 0) /* of the console nobody looks at the inode */
        path_close(node);
    descriptors[fd] = f;
    return fd;
}

int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    UNDER_MUTEX(open_at(AT_FDCWD, path, flags, mode));
}

int openat(int fd, const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    UNDER_MUTEX(open_at(fd, path, flags, mode));
}

int creat(const char *path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
