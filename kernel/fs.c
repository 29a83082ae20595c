/* SPDX-License-Identifier: BSD-2-Clause */
/* Files in memory: see fs.h. A file's bytes stand in one block: of pages or, when they are few, of
 * a slab. */
#include "fs.h"
#include "cpu.h"
#include "directory.h"
#include "page.h"
#include "slab.h"
#include <errno.h>
#include <string.h>

static const struct boot_info *boot;
static struct inode root = {.directory = true, .links = 1, .number = 1};
static bool made;

static void free_data(struct inode *node)
{
    if (node->capacity > SLAB_MAX)
        page_free((uint64_t)node->data - PHYS_BASE, order_for(node->capacity));
    else if (node->capacity != 0)
        slab_free(node->data, node->capacity);
}

static void release(struct inode *node)
{
    if (node->links != 0 || node->opens != 0)
        return;
    free_data(node);
    slab_free(node, sizeof *node);
}

/* Names. */

static struct entry **find_entry(struct inode *dir, const char *name, size_t n)
{
    return directory_find(&dir->entries, name, n);
}

static int add_entry(struct inode *dir, const char *name, size_t n, struct inode *node)
{
    if (n > DIRECTORY_NAME_MAX)
        return -ENAMETOOLONG;
    int error = directory_add(&dir->entries, name, n, node);
    if (error == 0)
        node->links++;
    return error;
}

static struct inode *new_inode(bool directory)
{
    static uint32_t next_number = 2;
    struct inode *node = slab_alloc(sizeof *node);
    if (node != 0)
        *node = (struct inode){.directory = directory, .number = next_number++};
    return node;
}

static int make(struct inode *dir, const char *name, size_t n, bool directory, struct inode **out)
{
    struct inode *node = new_inode(directory);
    int error = node == 0 ? -ENOSPC : add_entry(dir, name, n, node);
    if (error != 0 && node != 0)
        slab_free(node, sizeof *node);
    *out = node;
    return error;
}

static void make_tree(void)
{
    struct inode *dir, *file;
    made = true;
    make(&root, "tmp", 3, true, &dir);
    if (boot->module_count == 0 || make(&root, "modules", 7, true, &dir) != 0)
        return;
    for (uint32_t i = 0; i < boot->module_count; i++) {
        char number[3] = {(char)('0' + i / 10), (char)('0' + i % 10), '\0'};
        const char *name = boot->modules[i].name;
        if (*name == '\0' || *find_entry(dir, name, strlen(name)) != 0)
            name = i < 10 ? number + 1 : number; /* without a name of its own: its number */
        if (make(dir, name, strlen(name), false, &file) != 0)
            return;
        file->data = phys_to_virt(boot->modules[i].base);
        file->size = boot->modules[i].size;
    }
}

/*
 * Walks to the directory of path's last part, which it leaves in *name and *n (n = 0: the path is
 * the root itself). Paths are taken from the root; "." and empty parts stay where they are, ".."
 * is not kept track of.
 */
static int walk(const char *path, struct inode **dir, const char **name, size_t *n)
{
    if (!made)
        make_tree();
    if (*path == '\0')
        return -ENOENT;
    *dir = &root;
    *n = 0;
    for (;;) {
        while (*path == '/')
            path++;
        size_t len = strcspn(path, "/");
        if (len == 1 && *path == '.') {
            path++;
            continue;
        }
        if (len == 0)
            return 0;
        if (*n != 0) { /* the part before was not the last one */
            struct entry *e = *find_entry(*dir, *name, *n);
            if (e == 0)
                return -ENOENT;
            if (!e->node->directory)
                return -ENOTDIR;
            *dir = e->node;
        }
        *name = path;
        *n = len;
        path += len;
    }
}

static int find(const char *path, struct inode **out)
{
    struct inode *dir;
    const char *name;
    size_t n;
    int error = walk(path, &dir, &name, &n);
    if (error != 0)
        return error;
    struct entry *e = n == 0 ? 0 : *find_entry(dir, name, n);
    if (n != 0 && e == 0)
        return -ENOENT;
    *out = n == 0 ? &root : e->node;
    return 0;
}

int fs_open(const char *path, bool create, bool exclusive, struct inode **out)
{
    struct inode *dir;
    const char *name;
    size_t n;
    int error = walk(path, &dir, &name, &n);
    if (error != 0)
        return error;
    struct entry *e = n == 0 ? 0 : *find_entry(dir, name, n);
    if (n == 0)
        *out = &root;
    else if (e != 0)
        *out = e->node;
    else if (!create)
        return -ENOENT;
    else if ((error = make(dir, name, n, false, out)) != 0)
        return error;
    if (exclusive && create && (n == 0 || e != 0))
        return -EEXIST;
    (*out)->opens++;
    return 0;
}

void fs_close(struct inode *node)
{
    node->opens--;
    release(node);
}

