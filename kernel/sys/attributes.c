/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls on what a file is: stat, permissions, owner, times. There is one user, 0, who may do
 * everything but run what nobody may. */
#define _GNU_SOURCE /* what newlib shows to nobody else */
#include "sys/names.h"
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

#define SECOND 1000000000

/* The inode that a path leads to: this and the next one stand before what is done to *out. */
static int find(int fd, const char *path, bool follow, struct inode **out)
{
    struct inode *from;
    int error = name_folder(fd, path, &from);
    return error != 0 ? error : path_find(from, path, follow, out);
}

/* The one of a descriptor; -EINVAL: it is no file's. */
static int find_open(int fd, struct inode **out)
{
    const struct file *f = (unsigned)fd < (unsigned)descriptor_count ? descriptors[fd] : 0;
    if (f == 0)
        return -EBADF;
    *out = file_node(f);
    return *out != 0 ? 0 : -EINVAL;
}

static int stat_at(int fd, const char *path, struct stat *st, int flags)
{
    struct inode *node;
    if (flags & ~AT_SYMLINK_NOFOLLOW)
        return -EINVAL;
    int error = find(fd, path, flags == 0, &node);
    if (error != 0)
        return error;
    if (node->device != DEVICE_DESCRIPTOR) {
        name_stat(node, st);
        return 0;
    }
    struct file *f = node->size < (uint64_t)descriptor_count ? descriptors[node->size] : 0;
    if (f == 0)
        return -ENOENT;
    name_stat(node, st);
    if (f->kind != 0)
        f->kind->stat(f, st);
    return 0;
}

int fstatat(int fd, const char *restrict path, struct stat *restrict st, int flags)
{
    UNDER_MUTEX(stat_at(fd, path, st, flags));
}

int stat(const char *restrict path, struct stat *restrict st)
{
    return fstatat(AT_FDCWD, path, st, 0);
}

int lstat(const char *restrict path, struct stat *restrict st)
{
    return fstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

static int access_at(int fd, const char *path, int mode, int flags)
{
    struct inode *node;
    if (mode & ~(R_OK | W_OK | X_OK) || flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW))
        return -EINVAL;
    int error = find(fd, path, !(flags & AT_SYMLINK_NOFOLLOW), &node);
    if (error != 0)
        return error;
    bool runs = is_directory(node) || node->mode & (S_IXUSR | S_IXGRP | S_IXOTH);
    return mode & X_OK && !runs ? -EACCES : 0;
}

int faccessat(int fd, const char *path, int mode, int flags)
{
    UNDER_MUTEX(access_at(fd, path, mode, flags));
}

int access(const char *path, int mode) { return faccessat(AT_FDCWD, path, mode, 0); }

/* Permissions. */

mode_t umask(mode_t mask)
{
    return (mode_t)__atomic_exchange_n(&name_mask, mask & 0777, __ATOMIC_RELAXED);
}

static int set_mode(int error, struct inode *const *found, uint32_t mode)
{
    if (error != 0)
        return error;
    struct inode *node = *found;
    if (S_ISLNK(node->mode))
        return -EOPNOTSUPP;
    node->mode = (node->mode & S_IFMT) | (mode & 07777);
    memfs_touch(node, NOW_CHANGED);
    return 0;
}

static int chmod_at(int fd, const char *path, uint32_t mode, int flags)
{
    struct inode *node = 0;
    if (flags & ~AT_SYMLINK_NOFOLLOW)
        return -EINVAL;
    return set_mode(find(fd, path, flags == 0, &node), &node, mode);
}

int fchmodat(int fd, const char *path, mode_t mode, int flags)
{
    UNDER_MUTEX(chmod_at(fd, path, mode, flags));
}

int chmod(const char *path, mode_t mode) { return fchmodat(AT_FDCWD, path, mode, 0); }

int fchmod(int fd, mode_t mode)
{
    struct inode *node = 0;
    UNDER_MUTEX(set_mode(find_open(fd, &node), &node, mode));
}

/* The owner: the one user, or who it is (-1). */
static int set_owner(int error, struct inode *const *found, uid_t owner, gid_t group)
{
    if (error != 0)
        return error;
    struct inode *node = *found;
    if ((owner != 0 && owner != (uid_t)-1) || (group != 0 && group != (gid_t)-1))
        return -EPERM;
    memfs_touch(node, NOW_CHANGED);
    return 0;
}

