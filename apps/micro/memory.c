/* SPDX-License-Identifier: BSD-2-Clause */
/* micro: memory read, written, copied and allocated. */
#include "micro.h"
#include <stdlib.h>
#include <string.h>

#define WORDS   (sizeof from / sizeof *from)
#define LARGEST (16u << 20)
#define BLOCKS  512 /* that the storm holds at once */
#define SMALL   64u /* bytes of the smallest of them; */
#define SIZES   512 /* of the largest: so many times as much */

static uint32_t from[(1u << 20) / sizeof(uint32_t)], to[(1u << 20) / sizeof(uint32_t)];
static uint32_t wanted, written;

static const char *fill(void)
{
    micro_begin();
    wanted = 0;
    memset(to, 0, sizeof to);
    for (unsigned i = 0; i < WORDS; i++)
        wanted += from[i] = i * 2654435761u;
    return NULL;
}

static void read_all(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--) {
        uint32_t sum = 0;
        micro_barrier();
        for (unsigned i = 0; i < WORDS; i++)
            sum += from[i];
        micro_done += sum == wanted;
    }
}

static void write_all(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--) {
        written++;
        for (unsigned i = 0; i < WORDS; i++)
            to[i] = written;
        micro_barrier();
        micro_done += to[0] == written && to[WORDS - 1] == written;
    }
}

static const char *all_written(void)
{
    for (unsigned i = 0; i < WORDS; i++)
        micro_must(to[i] == written, "a store was not done");
    return micro_end();
}

static void copy_by_hand(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--) {
        to[0] = to[WORDS - 1] = 0;
        for (unsigned i = 0; i < WORDS; i++)
            to[i] = from[i];
        micro_barrier();
        micro_done += to[WORDS - 1] == from[WORDS - 1];
    }
}

static const char *all_copied(void)
{
    micro_must(memcmp(from, to, sizeof from) == 0, "other bytes came than were copied");
    return micro_end();
}

/* The C library's, of several sizes. */
static char *source, *target;
static size_t bytes;

static const char *take_blocks(size_t size)
{
    micro_begin();
    bytes = size;
    source = malloc(size);
    target = malloc(size);
    if (source == NULL || target == NULL)
        return "no memory";
    memset(target, 0, size);
    for (size_t i = 0; i < size; i++)
        source[i] = (char)(i * 7 + i / 4096 + 1);
    return NULL;
}

static const char *give_blocks(void)
{
    micro_must(memcmp(source, target, bytes) == 0, "other bytes are there than ought to be");
    free(source);
    free(target);
    return micro_end();
}

static void copy(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--) {
        target[bytes - 1] = 0;
        memcpy(target, source, bytes);
        micro_barrier();
        micro_done += target[bytes - 1] == source[bytes - 1];
    }
}

static void set(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--) {
        target[bytes - 1] = 0;
        memset(target, (int)(n & 0x7f) + 1, bytes);
        micro_barrier();
        micro_done += target[bytes - 1] == (char)((n & 0x7f) + 1);
    }
    memset(source, target[0], bytes);
}

static const char *take_4k(void) { return take_blocks(4096); }
static const char *take_1m(void) { return take_blocks(1u << 20); }
static const char *take_16m(void) { return take_blocks(LARGEST); }

/* Blocks of any size from 64 B to 32 KiB, of which one is freed for each that is taken. */
static unsigned char *held[BLOCKS];
static uint32_t seed;

static const char *calm(void)
{
    seed = 1;
    return micro_begin();
}

static void storm(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--) {
        seed = seed * 1103515245 + 12345;
        unsigned at = seed >> 16 & (BLOCKS - 1);
        size_t size = SMALL * ((seed >> 7 & (SIZES - 1)) + 1);
        micro_must(held[at] == NULL || held[at][0] == (unsigned char)at,
                   "two blocks are in one place");
        free(held[at]);
        held[at] = malloc(size);
        if (held[at] == NULL)
            continue;
        held[at][0] = held[at][size - 1] = (unsigned char)at;
        micro_done++;
    }
}

static const char *calm_again(void)
{
    for (unsigned i = 0; i < BLOCKS; i++) {
        micro_must(held[i] == NULL || held[i][0] == (unsigned char)i,
                   "two blocks are in one place");
        free(held[i]);
        held[i] = NULL;
    }
    return micro_end();
}

#define LIBC(what, size, call_it, take)                                                            \
    {                                                                                              \
        what ", " size, .call = call_it, .calls = MICRO_FEW / 5, .setup = take,                    \
                        .check = give_blocks                                                       \
    }

const struct benchmark micro_memory[] = {
    {"memory read, 1 MiB", .call = read_all, .calls = MICRO_FEW / 5, .setup = fill,
     .check = micro_end},
    {"memory write, 1 MiB", .call = write_all, .calls = MICRO_FEW / 5, .setup = fill,
     .check = all_written},
    {"copy by hand, 1 MiB", .call = copy_by_hand, .calls = MICRO_FEW / 5, .setup = fill,
     .check = all_copied},
    {"memcpy, 4 KiB", .call = copy, .calls = MICRO_CALLS, .setup = take_4k, .check = give_blocks},
    LIBC("memcpy", "1 MiB", copy, take_1m),
    {"memcpy, 16 MiB", .call = copy, .calls = 1, .setup = take_16m, .check = give_blocks},
    {"memset, 4 KiB", .call = set, .calls = MICRO_CALLS, .setup = take_4k, .check = give_blocks},
    LIBC("memset", "1 MiB", set, take_1m),
    {"memset, 16 MiB", .call = set, .calls = 1, .setup = take_16m, .check = give_blocks},
    {"allocation storm", .call = storm, .calls = 4 * MICRO_CALLS, .setup = calm,
     .check = calm_again, .note = "malloc of 64 B to 32 KiB and free, in no order"},
    {.name = NULL},
};
