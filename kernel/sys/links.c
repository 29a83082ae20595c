/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls on names: links, folders, renames, and what a folder has. */
#include "sys/directory.h"
#include "sys/names.h"
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Two paths. */
static int folders(int fd, const char *path, int new_fd, const char *new, struct inode *from[2])
{
    int error = name_folder(fd, path, &from[0]);
    return error == 0 ? name_folder(new_fd, new, &from[1]) : error;
}

static int link_at(int fd, const char *path, int new_fd, const char *new, int flags)
{
    struct inode *from[2];
    int error = folders(fd, path, new_fd, new, from);
    if (flags & ~AT_SYMLINK_FOLLOW)
        return -EINVAL;
    return error != 0 ? error : path_link(from[0], path, from[1], new, flags != 0);
}

int linkat(int fd, const char *path, int new_fd, const char *new, int flags)
{
    UNDER_MUTEX(link_at(fd, path, new_fd, new, flags));
}

int link(const char *path, const char *new) { return linkat(AT_FDCWD, path, AT_FDCWD, new, 0); }

static int symlink_at(const char *target, int fd, const char *path)
{
    struct inode *from;
    int error = name_folder(fd, path, &from);
    return error != 0 ? error : path_symlink(target, from, path);
}

int symlinkat(const char *target, int fd, const char *path)
{
    UNDER_MUTEX(symlink_at(target, fd, path));
}

int symlink(const char *target, const char *path) { return symlinkat(target, AT_FDCWD, path); }

static int64_t readlink_at(int fd, const char *path, char *buf, size_t size)
{
    struct inode *from, *node;
    int error = name_folder(fd, path, &from);
    if (error == 0)
        error = path_find(from, path, false, &node);
    if (error != 0)
        return error;
    if (!S_ISLNK(node->mode))
        return -EINVAL;
    size_t n = node->size < size ? node->size : size;
    memcpy(buf, node->data, n);
    memfs_touch(node, NOW_ACCESSED);
    return (int64_t)n;
}

ssize_t readlinkat(int fd, const char *restrict path, char *restrict buf, size_t size)
{
    UNDER_MUTEX(readlink_at(fd, path, buf, size));
}

ssize_t readlink(const char *restrict path, char *restrict buf, size_t size)
{
    return readlinkat(AT_FDCWD, path, buf, size);
}

static int unlink_at(int fd, const char *path, int flags)
{
    struct inode *from;
    int error = name_folder(fd, path, &from);
    if (flags & ~AT_REMOVEDIR)
        return -EINVAL;
    return error != 0 ? error : path_remove(from, path, flags != 0);
}

int unlinkat(int fd, const char *path, int flags) { UNDER_MUTEX(unlink_at(fd, path, flags)); }

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }

int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

static int mkdir_at(int fd, const char *path, uint32_t mode)
{
    struct inode *from, *node;
    int error = name_folder(fd, path, &from);
    mode = S_IFDIR | (mode & 01777 & ~name_mask);
    return error != 0 ? error : path_make(from, path, mode, &node);
}

int mkdirat(int fd, const char *path, mode_t mode) { UNDER_MUTEX(mkdir_at(fd, path, mode)); }

int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

static int rename_at(int fd, const char *path, int new_fd, const char *new)
{
    struct inode *from[2];
    int error = folders(fd, path, new_fd, new, from);
    return error != 0 ? error : path_rename(from[0], path, from[1], new);
}

int renameat(int fd, const char *path, int new_fd, const char *new)
{
    UNDER_MUTEX(rename_at(fd, path, new_fd, new));
}

int rename(const char *path, const char *new) { return renameat(AT_FDCWD, path, AT_FDCWD, new); }

/* What a folder has. The file's offset says what comes next: ".", "..", then names by their keys.
 */
#define FIRST_KEY 2

struct listing {
    char *buf;
    size_t size, used;
};

static bool put(struct listing *l, const struct inode *node, uint64_t next, const char *name,
                size_t n)
{
    size_t bytes = (offsetof(struct posix_dent, d_name) + n + 1 + 7) & ~(size_t)7;
    if (bytes > l->size - l->used)
        return false;
    struct posix_dent *d = (struct posix_dent *)(l->buf + l->used);
    d->d_ino = node->number;
    d->d_off = (off_t)next;
    d->d_reclen = (reclen_t)bytes;
    d->d_type = (unsigned char)(node->mode >> 12); /* the constants are of this shape: <dirent.h> */
    memcpy(d->d_name, name, n);
    d->d_name[n] = '\0';
    l->used += bytes;
    return true;
}

/* /dev/fd has those that are open. */
static bool put_descriptors(struct listing *l, const struct inode *dir, uint64_t *at)
{
    for (; *at - FIRST_KEY < (uint64_t)descriptor_count; ++*at) {
        char name[8];
        unsigned n = sizeof name;
        uint64_t fd = *at - FIRST_KEY;
        if (descriptors[fd] == 0)
            continue;
        do
            name[--n] = (char)('0' + fd % 10);
        while ((fd /= 10) != 0);
        struct inode node = {.mode = S_IFCHR, .number = dir->number};
        if (!put(l, &node, *at + 1, name + n, sizeof name - n))
            return false;
    }
    return true;
}

static bool put_names(struct listing *l, const struct inode *dir, uint64_t *at)
{
    const struct entry *e;
    while ((e = directory_after(dir->entries, *at - FIRST_KEY)) != 0) {
        uint64_t next = directory_key(e) + FIRST_KEY + 1;
        if (!put(l, e->node, next, e->name, e->length))
            return false;
        *at = next;
    }
    return true;
}

static int64_t list(int fd, void *buf, size_t size)
{
    struct listing l = {.buf = buf, .size = size};
    struct file *f = (unsigned)fd < (unsigned)descriptor_count ? descriptors[fd] : 0;
    if (f == 0)
        return -EBADF;
    struct inode *dir = file_node(f);
    if (dir == 0 || !is_directory(dir))
        return -ENOTDIR;
    memfs_touch(dir, NOW_ACCESSED);
    bool room = true;
    if (f->offset == 0 && (room = put(&l, dir, 1, ".", 1)))
        f->offset = 1;
    if (f->offset == 1 && (room = put(&l, dir->parent, FIRST_KEY, "..", 2)))
        f->offset = FIRST_KEY;
    if (room)
        room = dir->device != DEVICE_NONE ? put_descriptors(&l, dir, &f->offset)
                                          : put_names(&l, dir, &f->offset);
    return l.used == 0 && !room ? -EINVAL : (int64_t)l.used;
}

ssize_t posix_getdents(int fd, void *buf, size_t size, int flags)
{
    if (flags != 0)
        return (int)file_result(-EINVAL);
    UNDER_MUTEX(list(fd, buf, size < INT_MAX ? size : INT_MAX));
}
