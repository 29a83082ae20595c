/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files in memory: one tree, its directories and hard links, "/tmp" and "/dev" there from the
 * start, the boot modules under "/modules" by name. Calls return 0 or more, or -errno; one at a
 * time (fs_mutex).
 */
#ifndef KERNEL_MEMFS_H
#define KERNEL_MEMFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "boot/info.h"

/* What is no file: the caller sees to the console; the other two read and write as such do. */
enum device { DEVICE_NONE, DEVICE_NULL, DEVICE_ZERO, DEVICE_CONSOLE };

struct inode {
    bool directory;
    uint8_t device;        /* enum device */
    uint32_t links, opens; /* freed when both are 0 */
    uint32_t number;
    uint8_t *data;
    uint64_t size;         /* bytes */
    uint64_t capacity;     /* bytes of the block behind data; 0: none, or a boot module's memory */
    struct entry *entries; /* of a directory */
    struct inode *parent;  /* of a directory; the root's is itself */
    uint64_t mtime_tsc;    /* of the last change; 0: never written */
};

/* What the command line calls the first module; NULL: as its loader does. */
extern const char *memfs_first_name;

/* Remembers the boot modules; the tree itself is made at the first call below. Boot calls it by
 * boot_readers (boot/info.h), if any of those calls is linked. */
void memfs_init(const struct boot_info *info);

/*
 * Finds path; with create, makes the file when it is not there (exclusive: only then). The inode
 * comes with opens counted up.
 */
int memfs_open(const char *path, bool create, bool exclusive, struct inode **out);
void memfs_close(struct inode *node);
int memfs_mkdir(const char *path);
int memfs_link(const char *from, const char *to);
int memfs_unlink(const char *path); /* files */
int memfs_rmdir(const char *path);  /* empty directories */
int memfs_rename(const char *from, const char *to);

int64_t memfs_read(struct inode *node, uint64_t offset, void *buf, size_t n);
int64_t memfs_write(struct inode *node, uint64_t offset, const void *buf, size_t n);
int memfs_truncate(struct inode *node, uint64_t size);

#endif
