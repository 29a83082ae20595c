/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths: where they lead (POSIX.1-2017, 4.13), and what is done to a name. Each path comes with the
 * folder that it begins at unless it begins with a slash. Under file_mutex; 0 or -errno.
 */
#ifndef KERNEL_PATH_H
#define KERNEL_PATH_H

#include "sys/memfs.h"

#define PATH_LINKS 40 /* symbolic links on one way: Linux' limit; POSIX wants 8 at least */

/* Where a path leads. */
struct place {
    enum { START, DOT, DOT_DOT, NAMED } last; /* its last part; START: it has none */
    bool slash;                               /* a slash stands behind that */
    struct inode *node;                       /* what is there; NULL: nothing */
    struct inode *dir;                        /* NAMED: the directory that has it, or may */
    const char *name;                         /* NAMED: of length bytes */
    size_t length;
};

/* What does not exist is found (node NULL) if only the last part is missing. follow: when that is
 * a symbolic link, what it leads to; else it itself, unless a slash stands behind it. */
int path_resolve(struct inode *from, const char *path, bool follow, struct place *p);

/* The same, -ENOENT when nothing is there. */
int path_find(struct inode *from, const char *path, bool follow, struct inode **out);

/* As open(): makes a file of that mode when flags say so. Counts it as opened. */
int path_open(struct inode *from, const char *path, int flags, uint32_t mode, struct inode **out);
void path_close(struct inode *node);

int path_make(struct inode *from, const char *path, uint32_t mode, struct inode **out);
int path_symlink(const char *target, struct inode *from, const char *path);
int path_link(struct inode *from, const char *path, struct inode *to, const char *new, bool follow);
int path_remove(struct inode *from, const char *path, bool directory);
int path_rename(struct inode *from, const char *path, struct inode *to, const char *new);

/* Of what is in the tree: its path from the root on, NUL-terminated. Returns its length; -ERANGE,
 * -ENOENT when it was removed. */
int path_of(const struct inode *dir, const char *name, size_t n, char *buf, size_t size);

#endif
