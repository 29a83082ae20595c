/* SPDX-License-Identifier: BSD-2-Clause */
/* Files in memory: see fs.h. A file's bytes stand in one block of the page allocator. */
#include "fs.h"
#include "cpu.h"
#include "page.h"
#include <errno.h>
#include <string.h>

#define NAME_BYTES 64 /* with the NUL */

struct entry {
    char name[NAME_BYTES];
    struct inode *node;
    struct entry *next;
};

static const struct boot_info *boot;
static struct inode root = {.directory = true, .links = 1, .number = 1};
static bool made;

/* Inodes and entries: both from pages cut into pieces, freed ones kept in a list. */

union piece {
    union piece *next;
    struct inode node;
    struct entry entry;
};
static union piece *free_pieces;

static void *new_piece(void)
{
    if (free_pieces == 0) {
        uint64_t pa = page_alloc(0);
        if (pa == 0)
            return 0;
        union piece *p = phys_to_virt(pa);
        for (unsigned i = 0; i < PAGE_SIZE / sizeof *p; i++) {
            p[i].next = free_pieces;
            free_pieces = &p[i];
        }
    }
    union piece *p = free_pieces;
    free_pieces = p->next;
    memset(p, 0, sizeof *p);
    return p;
}

static void free_piece(void *piece)
{
    union piece *p = piece;
    p->next = free_pieces;
    free_pieces = p;
}

static void release(struct inode *node)
{
    if (node->links != 0 || node->opens != 0)
        return;
    if (node->capacity != 0)
        page_free((uint64_t)node->data - PHYS_BASE, order_for(node->capacity));
    free_piece(node);
}

/* Names. */

static struct entry **find_entry(struct inode *dir, const char *name, size_t n)
{
    struct entry **at = &dir->entries;
    while (*at != 0 && (strncmp((*at)->name, name, n) != 0 || (*at)->name[n] != '\0'))
        at = &(*at)->next;
    return at;
}

static int add_entry(struct inode *dir, const char *name, size_t n, struct inode *node)
{
    if (n >= NAME_BYTES)
        return -ENAMETOOLONG;
    struct entry *e = new_piece();
    if (e == 0)
        return -ENOSPC;
    memcpy(e->name, name, n);
    e->node = node;
    e->next = dir->entries;
    dir->entries = e;
    node->links++;
    return 0;
}

static struct inode *new_inode(bool directory)
{
    static uint32_t next_number = 2;
    struct inode *node = new_piece();
    if (node != 0) {
        node->directory = directory;
        node->number = next_number++;
    }
    return node;
}

static int make(struct inode *dir, const char *name, size_t n, bool directory, struct inode **out)
{
    struct inode *node = new_inode(directory);
    int error = node == 0 ? -ENOSPC : add_entry(dir, name, n, node);
    if (error != 0 && node != 0)
        free_piece(node);
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
    *at = e->next;
    free_piece(e);
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

/* A block for at least size bytes; doubling it keeps the copying linear in what was written. */
static int make_room(struct inode *node, uint64_t size)
{
    if (size <= node->capacity)
        return 0; /* a boot module's memory has none: the first write moves it */
    uint64_t pa = size <= PAGE_SIZE << ORDER_MAX ? page_alloc(order_for(size)) : 0;
    if (pa == 0)
        return -ENOSPC;
    if (node->size != 0)
        memcpy(phys_to_virt(pa), node->data, node->size < size ? node->size : size);
    if (node->capacity != 0)
        page_free((uint64_t)node->data - PHYS_BASE, order_for(node->capacity));
    node->data = phys_to_virt(pa);
    node->capacity = PAGE_SIZE << order_for(size);
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
    return size == node->size ? 0 : resize(node, size, size);
}

void fs_init(const struct boot_info *info) { boot = info; }
