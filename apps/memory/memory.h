/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loops of the suite memory. Arrays are of 8-byte words, lie at multiples of 64 bytes and do
 * not overlap; n is a multiple of 8 words. None may become a call of memcpy or memset (rules.mk).
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>
#include <stdint.h>

#define WORDS_OF(bytes) ((bytes) / sizeof(uint64_t))

/* A piece of work on n words of its arrays. */
typedef void loop(uint64_t *to, const uint64_t *a, const uint64_t *b, size_t n);

/* arrays.c: b = a, b = m a, c = a + b, c = a + m b; of integers (m 77) and doubles (m ln 2). */
#define INT_FACTOR   77u
#define FLOAT_FACTOR 0.69314718055994531
loop int_copy, int_scale, int_add, int_triad, float_copy, float_scale, float_add, float_triad;

/* copies.c: the same copy, or the same filling with FILL, in different ways. */
#define FILL 0x5a5a5a5a5a5a5a5aull
loop copy_words, copy_backwards, copy_blocks, copy_prefetched, copy_two_passes, fill_words,
    fill_shuffled, copy_libc, copy_libc_blocks, fill_libc, copy_movsb, copy_movsq, copy_sse2,
    copy_sse2_nt, fill_sse2, fill_sse2_nt;
#define LIBC_BLOCK (256u << 10) /* of copy_libc_blocks, in bytes */

/* The sum of n words. */
uint64_t read_words(const uint64_t *a, size_t n);

/* Makes of the first word of each stride (bytes) of the memory a chain in random order through all
 * of them. Returns where it begins. */
void **chain_make(void *memory, size_t bytes, size_t stride);

/* So many steps along it (a multiple of 8). Returns where they end. */
void **chain_follow(void **at, size_t steps);

#endif
