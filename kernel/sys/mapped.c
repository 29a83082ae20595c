/* SPDX-License-Identifier: BSD-2-Clause */
/* Files in memory that mappings show: see mapped.h. */
#include "sys/mapped.h"
#include "mm/page.h"
#include "mm/slab.h"
#include "sys/device.h"
#include "sys/memfs.h"
#include "sys/path.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* An inode has one while it is mapped, and is open once for it. */
struct shown {
    struct map_file file; /* first */
    struct inode *node;
};

static struct inode *node_of(const struct map_file *f) { return ((const struct shown *)f)->node; }

static uint64_t size(const struct map_file *f) { return node_of(f)->size; }

/* What is behind the end in the last page reads as zeros. */
static uint64_t page(struct map_file *f, uint64_t offset, bool write)
{
    const struct inode *node = node_of(f);
    uint8_t *at = node->data + offset;
    uint64_t left = node->size - offset;
    (void)write;
    if (left < PAGE_SIZE)
        memset(at + left, 0, PAGE_SIZE - left);
    return (uint64_t)at - PHYS_BASE;
}

static void written(struct map_file *f) { memfs_touch(node_of(f), NOW_WRITTEN); }

static void gone(struct map_file *f)
{
    struct inode *node = node_of(f);
    node->shown = 0;
    slab_free(f, sizeof(struct shown));
    path_close(node);
}

static void change(struct inode *node, uint64_t from, void (*how)(void *), void *argument)
{
    map_change(node->shown, from, how, argument);
}

int mapped_open(struct file *f, struct map *m)
{
    bool zero = f->kind == &device_file && f->node->device == DEVICE_ZERO;
    if (!zero && (f->kind == 0 || f->kind->end == 0 || !S_ISREG(f->node->mode)))
        return -ENODEV;
    if (!file_reads(f) || (m->shared && m->rights & VM_WRITE && !file_writes(f)))
        return -EACCES;
    if (m->shared && !file_writes(f))
        m->most &= ~VM_WRITE;
    if (zero) { /* memory of nobody's, as MAP_ANONYMOUS has it */
        m->offset = 0;
        return 0;
    }
    struct inode *node = f->node;
    memfs_touch(node, NOW_ACCESSED);
    m->file = node->shown;
    if (m->file != 0)
        return 0;
    struct shown *s = slab_alloc(sizeof *s);
    if (s == 0)
        return -ENOMEM;
    *s = (struct shown){{.page = page, .size = size, .written = written, .gone = gone}, node};
    memfs_change = change;
    if (memfs_show(node, s) != 0) {
        slab_free(s, sizeof *s);
        return -ENOMEM;
    }
    node->opens++;
    m->file = &s->file;
    return 0;
}
