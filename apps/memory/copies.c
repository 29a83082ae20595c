/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies and fillings in the ways of tinymembench and MBW: see memory.h. */
#include "memory.h"
#include <emmintrin.h>
#include <string.h>

#define BETWEEN 256 /* words of the buffer of two passes: 2 KiB */

void copy_words(uint64_t *to, const uint64_t *a, const uint64_t *b, size_t n)
{
    (void)b;
    for (size_t i = 0; i < n; i++)
        to[i] = a[i];
}

void copy_backwards(uint64_t *to, const uint64_t *a, const uint64_t *b, size_t n)
{
    (void)b;
    for (size_t i = n; i-- > 0;)
        to[i] = a[i];
}

/* 64 bytes at a time. */
static inline void copy_line(uint64_t *to, const uint64_t *a)
{
    uint64_t w0 = a[0], w1 = a[1], w2 = a[2], w3 = a[3], w4 = a[4], w5 = a[5], w6 = a[6], w7 = a[7];
    to[0] = w0;
    to[1] = w1;
    to[2] = w2;
    to[3] = w3;
    to[4] = w4;
    to[5] = w5;
    to[6] = w6;
    to[7] = w7;
}

void copy_blocks(uint64_t *to, const uint64_t *a, const uint64_t *b, size_t n)
{
    (void)b;
    for (size_t i = 0; i < n; i += 8)
        copy_line(to + i, a + i);
}

void copy_prefetched(uint64_t *to, const uint64_t *a, const uint64_t *b, size_t n)
{
    (void)b;
    for (size_t i = 0; i < n; i += 8) {
        __builtin_prefetch(a + i + 64);
        copy_line(to + i, a + i);
    }
}

void copy_two_passes(uint64_t *to, const uint64_t *a, const uint64_t *b, size_t n)
{
    uint64_t between[BETWEEN];
    (void)b;
    for (size_t at = 0; at < n; at += BETWEEN) {
        size_t part = n - at < BETWEEN ? n - at : BETWEEN;
        for (size_t i = 0; i < part; i += 8)
            copy_line(between + i, a + at + i);
        __asm__ volatile("" : : "r"(between) : "memory"); /* it is filled before it is read */
        for (size_t i = 0; i < part; i += 8)
            copy_line(to + at + i, between + i);
    }
}

void fill_words(uint64_t *to, const uint64_t *a, const uint64_t *b, size_t n)
{
    (void)a;
    (void)b;
    for (size_t i = 0; i < n; i++)
        to[i] = FILL;
}

/* Each 64 bytes out of order. */
void fill_shuffled(uint64_t *to, const uint64_t *a, const uint64_t *b, size_t n)
{
    (void)a;
    (void)b;
    for (size_t i = 0; i < n; i += 8) {
        volatile uint64_t *line = to + i; /* in this order */
        line[5] = FILL;
        line[2] = FILL;
        line[7] = FILL;
        line[6] = FILL;
        line[1] = FILL;
        line[3] = FILL;
        line[0] = FILL;
        line[4] = FILL;
    }
}

void copy_libc(uint64_t *to, const uint64_t *a, const uint64_t *b, size_t n)
{
    (void)b;
    memcpy(to, a, n * sizeof *to);
}

void copy_libc_blocks(uint64_t *to, const uint64_t *a, const uint64_t *b, size_t n)
{
    (void)b;
    for (size_t at = 0; at < n; at += WORDS_OF(LIBC_BLOCK)) {
        size_t part = n - at < WORDS_OF(LIBC_BLOCK) ? n - at : WORDS_OF(LIBC_BLOCK);
        memcpy(to + at, a + at, part * sizeof *to);
    }
}

void fill_libc(uint64_t *to, const uint64_t *a, const uint64_t *b, size_t n)
{
    (void)a;
    (void)b;
    memset(to, (int)(FILL & 0xff), n * sizeof *to);
}

void copy_movsb(uint64_t *to, const uint64_t *a, const uint64_t *b, size_t n)
{
    size_t bytes = n * sizeof *to;
    (void)b;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(a), "+c"(bytes) : : "memory");
}

void copy_movsq(uint64_t *to, const uint64_t *a, const uint64_t *b, size_t n)
{
    (void)b;
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(a), "+c"(n) : : "memory");
}

#define COPY_SSE2(name, store)                                                                     \
    void name(uint64_t *to, const uint64_t *a, const uint64_t *b, size_t n)                        \
    {                                                                                              \
        (void)b;                                                                                   \
        for (size_t i = 0; i < n; i += 8) {                                                        \
            const __m128i *in = (const __m128i *)(a + i);                                          \
            __m128i *out = (__m128i *)(to + i);                                                    \
            __m128i x0 = _mm_load_si128(in), x1 = _mm_load_si128(in + 1);                          \
            __m128i x2 = _mm_load_si128(in + 2), x3 = _mm_load_si128(in + 3);                      \
            store(out, x0);                                                                        \
            store(out + 1, x1);                                                                    \
            store(out + 2, x2);                                                                    \
            store(out + 3, x3);                                                                    \
        }                                                                                          \
        _mm_sfence();                                                                              \
    }
#define FILL_SSE2(name, store)                                                                     \
    void name(uint64_t *to, const uint64_t *a, const uint64_t *b, size_t n)                        \
    {                                                                                              \
        __m128i x = _mm_set1_epi64x((long long)FILL);                                              \
        (void)a;                                                                                   \
        (void)b;                                                                                   \
        for (size_t i = 0; i < n; i += 2)                                                          \
            store((__m128i *)(to + i), x);                                                         \
        _mm_sfence();                                                                              \
    }

COPY_SSE2(copy_sse2, _mm_store_si128)
COPY_SSE2(copy_sse2_nt, _mm_stream_si128)
FILL_SSE2(fill_sse2, _mm_store_si128)
FILL_SSE2(fill_sse2_nt, _mm_stream_si128)

uint64_t read_words(const uint64_t *a, size_t n)
{
    uint64_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (size_t i = 0; i < n; i += 8) {
        s0 += a[i] + a[i + 4];
        s1 += a[i + 1] + a[i + 5];
        s2 += a[i + 2] + a[i + 6];
        s3 += a[i + 3] + a[i + 7];
    }
    return s0 + s1 + s2 + s3;
}
