/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Small blocks of memory out of whole pages, by size class. A page whose blocks are all free goes
 * back to the page allocator at once: nothing is kept. One call at a time.
 */
#ifndef KERNEL_SLAB_H
#define KERNEL_SLAB_H

#include <stddef.h>

#define SLAB_MAX 1024u /* bytes: the largest block */

/* At least so many bytes (1 … SLAB_MAX), their contents unspecified; NULL: no memory. */
void *slab_alloc(size_t bytes);

/* Gives back a block of so many bytes, as it was asked for. */
void slab_free(void *block, size_t bytes);

#endif
