/* SPDX-License-Identifier: BSD-2-Clause */
/* micro: a token that threads on one CPU hand round by pipes, and what pipes move. */
#include "micro.h"
#include <limpet.h>
#include <string.h>
#include <unistd.h>

#define MOST  16          /* threads */
#define TOKEN 4           /* bytes */
#define BLOCK (64u << 10) /* of the pipe's bandwidth */
#define LARGE (64u << 10) /* most that a thread sums */

/* Thread i waits at pipe i, sums its own memory, and writes to the next pipe. The caller is 0. */
static struct {
    unsigned threads, token, bytes;
    int reload; /* CR3, when the token comes */
    int pipe[MOST][2];
    pthread_t thread[MOST];
    uint64_t passed[MOST];
    uint32_t turns; /* before */
    uint32_t sum;   /* of each one's memory */
} ring;
static uint32_t memory[MOST][LARGE / sizeof(uint32_t)];

/* Our own memory is looked at, and where we may, translations are forgotten as between processes.
 */
static void work(unsigned me)
{
    uint32_t sum = 0;
#ifdef __limpet__
    if (ring.reload)
        __asm__ volatile("mov %%cr3, %%rax; mov %%rax, %%cr3" : : : "rax", "memory");
#endif
    for (unsigned i = 0; i < ring.bytes / sizeof sum; i++)
        sum += memory[me][i];
    micro_must(sum == ring.sum, "a thread did not sum its memory");
}

static int hand_on(unsigned to, const char *token)
{
    return write(ring.pipe[to][1], token, ring.token) == (ssize_t)ring.token;
}

/* Until a token comes that says the end, which is handed on. */
static void *take_part(void *argument)
{
    unsigned me = (unsigned)(uintptr_t)argument;
    char token[TOKEN];
    while (read(ring.pipe[me][0], token, ring.token) == (ssize_t)ring.token) {
        work(me);
        ring.passed[me]++;
        if (!hand_on((me + 1) % ring.threads, token) || token[0] == 'e')
            break;
    }
    return NULL;
}

static const char *start_ring(unsigned threads, unsigned token, unsigned kib, int reload)
{
    micro_begin();
    ring.threads = 0;
    ring.token = token;
    ring.bytes = kib << 10;
    ring.reload = reload;
    ring.sum = 0;
    memset(ring.passed, 0, sizeof ring.passed);
    for (unsigned i = 0; i < LARGE / sizeof ring.sum; i++) {
        for (unsigned k = 0; k < threads; k++)
            memory[k][i] = i * 2654435761u;
        ring.sum += i < ring.bytes / sizeof ring.sum ? i * 2654435761u : 0;
    }
    if (limpet_pin(0) != 0)
        return "CPU 0 cannot be had";
    for (unsigned i = 0; i < threads; i++)
        if (pipe(ring.pipe[i]) != 0)
            return "no pipe";
    ring.threads = threads;
    for (unsigned i = 1; i < threads; i++)
        if (pthread_create(&ring.thread[i], NULL, take_part, (void *)(uintptr_t)i) != 0)
            return "no memory for a thread";
    for (unsigned i = 0; i < threads; i++) /* all wait now */
        sched_yield();
    ring.turns = limpet_turns();
    return NULL;
}

static void go_round(uint64_t n)
{
    char token[TOKEN] = "t";
    micro_asked += n;
    for (; n != 0; n--) {
        micro_must(hand_on(1 % ring.threads, token), "a pipe did not take the token");
        token[0] = 'x';
        micro_done +=
            read(ring.pipe[0][0], token, ring.token) == (ssize_t)ring.token && token[0] == 't';
        work(0);
    }
}

/* Each thread had the token each time, and as many turns on the CPU. */
static const char *end_ring(void)
{
    uint64_t rounds = micro_asked;
    char token[TOKEN] = "end";
    uint32_t turns = limpet_turns() - ring.turns;
    for (unsigned i = 1; i < ring.threads; i++)
        micro_must(ring.passed[i] == rounds, "a thread did not have the token each time");
    if (ring.threads > 1) {
        micro_must(turns >= rounds * ring.threads, "the scheduler counted fewer switches");
        micro_must(hand_on(1, token) && read(ring.pipe[0][0], token, ring.token) > 0,
                   "the token was lost");
    }
    for (unsigned i = 1; i < ring.threads; i++)
        pthread_join(ring.thread[i], NULL);
    for (unsigned i = 0; i < ring.threads; i++) {
        close(ring.pipe[i][0]);
        close(ring.pipe[i][1]);
    }
    limpet_pin(LIMPET_ANY_CPU);
    return micro_end();
}

