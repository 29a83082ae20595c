/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths: see path.h. */
#include "sys/path.h"
#include "sys/directory.h"
#include "sys/tree.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

/* /dev/fd/N, while a call that found it runs. */
static struct inode *descriptor_node(const char *name, size_t n)
{
    static struct inode node = {.mode = S_IFCHR | 0600, .device = DEVICE_DESCRIPTOR, .links = 1};
    uint64_t number = 0;
    for (size_t i = 0; i < n; i++) {
        if (name[i] < '0' || name[i] > '9' || n > 9 || (name[0] == '0' && n > 1))
            return 0;
        number = number * 10 + (uint64_t)(name[i] - '0');
    }
    node.size = number;
    return &node;
}

/* One part of a path, in the directory p->node. */
static void step(struct place *p, const char *name, size_t n)
{
    struct inode *dir = p->node;
    bool dot = n == 1 && name[0] == '.', dots = n == 2 && name[0] == '.' && name[1] == '.';
    *p = (struct place){.last = dot ? DOT : dots ? DOT_DOT : NAMED, .dir = dir};
    p->name = name;
    p->length = n;
    if (dot || dots) {
        p->node = dot ? dir : dir->parent;
    } else if (dir->device != DEVICE_NONE) {
        p->node = descriptor_node(name, n);
    } else {
        const struct entry *e = *directory_find(&dir->entries, name, n);
        p->node = e != 0 ? e->node : 0;
    }
}

/* How long the part of a path is that begins here. */
static size_t part_length(const char *path)
{
    size_t n = 0;
    while (path[n] != '\0' && path[n] != '/')
        n++;
    return n;
}

int path_resolve(struct inode *from, const char *path, bool follow, struct place *p)
{
    const char *rest[PATH_LINKS], *begin = path; /* behind links: what is still to go */
    unsigned rests = 0, links = 0;
    struct inode *top = tree_root();
    if (*path == '\0')
        return -ENOENT;
    *p = (struct place){.last = START, .node = *path == '/' ? top : from};
    for (;;) {
        while (*path == '\0' && rests > 0)
            path = rest[--rests];
        p->slash |= *path == '/';
        while (*path == '/')
            path++;
        if (*path == '\0' && rests > 0)
            continue;
        size_t n = part_length(path);
        if (p->node != 0 && !is_directory(p->node) && (n > 0 || p->slash))
            return -ENOTDIR;
        if (n == 0)
            return 0;
        if (p->node == 0)
            return -ENOENT;
        if (n > DIRECTORY_NAME_MAX || (links == 0 && path + n - begin >= PATH_MAX))
            return -ENAMETOOLONG;
        step(p, path, n);
        path += n;
        if (p->node == 0 || !S_ISLNK(p->node->mode) || (!follow && *path == '\0' && rests == 0))
            continue;
        if (links++ == PATH_LINKS)
            return -ELOOP;
        if (*path != '\0')
            rest[rests++] = path;
        path = (const char *)p->node->data;
        *p = (struct place){.last = START, .node = *path == '/' ? top : p->dir};
    }
}

int path_find(struct inode *from, const char *path, bool follow, struct inode **out)
{
    struct place p;
    int error = path_resolve(from, path, follow, &p);
    *out = p.node;
    return error == 0 && p.node == 0 ? -ENOENT : error;
}

int path_open(struct inode *from, const char *path, int flags, uint32_t mode, struct inode **out)
{
    struct place p;
    bool create = flags & O_CREAT, exclusive = create && (flags & O_EXCL);
    int error = path_resolve(from, path, !exclusive && !(flags & O_NOFOLLOW), &p);
    if (error != 0)
        return error;
    if (p.node != 0 && exclusive)
        return -EEXIST;
    if (p.node == 0 && !create)
        return -ENOENT;
    if (create && (p.node != 0 ? is_directory(p.node) : p.slash))
        return -EISDIR;
    if (p.node != 0 && S_ISLNK(p.node->mode))
        return -ELOOP;
    if (p.node != 0 && (flags & O_DIRECTORY) && !is_directory(p.node))
        return -ENOTDIR;
    if (p.node == 0 && (error = memfs_make(p.dir, p.name, p.length, S_IFREG | mode, &p.node)) != 0)
        return error;
    *out = p.node;
    p.node->opens++;
    return 0;
}

void path_close(struct inode *node)
{
    node->opens--;
    memfs_release(node);
}

int path_make(struct inode *from, const char *path, uint32_t mode, struct inode **out)
{
    struct place p;
    int error = path_resolve(from, path, false, &p);
    if (error != 0)
        return error;
    if (p.node != 0)
        return -EEXIST;
    if (p.slash && !S_ISDIR(mode))
        return -ENOENT;
    return memfs_make(p.dir, p.name, p.length, mode, out);
}

