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
    struct entry *e = slab_alloc(bytes_of(n)), **at = root;
    if (e == 0)
        return -ENOSPC;
    uint32_t hash = hash_of(name, n), bits = hash, tie = 0;
    for (const struct entry *there; (there = *at) != 0; bits >>= 1) {
        if (there->hash == hash && there->tie >= tie)
            tie = there->tie + 1u;
        at = &(*at)->child[bits & 1];
    }
    if (tie > UINT8_MAX) {
        slab_free(e, bytes_of(n));
        return -ENOSPC;
    }
    *e = (struct entry){.node = node, .hash = hash, .length = (uint8_t)n, .tie = (uint8_t)tie};
    memcpy(e->name, name, n);
    *at = e;
    return 0;
}

/* The tree's order: the bit that decides first is the highest. */
uint64_t directory_key(const struct entry *e)
{
    uint32_t h = e->hash;
    h = (h >> 1 & 0x55555555) | (h & 0x55555555) << 1;
    h = (h >> 2 & 0x33333333) | (h & 0x33333333) << 2;
    h = (h >> 4 & 0x0f0f0f0f) | (h & 0x0f0f0f0f) << 4;
    return (uint64_t)__builtin_bswap32(h) << 8 | e->tie;
}

static const struct entry *lower(const struct entry *a, const struct entry *b)
{
    return a == 0 || directory_key(b) < directory_key(a) ? b : a;
}

/* Down the way that the key would go; of the branches to its right the last one is the nearest. */
const struct entry *directory_after(const struct entry *root, uint64_t key)
{
    const struct entry *best = 0, *right = 0;
    uint64_t bits = key << 24;
    for (const struct entry *e = root; e != 0; bits <<= 1) {
        unsigned bit = bits >> 63;
        if (directory_key(e) >= key)
            best = lower(best, e);
        if (bit == 0 && e->child[1] != 0)
            right = e->child[1];
        e = e->child[bit];
    }
    for (; right != 0; right = right->child[right->child[0] == 0])
        best = lower(best, right);
    return best;
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
