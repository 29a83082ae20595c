/* SPDX-License-Identifier: BSD-2-Clause */
/* A chain of pointers, each step of which waits for the one before: see memory.h. */
#include "memory.h"

static uint64_t next_random(uint64_t *state) /* Knuth's MMIX generator */
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* Sattolo's shuffle makes one cycle of them. Each link first holds its own number. */
void **chain_make(void *memory, size_t bytes, size_t stride)
{
    char *base = memory;
    size_t n = bytes / stride;
    uint64_t random = 1;
    for (size_t i = 0; i < n; i++)
        *(size_t *)(base + i * stride) = i;
    for (size_t i = n - 1; i > 0; i--) {
        size_t *a = (size_t *)(base + i * stride);
        size_t *b = (size_t *)(base + next_random(&random) % i * stride);
        size_t other = *a;
        *a = *b;
        *b = other;
    }
    for (size_t i = 0; i < n; i++) {
        char *link = base + i * stride;
        *(void **)link = base + *(size_t *)link * stride;
    }
    return memory;
}

void **chain_follow(void **at, size_t steps)
{
    for (; steps != 0; steps -= 8) {
        at = *at, at = *at, at = *at, at = *at;
        at = *at, at = *at, at = *at, at = *at;
    }
    return at;
}