int path_symlink(const char *target, struct inode *from, const char *path)
{
    struct inode *node;
    size_t n = strnlen(target, PATH_MAX);
    if (n == 0 || n == PATH_MAX)
        return n == 0 ? -ENOENT : -ENAMETOOLONG;
    int error = path_make(from, path, S_IFLNK | 0777, &node);
    if (error != 0)
        return error;
    int64_t written = memfs_write(node, 0, target, n + 1);
    if (written < 0) {
        struct place p;
        if (path_resolve(from, path, false, &p) == 0)
            memfs_remove(p.dir, p.name, p.length);
        return (int)written;
    }
    node->size = n;
    return 0;
}

int path_link(struct inode *from, const char *path, struct inode *to, const char *new, bool follow)
{
    struct inode *node;
    struct place p;
    int error = path_find(from, path, follow, &node);
    if (error == 0)
        error = path_resolve(to, new, false, &p);
    if (error != 0)
        return error;
    if (is_directory(node) || node->device == DEVICE_DESCRIPTOR)
        return -EPERM;
    if (p.node != 0)
        return -EEXIST;
    if (p.slash)
        return -ENOENT;
    if (node->links >= LINK_MAX)
        return -EMLINK;
    error = memfs_add(p.dir, p.name, p.length, node);
    if (error == 0)
        memfs_touch(node, NOW_CHANGED);
    return error;
}

int path_remove(struct inode *from, const char *path, bool directory)
{
    struct place p;
    int error = path_resolve(from, path, false, &p);
    if (error != 0)
        return error;
    if (p.node == 0)
        return -ENOENT;
    if (!directory)
        return is_directory(p.node) ? -EISDIR : memfs_remove(p.dir, p.name, p.length);
    if (!is_directory(p.node))
        return -ENOTDIR;
    if (p.last != NAMED)
        return p.last == DOT ? -EINVAL : p.last == START ? -EBUSY : -ENOTEMPTY;
    if (p.node->entries != 0)
        return -ENOTEMPTY;
    return p.node->device != DEVICE_NONE ? -EBUSY : memfs_remove(p.dir, p.name, p.length);
}

/* May a, which exists, take b's place? */
static int check_rename(const struct place *a, const struct place *b)
{
    if (a->last != NAMED || b->last != NAMED)
        return -EBUSY;
    if (a->dir->device != DEVICE_NONE || b->dir->device != DEVICE_NONE)
        return -EPERM;
    if (!is_directory(a->node)) /* path_resolve() has seen to a slash behind what exists */
        return b->node != 0 ? (is_directory(b->node) ? -EISDIR : 0) : b->slash ? -ENOTDIR : 0;
    for (const struct inode *above = b->dir;; above = above->parent) {
        if (above == a->node)
            return -EINVAL; /* into itself */
        if (above == above->parent)
            break;
    }
    if (b->node == 0)
        return 0;
    return !is_directory(b->node) ? -ENOTDIR : b->node->entries != 0 ? -ENOTEMPTY : 0;
}

/* Whatever happens, under the new name there is always one or the other. */
int path_rename(struct inode *from, const char *path, struct inode *to, const char *new)
{
    struct place a = {0}, b = {0};
    int error = path_resolve(from, path, false, &a);
    if (error == 0 && a.node == 0)
        error = -ENOENT;
    if (error == 0)
        error = path_resolve(to, new, false, &b);
    if (error == 0 && a.node == b.node && a.last == NAMED && b.last == NAMED)
        return 0;
    if (error == 0)
        error = check_rename(&a, &b);
    if (error == 0 && b.node == 0)
        error = memfs_add(b.dir, b.name, b.length, a.node);
    if (error != 0)
        return error;
    if (b.node != 0)
        memfs_replace(b.dir, b.name, b.length, a.node);
    return memfs_remove(a.dir, a.name, a.length);
}

/* The name of a directory in the one above it. */
static const struct entry *entry_of(const struct inode *dir)
{
    for (const struct entry *e = directory_after(dir->parent->entries, 0); e != 0;
         e = directory_after(dir->parent->entries, directory_key(e) + 1))
        if (e->node == dir)
            return e;
    return 0;
}

int path_of(const struct inode *dir, const char *name, size_t n, char *buf, size_t size)
{
    size_t at = size; /* from behind */
    if (at == 0)
        return -ERANGE;
    buf[--at] = '\0';
    for (;; name = 0) {
        if (name == 0) {
            if (dir == dir->parent)
                break;
            const struct entry *e = entry_of(dir);
            if (e == 0)
                return -ENOENT;
            name = e->name;
            n = e->length;
            dir = dir->parent;
        }
        if (at < n + 1)
            return -ERANGE;
        at -= n;
        memcpy(buf + at, name, n);
        buf[--at] = '/';
    }
    if (dir->links == 0)
        return -ENOENT; /* removed: its own parent, but not the root */
    if (at == size - 1) {
        if (at == 0)
            return -ERANGE;
        buf[--at] = '/';
    }
    memmove(buf, buf + at, size - at);
    return (int)(size - at - 1);
}
