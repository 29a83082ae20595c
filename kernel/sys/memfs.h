/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files in memory: inodes and their bytes. path.h finds them by name, tree.h is what is there from
 * the start. Calls return 0 or more, or -errno; one at a time (file_mutex).
 */
#ifndef KERNEL_MEMFS_H
#define KERNEL_MEMFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include "arch.h"

/* What S_IFCHR stands for; of a directory: DESCRIPTORS is /dev/fd, its names are descriptors. */
enum device {
    DEVICE_NONE,
    DEVICE_NULL,
    DEVICE_ZERO,
    DEVICE_FULL,
    DEVICE_RANDOM,
    DEVICE_CONSOLE,
    DEVICE_DESCRIPTORS,
    DEVICE_DESCRIPTOR /* which one stands in size */
};

enum { ACCESSED, MODIFIED, CHANGED, TIMES };

struct inode {
    uint32_t mode;           /* S_IF… and permissions */
    uint8_t device;          /* enum device */
    uint8_t told;            /* bit n: times[n] was set, to ns since 1970 */
    uint32_t links, opens;   /* freed when both are 0 */
    uint32_t number;         /* inodes are numbered */
    uint32_t subdirectories; /* of a directory */
    uint8_t *data;           /* a file's bytes; where a symbolic link leads, with a NUL */
    uint64_t size;           /* bytes, without that NUL */
    uint64_t capacity; /* bytes of the block behind data; 0: none, or a boot module's memory */
    void *shown;       /* to mappings (mapped.c); NULL: nothing maps it */
    union {
        struct entry *entries; /* of a directory */
        struct pipe *pipe;     /* of a FIFO that is open */
    };
    struct inode *parent;  /* of a directory; the root's is itself */
    uint64_t times[TIMES]; /* TSC stamps, or as told says; 0: when the machine started */
};

static inline bool is_directory(const struct inode *n) { return S_ISDIR(n->mode); }

/* Now is when these happened: bit n of which for times[n]. */
#define NOW_ACCESSED (1u << ACCESSED)
#define NOW_CHANGED  (1u << CHANGED)
#define NOW_WRITTEN  (1u << MODIFIED | 1u << CHANGED)
static inline void memfs_touch(struct inode *node, unsigned which)
{
    uint64_t now = cpu_stamp();
    node->told &= (uint8_t)~which;
    for (unsigned i = 0; i < TIMES; i++)
        if (which >> i & 1)
            node->times[i] = now;
}

/* A new inode that nothing refers to yet, or NULL. */
struct inode *memfs_new(uint32_t mode);

/* Frees it when nothing refers to it. */
void memfs_release(struct inode *node);

/* Gives node a name in dir. -ENAMETOOLONG, -ENOSPC, -ENOENT (dir was removed), -EPERM (/dev/fd). */
int memfs_add(struct inode *dir, const char *name, size_t n, struct inode *node);

/* A new inode with a name: both, or neither. */
int memfs_make(struct inode *dir, const char *name, size_t n, uint32_t mode, struct inode **out);

/* Takes a name away that is there; -EPERM (/dev/fd). Or gives it to another inode. */
int memfs_remove(struct inode *dir, const char *name, size_t n);
void memfs_replace(struct inode *dir, const char *name, size_t n, struct inode *node);

/* Of files: at most n bytes from offset on; how many they were. */
int64_t memfs_read(struct inode *node, uint64_t offset, void *buf, size_t n);
int64_t memfs_write(struct inode *node, uint64_t offset, const void *buf, size_t n);
int memfs_truncate(struct inode *node, uint64_t size);

/* From now on shown is what it is to mappings, and its bytes stand in pages of their own. */
int memfs_show(struct inode *node, void *shown);

/* Has change(argument) move or cut the bytes of a node that mappings show, from that place on; set
 * by who maps. */
extern void (*memfs_change)(struct inode *, uint64_t from, void (*change)(void *), void *argument);

#endif
