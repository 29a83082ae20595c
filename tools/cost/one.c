// SPDX-License-Identifier: BSD-2-Clause
// The operations of one CPU that suite micro has not (apps/micro). What looks at a result is
// counted too, one or two instructions on either system.

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "operations.h"

#define PAGE    4096u
#define FILE_AT "operations.file"

static unsigned empty_loop(unsigned n, size_t bytes)
{
    (void)bytes;
    COUNTED(n, );
    return n;
}

static unsigned null_call(unsigned n, size_t bytes)
{
    uint64_t sum = 0;
    (void)bytes;
    COUNTED(n, sum += (uint64_t)getpid());
    return (unsigned)(sum / (uint64_t)getpid());
}

// A clock that stood still or went back would be seen: n calls make as many steps of at least 1 ns.
// The compiler sees which clock it is, as in most programs.
static inline __attribute__((always_inline)) unsigned read_clock(unsigned n, clockid_t clock)
{
    struct timespec first, now;
    int failed = 0;
    clock_gettime(clock, &first);
    COUNTED(n, failed |= clock_gettime(clock, &now));
    int64_t passed =
        (now.tv_sec - first.tv_sec) * INT64_C(1000000000) + now.tv_nsec - first.tv_nsec;
    return !failed && passed >= n ? n : 0;
}

static unsigned read_monotonic(unsigned n, size_t bytes)
{
    (void)bytes;
    return read_clock(n, CLOCK_MONOTONIC);
}

static unsigned read_realtime(unsigned n, size_t bytes)
{
    (void)bytes;
    return read_clock(n, CLOCK_REALTIME);
}

static unsigned yield_alone(unsigned n, size_t bytes)
{
    int failed = 0;
    (void)bytes;
    COUNTED(n, failed |= sched_yield());
    return failed ? 0 : n;
}

static volatile int turn;
static volatile unsigned calls,
    changes; // changes: how often the turn was the other thread's before

// Until both threads have made n calls.
static void yield_in_turn(unsigned n, int me)
{
    while (calls < n) {
        calls++;
        changes += turn != me;
        turn = me;
        sched_yield();
    }
}

static void *yielder(void *n)
{
    turn = 1;
    sched_yield();
    yield_in_turn(*(unsigned *)n, 1);
    return n;
}

// Nearly all calls must find that the other thread had its turn.
static unsigned yield_to_another(unsigned n, size_t bytes)
{
    (void)bytes;
    calls = changes = 0;
    turn = 0;
    pthread_t other = create(yielder, &n);
    while (turn != 1)
        sched_yield();
    MARK(MARK_BEGIN);
    yield_in_turn(n, 0);
    MARK(MARK_END);
    pthread_join(other, NULL);
    return changes >= n - n / 10 ? n : changes;
}

static void *take(size_t bytes)
{
    void *block = malloc(bytes);
    if (!block)
        fail("no memory");
    return block;
}

static unsigned malloc_free(unsigned n, size_t bytes)
{
    unsigned missing = 0;
    free(take(bytes));
    COUNTED(n, void *block = malloc(bytes); missing += !block; free(block));
    return n - missing;
}

static char buffer[1u << 20], other_buffer[1u << 20];