static int chown_at(int fd, const char *path, uid_t owner, gid_t group, int flags)
{
    struct inode *node = 0;
    if (flags & ~AT_SYMLINK_NOFOLLOW)
        return -EINVAL;
    return set_owner(find(fd, path, flags == 0, &node), &node, owner, group);
}

int fchownat(int fd, const char *path, uid_t owner, gid_t group, int flags)
{
    UNDER_MUTEX(chown_at(fd, path, owner, group, flags));
}

int chown(const char *path, uid_t owner, gid_t group)
{
    return fchownat(AT_FDCWD, path, owner, group, 0);
}

int lchown(const char *path, uid_t owner, gid_t group)
{
    return fchownat(AT_FDCWD, path, owner, group, AT_SYMLINK_NOFOLLOW);
}

int fchown(int fd, uid_t owner, gid_t group)
{
    struct inode *node = 0;
    UNDER_MUTEX(set_owner(find_open(fd, &node), &node, owner, group));
}

/* Times. */

static bool is_time(const struct timespec *t)
{
    return t->tv_nsec == UTIME_NOW || t->tv_nsec == UTIME_OMIT ||
           (t->tv_nsec >= 0 && t->tv_nsec < SECOND);
}

/* times: of the last access and change, or NULL: now. */
static int set_times(int error, struct inode *const *found, const struct timespec *times)
{
    if (error != 0)
        return error;
    struct inode *node = *found;
    if (times != 0 && (!is_time(&times[0]) || !is_time(&times[1])))
        return -EINVAL;
    for (unsigned i = ACCESSED; i <= MODIFIED; i++) {
        int64_t ns;
        if (times == 0 || times[i].tv_nsec == UTIME_NOW) {
            memfs_touch(node, 1u << i);
        } else if (times[i].tv_nsec != UTIME_OMIT) {
            if (__builtin_mul_overflow(times[i].tv_sec, SECOND, &ns) ||
                __builtin_add_overflow(ns, times[i].tv_nsec, &ns))
                return -EINVAL; /* centuries away */
            node->times[i] = (uint64_t)ns;
            node->told |= (uint8_t)(1u << i);
        }
    }
    memfs_touch(node, NOW_CHANGED);
    return 0;
}

static int utimens_at(int fd, const char *path, const struct timespec *times, int flags)
{
    struct inode *node = 0;
    if (flags & ~AT_SYMLINK_NOFOLLOW)
        return -EINVAL;
    return set_times(find(fd, path, flags == 0, &node), &node, times);
}

int utimensat(int fd, const char *path, const struct timespec *times, int flags)
{
    UNDER_MUTEX(utimens_at(fd, path, times, flags));
}

int futimens(int fd, const struct timespec *times)
{
    struct inode *node = 0;
    UNDER_MUTEX(set_times(find_open(fd, &node), &node, times));
}

/* From microseconds, which are checked here: as nanoseconds some of them have a meaning. */
static const struct timespec *from_microseconds(const struct timeval *t, struct timespec out[2])
{
    for (unsigned i = 0; t != 0 && i < 2; i++) {
        bool good = t[i].tv_usec >= 0 && t[i].tv_usec < 1000000;
        out[i] = (struct timespec){t[i].tv_sec, good ? t[i].tv_usec * 1000 : SECOND};
    }
    return t != 0 ? out : 0;
}

int utimes(const char *path, const struct timeval *times)
{
    struct timespec out[2];
    return utimensat(AT_FDCWD, path, from_microseconds(times, out), 0);
}

int lutimes(const char *path, const struct timeval *times)
{
    struct timespec out[2];
    return utimensat(AT_FDCWD, path, from_microseconds(times, out), AT_SYMLINK_NOFOLLOW);
}

int futimes(int fd, const struct timeval *times)
{
    struct timespec out[2];
    return futimens(fd, from_microseconds(times, out));
}

int futimesat(int fd, const char *path, const struct timeval times[2])
{
    struct timespec out[2];
    return utimensat(fd, path, from_microseconds(times, out), 0);
}

int utime(const char *path, const struct utimbuf *times)
{
    struct timespec out[2];
    if (times != 0) {
        out[0] = (struct timespec){.tv_sec = times->actime};
        out[1] = (struct timespec){.tv_sec = times->modtime};
    }
    return utimensat(AT_FDCWD, path, times != 0 ? out : 0, 0);
}
