/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tree of files in one boot module: a cpio archive of the kind newc, as Linux' initial file
 * systems are (its Documentation/driver-api/early-userspace/buffer-format.rst). What its files hold
 * stays where it is.
 */
#ifndef KERNEL_ARCHIVE_H
#define KERNEL_ARCHIVE_H

#include "sys/memfs.h"

struct archive_entry {
    const char *name; /* of length bytes, without its NUL */
    size_t length;
    const char *identity; /* IDENTITY bytes: the same for all names of a file */
    uint32_t mode, links;
    uint32_t time; /* seconds since 1970 */
    const uint8_t *data;
    uint32_t size;
};
#define ARCHIVE_IDENTITY 24

/* The entry at *at, which moves on behind it. 1; 0: the end; -1: it is no such archive, or cut off.
 * Pure. */
int archive_next(const uint8_t *bytes, uint64_t size, uint64_t *at, struct archive_entry *out);

/* Puts all of it below root. NULL, or what is wrong, as a sentence; the part before that is there.
 */
const char *archive_unpack(struct inode *root, uint8_t *bytes, uint64_t size);

#endif