#define RING(threads, kib)                                                                         \
    static const char *ring_##threads##_##kib(void) { return start_ring(threads, TOKEN, kib, 0); }
RING(1, 0)
RING(1, 16)
RING(1, 64)
RING(2, 0)
RING(2, 16)
RING(2, 64)
RING(8, 16)
RING(8, 64)
RING(16, 16)
RING(16, 64)
static const char *ring_reload(void) { return start_ring(2, TOKEN, 0, 1); }
static const char *ring_byte(void) { return start_ring(2, 1, 0, 0); }

static const char *no_reload(void)
{
#ifdef __limpet__
    return NULL;
#else
    return "a program of Linux may not write CR3";
#endif
}

/* Blocks through a pipe, to a thread that says when it has all of them. */
static struct {
    int there[2], back[2];
    pthread_t reader;
    volatile uint64_t wanted; /* bytes, of all calls so far */
} stream;
static char block[BLOCK], received[BLOCK];

static void *receive(void *unused)
{
    uint64_t got = 0;
    ssize_t n;
    while ((n = read(stream.there[0], received + got % BLOCK, BLOCK - got % BLOCK)) > 0) {
        got += (uint64_t)n;
        micro_done += (uint64_t)n;
        if (got == stream.wanted)
            micro_must(write(stream.back[1], received, 1) == 1, "a pipe did not take the answer");
    }
    return unused;
}

static const char *start_stream(void)
{
    micro_begin();
    stream.wanted = 0;
    for (unsigned i = 0; i < BLOCK; i++)
        block[i] = (char)(i * 31 + i / 256);
    if (limpet_pin(0) != 0 || pipe(stream.there) != 0 || pipe(stream.back) != 0)
        return "no pipe";
    return pthread_create(&stream.reader, NULL, receive, NULL) != 0 ? "no memory for a thread"
                                                                    : NULL;
}

static void send_blocks(uint64_t n)
{
    char answer;
    micro_asked += n * BLOCK;
    stream.wanted += n * BLOCK;
    for (; n != 0; n--)
        micro_must(write(stream.there[1], block, BLOCK) == (ssize_t)BLOCK,
                   "a pipe did not take a block");
    micro_must(read(stream.back[0], &answer, 1) == 1, "no answer came");
}

static const char *end_stream(void)
{
    close(stream.there[1]);
    pthread_join(stream.reader, NULL);
    close(stream.there[0]);
    close(stream.back[0]);
    close(stream.back[1]);
    limpet_pin(LIMPET_ANY_CPU);
    micro_must(memcmp(block, received, BLOCK) == 0, "other bytes came than were sent");
    return micro_end();
}

#define SWITCH(n, kib)                                                                             \
    {                                                                                              \
        "context switch, " #n "p/" #kib "K", .call = go_round, .calls = MICRO_CALLS / (n),         \
                                             .per_call = (n), .setup = ring_##n##_##kib,           \
                                             .check = end_ring                                     \
    }
#define ALONE(kib)                                                                                 \
    {                                                                                              \
        "pipe alone, " #kib "K",                                                                   \
            .call = go_round, .calls = MICRO_CALLS / 2, .setup = ring_1_##kib, .check = end_ring,  \
            .note = "what a context switch has of writing, reading and summing"                    \
    }

const struct benchmark micro_switches[] = {
    SWITCH(2, 0),
    SWITCH(2, 16),
    SWITCH(2, 64),
    SWITCH(8, 16),
    SWITCH(8, 64),
    SWITCH(16, 16),
    SWITCH(16, 64),
    {"context switch, CR3 reloaded", .none = no_reload, .call = go_round, .calls = MICRO_CALLS / 2,
     .per_call = 2, .setup = ring_reload, .check = end_ring, .note = "2p/0K"},
    ALONE(0),
    ALONE(16),
    ALONE(64),
    {"pipe, round trip", .call = go_round, .calls = MICRO_CALLS / 2, .setup = ring_byte,
     .check = end_ring, .note = "1 B between two threads"},
    {"pipe, 64 KiB", .call = send_blocks, .calls = MICRO_FEW, .setup = start_stream,
     .check = end_stream, .note = "to another thread"},
    {.name = NULL},
};
