/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A directory's names: a digital search tree by a hash of the name, so that each call takes
 * O(log n) steps among n names, in whatever order they come.
 */
#ifndef KERNEL_DIRECTORY_H
#define KERNEL_DIRECTORY_H

#include <stddef.h>
#include <stdint.h>

#define DIRECTORY_NAME_MAX 255u /* bytes, without a NUL: POSIX's NAME_MAX on most systems */

struct inode;

/* A name. At depth d stand those whose hashes agree in the lowest d bits; the next bit tells where
 * to go on. */
struct entry {
    struct inode *node;
    struct entry *child[2];
    uint32_t hash;
    uint8_t length;
    uint8_t tie; /* of those with this hash each has its own */
    char name[]; /* without a NUL */
};

/* Where the n bytes at name stand in the tree at *root: a link to their entry, or, when it is NULL,
 * the one to put it at. */
struct entry **directory_find(struct entry **root, const char *name, size_t n);

/* Adds a name, n ≤ DIRECTORY_NAME_MAX, which must not be there. 0, or -ENOSPC: no memory, or
 * hundreds of names have its hash. */
int directory_add(struct entry **root, const char *name, size_t n, struct inode *node);

/*
 * Names have an order that no change of others disturbs, by their keys, which are below 2^40: the
 * first from a key on, or NULL. O(log n).
 */
uint64_t directory_key(const struct entry *e);
const struct entry *directory_after(const struct entry *root, uint64_t key);

/* Removes the name that directory_find() found. */
void directory_remove(struct entry **at);

#endif
