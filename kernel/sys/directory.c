/* SPDX-License-Identifier: BSD-2-Clause */
/* A directory's names: see directory.h. */
#include "sys/directory.h"
#include "mm/slab.h"
#include <errno.h>
#include <string.h>

_Static_assert(sizeof(struct entry) + DIRECTORY_NAME_MAX <= SLAB_MAX, "a name is one block");
_Static_assert(DIRECTORY_NAME_MAX <= UINT8_MAX, "length holds it");

/* FNV-1a, 32 bits (draft-eastlake-fnv), its high half folded into the low bits, which decide first.
 */
static uint32_t hash_of(const char *name, size_t n)
{
    uint32_t h = 0x811c9dc5;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)name[i]) * 0x01000193;
    return h ^ h >> 16;
}

static size_t bytes_of(size_t n) { return offsetof(struct entry, name) + n; }

struct entry **directory_find(struct entry **root, const char *name, size_t n)
{
    uint32_t hash = hash_of(name, n), bits = hash;
    struct entry **at = root;
    for (struct entry *e; (e = *at) != 0; bits >>= 1) {
        if (e->hash == hash && e->length == n && memcmp(e->name, name, n) == 0)
            break;
        at = &e->child[bits & 1]; /* behind the last bit: a list, of those whose hashes are equal */
    }
    return at;
}

int directory_add(struct entry **root, const char *name, size_t n, struct inode *node)
{
    struct entry *e = slab_alloc(bytes_of(n));
    if (e == 0)
        return -ENOSPC;
    *e = (struct entry){.node = node, .hash = hash_of(name, n), .length = (uint8_t)n};
    memcpy(e->name, name, n);
    *directory_find(root, name, n) = e;
    return 0;
}

/* Any leaf below may take its place, as the hashes of all agree in the bits that led here. */
void directory_remove(struct entry **at)
{
    struct entry *e = *at, **leaf = at;
    while ((*leaf)->child[0] != 0 || (*leaf)->child[1] != 0)
        leaf = &(*leaf)->child[(*leaf)->child[0] == 0];
    struct entry *heir = *leaf;
    *leaf = 0;
    if (heir != e) {
        heir->child[0] = e->child[0];
        heir->child[1] = e->child[1];
        *at = heir;
    }
    slab_free(e, bytes_of(e->length));
}
