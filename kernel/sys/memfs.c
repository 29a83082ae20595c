/* SPDX-License-Identifier: BSD-2-Clause */
/* Inodes and their bytes: see memfs.h. A file's bytes stand in one block: of pages or, when they
 * are few, of a slab. */
#include "sys/memfs.h"
#include "sys/directory.h"
#include "mm/page.h"
#include "mm/slab.h"
#include <errno.h>
#include <string.h>

_Static_assert(sizeof(struct inode) <= SLAB_MAX, "an inode is one block");

struct inode *memfs_new(uint32_t mode)
{
    static uint32_t last_number = 1; /* the root's */
    struct inode *node = slab_alloc(sizeof *node);
    if (node != 0) {
        *node = (struct inode){.mode = mode, .number = ++last_number};
        memfs_touch(node, NOW_ACCESSED | NOW_WRITTEN);
    }
    return node;
}

static void free_data(struct inode *node)
{
    if (node->capacity > SLAB_MAX)
        page_free((uint64_t)node->data - PHYS_BASE, order_for(node->capacity));
    else if (node->capacity != 0)
        slab_free(node->data, node->capacity);
}

void memfs_release(struct inode *node)
{
    if (node->links != 0 || node->opens != 0)
        return;
    free_data(node);
    slab_free(node, sizeof *node);
}

/* Names. */

int memfs_add(struct inode *dir, const char *name, size_t n, struct inode *node)
{
    if (n > DIRECTORY_NAME_MAX)
        return -ENAMETOOLONG;
    if (dir->links == 0)
        return -ENOENT; /* it is somebody's current folder, but removed */
    if (dir->device != DEVICE_NONE)
        return -EPERM;
    int error = directory_add(&dir->entries, name, n, node);
    if (error != 0)
        return error;
    node->links++;
    memfs_touch(dir, NOW_WRITTEN);
    if (is_directory(node)) {
        node->parent = dir;
        dir->subdirectories++;
    }
    return 0;
}

int memfs_make(struct inode *dir, const char *name, size_t n, uint32_t mode, struct inode **out)
{
    struct inode *node = memfs_new(mode);
    int error = node == 0 ? -ENOSPC : memfs_add(dir, name, n, node);
    if (error != 0 && node != 0)
        slab_free(node, sizeof *node);
    *out = node;
    return error;
}

/* dir has lost a name of node. */
static void lose(struct inode *dir, struct inode *node)
{
    node->links--;
    memfs_touch(dir, NOW_WRITTEN);
    memfs_touch(node, NOW_CHANGED);
    if (is_directory(node)) {
        dir->subdirectories--;
        if (node->links == 0)
            node->parent = node; /* whoever still is in it gets no further */
    }
    memfs_release(node);
}

int memfs_remove(struct inode *dir, const char *name, size_t n)
{
    if (dir->device != DEVICE_NONE)
        return -EPERM;
    struct entry **at = directory_find(&dir->entries, name, n);
    struct inode *node = (*at)->node;
    directory_remove(at);
    lose(dir, node);
    return 0;
}

void memfs_replace(struct inode *dir, const char *name, size_t n, struct inode *node)
{
    struct entry *e = *directory_find(&dir->entries, name, n);
    struct inode *old = e->node;
    e->node = node;
    node->links++;
    if (is_directory(node)) {
        node->parent = dir;
        dir->subdirectories++;
    }
    lose(dir, old);
}

/* Bytes. */

int64_t memfs_read(struct inode *node, uint64_t offset, void *buf, size_t n)
{
    if (is_directory(node))
        return -EISDIR;
    memfs_touch(node, NOW_ACCESSED);
    if (offset >= node->size)
        return 0;
    if (n > node->size - offset)
        n = node->size - offset;
    memcpy(buf, node->data + offset, n);
    return (int64_t)n;
}

void (*memfs_change)(struct inode *, uint64_t from, void (*change)(void *), void *argument);

/* What mappings show of it from that place on goes out of sight while change() runs. */
static void change(struct inode *node, uint64_t from, void (*how)(void *), void *argument)
{
    if (node->shown != 0)
        memfs_change(node, from, how, argument);
    else
        how(argument);
}

/* The room that a file of size bytes gets: doubling it keeps the copying linear in what was
 * written. What mappings show is pages. */
static uint64_t capacity_for(const struct inode *node, uint64_t size)
{
    if (size > SLAB_MAX || node->shown != 0)
        return PAGE_SIZE << order_for(size);
    uint64_t capacity = 64;
    while (capacity < size)
        capacity *= 2;
    return capacity;
}

struct moved {
    struct inode *node;
    uint8_t *data;
    uint64_t capacity, size;
};

static void move_to(void *argument)
{
    const struct moved *to = argument;
    struct inode *node = to->node;
    if (node->size != 0)
        memcpy(to->data, node->data, node->size < to->size ? node->size : to->size);
    node->data = to->data;
    node->capacity = to->capacity;
}

static int make_room(struct inode *node, uint64_t size)
{
    if (size <= node->capacity && (node->shown == 0 || node->capacity > SLAB_MAX))
        return 0; /* a boot module's memory has none: the first write moves it */
    uint64_t capacity = capacity_for(node, size), pa = 0;
    if (size > PAGE_SIZE << ORDER_MAX)
        return -ENOSPC;
    struct moved to = {node, capacity <= SLAB_MAX ? slab_alloc(capacity) : 0, capacity, size};
    if (capacity > SLAB_MAX && (pa = page_alloc(order_for(capacity))) != 0)
        to.data = phys_to_virt(pa);
    if (to.data == 0)
        return -ENOSPC;
    struct inode old = *node;
    change(node, 0, move_to, &to);
    free_data(&old);
    return 0;
}

int memfs_show(struct inode *node, void *shown)
{
    node->shown = shown;
    int error = make_room(node, node->size);
    if (error != 0)
        node->shown = 0;
    return error;
}

static void cut_off(void *argument)
{
    const struct moved *to = argument;
    to->node->size = to->size;
    if (to->size == 0) { /* nothing is kept of what may have been large */
        to->node->data = 0;
        to->node->capacity = 0;
    }
}

static void cut(struct inode *node, uint64_t size)
{
    struct inode old = *node;
    struct moved to = {.node = node, .size = size};
    change(node, (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1), cut_off, &to);
    if (size == 0)
        free_data(&old);
}

/* Sets the size; what lies between the old end and from reads as zeros. */
static int resize(struct inode *node, uint64_t size, uint64_t from)
{
    int error = make_room(node, size);
    if (error != 0)
        return error;
    if (from > node->size)
        memset(node->data + node->size, 0, from - node->size);
    if (size < node->size)
        cut(node, size);
    node->size = size;
    memfs_touch(node, NOW_WRITTEN);
    return 0;
}

int64_t memfs_write(struct inode *node, uint64_t offset, const void *buf, size_t n)
{
    if (is_directory(node))
        return -EISDIR;
    if (n == 0)
        return 0;
    if (offset > INT64_MAX - n)
        return -EFBIG;
    int error = resize(node, offset + n > node->size ? offset + n : node->size, offset);
    if (error != 0)
        return error;
    /* NOLINTNEXTLINE(clang-analyzer-unix.cstring.NullArg): there is room */
    memcpy(node->data + offset, buf, n);
    return (int64_t)n;
}

int memfs_truncate(struct inode *node, uint64_t size)
{
    if (is_directory(node))
        return -EISDIR;
    if (size != 0 && size != node->size)
        return resize(node, size, size);
    if (size == 0)
        cut(node, 0);
    memfs_touch(node, NOW_WRITTEN);
    return 0;
}