int fs_mkdir(const char *path)
{
    struct inode *dir, *node;
    const char *name;
    size_t n;
    int error = walk(path, &dir, &name, &n);
    if (error != 0)
        return error;
    if (n == 0 || *find_entry(dir, name, n) != 0)
        return -EEXIST;
    return make(dir, name, n, true, &node);
}

int fs_link(const char *from, const char *to)
{
    struct inode *node, *dir;
    const char *name;
    size_t n;
    int error = find(from, &node);
    if (error == 0)
        error = walk(to, &dir, &name, &n);
    if (error != 0)
        return error;
    if (node->directory)
        return -EPERM;
    if (n == 0 || *find_entry(dir, name, n) != 0)
        return -EEXIST;
    return add_entry(dir, name, n, node);
}

static int remove_name(const char *path, bool directory)
{
    struct inode *dir;
    const char *name;
    size_t n;
    int error = walk(path, &dir, &name, &n);
    if (error != 0)
        return error;
    struct entry **at = n == 0 ? 0 : find_entry(dir, name, n), *e = at == 0 ? 0 : *at;
    if (e == 0)
        return n == 0 ? -EBUSY : -ENOENT;
    if (e->node->directory != directory)
        return directory ? -ENOTDIR : -EISDIR;
    if (e->node->entries != 0)
        return -ENOTEMPTY;
    struct inode *node = e->node;
    directory_remove(at);
    node->links--;
    release(node);
    return 0;
}

int fs_unlink(const char *path) { return remove_name(path, false); }

int fs_rmdir(const char *path) { return remove_name(path, true); }

int fs_rename(const char *from, const char *to)
{
    struct inode *node, *dir;
    const char *name;
    size_t n;
    int error = find(from, &node);
    if (error == 0)
        error = walk(to, &dir, &name, &n);
    if (error != 0)
        return error;
    struct entry *e = n == 0 ? 0 : *find_entry(dir, name, n);
    if (node->directory || n == 0 || (e != 0 && e->node->directory))
        return -EISDIR; /* directories stay where they are */
    if (e == 0) {
        error = add_entry(dir, name, n, node);
        return error != 0 ? error : fs_unlink(from);
    }
    if (e->node == node)
        return 0;
    struct inode *old = e->node; /* replaced in place: there is always one or the other */
    e->node = node;
    node->links++;
    old->links--;
    release(old);
    return fs_unlink(from);
}

/* Bytes. */

int64_t fs_read(struct inode *node, uint64_t offset, void *buf, size_t n)
{
    if (node->directory)
        return -EISDIR;
    if (offset >= node->size)
        return 0;
    if (n > node->size - offset)
        n = node->size - offset;
    memcpy(buf, node->data + offset, n);
    return (int64_t)n;
}

/* The room that a file of size bytes gets: doubling it keeps the copying linear in what was
 * written. */
static uint64_t capacity_for(uint64_t size)
{
    if (size > SLAB_MAX)
        return PAGE_SIZE << order_for(size);
    uint64_t capacity = 64;
    while (capacity < size)
        capacity *= 2;
    return capacity;
}

static int make_room(struct inode *node, uint64_t size)
{
    if (size <= node->capacity)
        return 0; /* a boot module's memory has none: the first write moves it */
    if (size > PAGE_SIZE << ORDER_MAX)
        return -ENOSPC;
    uint64_t capacity = capacity_for(size), pa = 0;
    uint8_t *data = capacity <= SLAB_MAX ? slab_alloc(capacity) : 0;
    if (capacity > SLAB_MAX && (pa = page_alloc(order_for(capacity))) != 0)
        data = phys_to_virt(pa);
    if (data == 0)
        return -ENOSPC;
    if (node->size != 0)
        memcpy(data, node->data, node->size < size ? node->size : size);
    free_data(node);
    node->data = data;
    node->capacity = capacity;
    return 0;
}

/* Sets the size; what lies between the old end and from reads as zeros. */
static int resize(struct inode *node, uint64_t size, uint64_t from)
{
    int error = make_room(node, size);
    if (error != 0)
        return error;
    if (from > node->size)
        memset(node->data + node->size, 0, from - node->size);
    node->size = size;
    node->mtime_tsc = rdtsc();
    return 0;
}

int64_t fs_write(struct inode *node, uint64_t offset, const void *buf, size_t n)
{
    if (node->directory)
        return -EISDIR;
    if (n == 0)
        return 0;
    if (offset > INT64_MAX - n)
        return -EFBIG;
    int error = resize(node, offset + n > node->size ? offset + n : node->size, offset);
    if (error != 0)
        return error;
    memcpy(node->data + offset, buf, n);
    return (int64_t)n;
}

int fs_truncate(struct inode *node, uint64_t size)
{
    if (node->directory)
        return -EISDIR;
    if (size == 0) { /* nothing is kept of what may have been large */
        free_data(node);
        node->data = 0;
        node->capacity = 0;
    }
    return size == node->size ? 0 : resize(node, size, size);
}

void fs_init(const struct boot_info *info) { boot = info; }