// A file that has n pieces.
static int make_file(unsigned n, size_t bytes)
{
    int fd = open(FILE_AT, O_RDWR | O_CREAT | O_TRUNC, 0600);
    memset(buffer, 'x', bytes);
    for (unsigned i = 0; i < n; i++)
        if (write(fd, buffer, bytes) != (ssize_t)bytes)
            fail("a file cannot be written");
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static unsigned read_file(unsigned n, size_t bytes)
{
    int fd = make_file(n, bytes);
    size_t sum = 0;
    buffer[bytes - 1] = 0;
    COUNTED(n, sum += (size_t)read(fd, buffer, bytes));
    close(fd);
    unlink(FILE_AT);
    return buffer[bytes - 1] == 'x' ? (unsigned)(sum / bytes) : 0;
}

static unsigned write_file(unsigned n, size_t bytes)
{
    int fd = make_file(n, bytes);
    size_t sum = 0;
    buffer[bytes - 1] = 'y';
    COUNTED(n, sum += (size_t)write(fd, buffer, bytes));
    lseek(fd, -1, SEEK_CUR);
    char last = 0;
    if (read(fd, &last, 1) != 1 || lseek(fd, 0, SEEK_END) != (off_t)(n * bytes))
        last = 0;
    close(fd);
    unlink(FILE_AT);
    return last == 'y' ? (unsigned)(sum / bytes) : 0;
}

static unsigned copy(unsigned n, size_t bytes)
{
    memset(buffer, 0, bytes);
    memset(other_buffer, 'c', bytes);
    COUNTED(n, memcpy(buffer, other_buffer, bytes));
    return memcmp(buffer, other_buffer, bytes) == 0 ? n : 0;
}

static unsigned fill(unsigned n, size_t bytes)
{
    memset(other_buffer, 'f', bytes);
    memset(buffer, 0, bytes);
    COUNTED(n, memset(buffer, 'f', bytes));
    return memcmp(buffer, other_buffer, bytes) == 0 ? n : 0;
}

static unsigned length(unsigned n, size_t bytes)
{
    size_t sum = 0;
    memset(buffer, 'l', bytes);
    buffer[bytes] = '\0';
    COUNTED(n, sum += strlen(buffer));
    return (unsigned)(sum / bytes);
}

static unsigned sleep_1us(unsigned n, size_t bytes)
{
    struct timespec first, now, wanted = {0, 1000};
    int failed = 0;
    (void)bytes;
    clock_gettime(CLOCK_MONOTONIC, &first);
    COUNTED(n, failed |= nanosleep(&wanted, NULL));
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t passed =
        (now.tv_sec - first.tv_sec) * INT64_C(1000000000) + now.tv_nsec - first.tv_nsec;
    return failed || passed < 1000 * (int64_t)n ? 0 : n;
}

static unsigned format_words(unsigned n, size_t bytes)
{
    size_t sum = 0;
    (void)bytes;
    COUNTED(n, sum += (size_t)snprintf(buffer, 64, "%d %s %u", 12345, "words", 678u));
    return strcmp(buffer, "12345 words 678") == 0 ? (unsigned)(sum / strlen(buffer)) : 0;
}

static unsigned format_double(unsigned n, size_t bytes)
{
    size_t sum = 0;
    (void)bytes;
    COUNTED(n, sum += (size_t)snprintf(buffer, 64, "%.3f", 1234.5678));
    return strcmp(buffer, "1234.568") == 0 ? (unsigned)(sum / strlen(buffer)) : 0;
}

// The first row is what a loop costs by itself, to be taken off the others.
const struct row rows_of_one[] = {
    {"empty loop", empty_loop, 1000, 0},
    {"getpid", null_call, 1000, 0},
    {"clock_gettime, monotonic", read_monotonic, 1000, 0},
    {"clock_gettime, realtime", read_realtime, 1000, 0},
    {"sched_yield, alone", yield_alone, 1000, 0},
    {"sched_yield, to another thread", yield_to_another, 2000, 0},
    {"malloc, free, 16 B", malloc_free, 1000, 16},
    {"malloc, free, 64 B", malloc_free, 1000, 64},
    {"malloc, free, 256 B", malloc_free, 1000, 256},
    {"malloc, free, 4 KiB", malloc_free, 1000, 4096},
    {"malloc, free, 1 MiB", malloc_free, 1000, 1u << 20},
    {"read, 1 B", read_file, 1000, 1},
    {"read, 4 KiB", read_file, 256, PAGE},
    {"write, 1 B", write_file, 1000, 1},
    {"write, 4 KiB", write_file, 256, PAGE},
    {"memcpy, 8 B", copy, 1000, 8},
    {"memcpy, 64 B", copy, 1000, 64},
    {"memcpy, 256 B", copy, 1000, 256},
    {"memset, 64 B", fill, 1000, 64},
    {"strlen, 8 B", length, 1000, 8},
    {"strlen, 64 B", length, 1000, 64},
    {"strlen, 4 KiB", length, 1000, 4096},
    {"nanosleep, 1 µs", sleep_1us, 1000, 0},
    {"snprintf, %d %s %u", format_words, 1000, 0},
    {"snprintf, %.3f", format_double, 1000, 0},
    {NULL, NULL, 0, 0},
};
