// SPDX-License-Identifier: BSD-2-Clause
// The operations of one CPU. What looks at a result is counted too, one or two instructions on
// either system.

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
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
static unsigned read_clock(unsigned n, size_t clock)
{
    struct timespec first, now;
    int failed = 0;
    clock_gettime((clockid_t)clock, &first);
    COUNTED(n, failed |= clock_gettime((clockid_t)clock, &now));
    int64_t passed =
        (now.tv_sec - first.tv_sec) * INT64_C(1000000000) + now.tv_nsec - first.tv_nsec;
    return !failed && passed >= n ? n : 0;
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

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static sem_t ping, pong;
static unsigned balls; // how often the other thread played it back

static void hand_over(int to)
{
    pthread_mutex_lock(&mutex);
    turn = to;
    pthread_cond_signal(&changed);
    while (turn == to)
        pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
}

static void *cond_player(void *n)
{
    unsigned left = *(unsigned *)n;
    pthread_mutex_lock(&mutex);
    while (left) {
        while (turn != 1)
            pthread_cond_wait(&changed, &mutex);
        balls++;
        left--;
        turn = 0;
        pthread_cond_signal(&changed);
    }
    pthread_mutex_unlock(&mutex);
    return n;
}

static unsigned ping_pong_cond(unsigned n, size_t bytes)
{
    (void)bytes;
    turn = 0;
    balls = 0;
    pthread_t other = create(cond_player, &n);
    sched_yield();
    COUNTED(n, hand_over(1));
    pthread_join(other, NULL);
    return balls;
}

static void *sem_player(void *n)
{
    for (unsigned left = *(unsigned *)n; left; left--) {
        sem_wait(&ping);
        balls++;
        sem_post(&pong);
    }
    return n;
}

static unsigned ping_pong_sem(unsigned n, size_t bytes)
{
    (void)bytes;
    balls = 0;
    sem_init(&ping, 0, 0);
    sem_init(&pong, 0, 0);
    pthread_t other = create(sem_player, &n);
    sched_yield();
    COUNTED(n, sem_post(&ping); sem_wait(&pong));
    pthread_join(other, NULL);
    return balls;
}

static unsigned create_join(unsigned n, size_t bytes)
{
    unsigned count = 0;
    (void)bytes;
    pthread_join(create(came, &count), NULL); // stacks are kept from here on
    count = 0;
    COUNTED(n, pthread_join(create(came, &count), NULL));
    return count;
}

static unsigned mutex_pair(unsigned n, size_t bytes)
{
    int failed = 0;
    (void)bytes;
    COUNTED(n, failed |= pthread_mutex_lock(&mutex); failed |= pthread_mutex_unlock(&mutex));
    return failed ? 0 : n;
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

static unsigned first_touch(unsigned n, size_t bytes)
{
    char *block = take((n + 1) * bytes);
    volatile char *at = block + bytes - (uintptr_t)block % bytes;
    unsigned long before = page_faults();
    COUNTED(n, *at = 1; at += bytes);
    unsigned long after = page_faults();
    free(block);
    return (unsigned)(after - before);
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

static unsigned open_close(unsigned n, size_t bytes)
{
    int failed = 0;
    int fd = make_file(1, bytes), opened = 0;
    COUNTED(n, opened = open(FILE_AT, O_RDONLY); failed |= close(opened));
    close(fd);
    unlink(FILE_AT);
    return failed || opened <= fd ? 0 : n;
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

static volatile unsigned handled;

static void handler(int number)
{
    (void)number;
    handled++;
}

static unsigned raise_handle(unsigned n, size_t bytes)
{
    int failed = 0;
    (void)bytes;
    handled = 0;
    signal(SIGUSR1, handler);
    COUNTED(n, failed |= raise(SIGUSR1));
    signal(SIGUSR1, SIG_DFL);
    return failed ? 0 : handled;
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
    {"clock_gettime, monotonic", read_clock, 1000, CLOCK_MONOTONIC},
    {"clock_gettime, realtime", read_clock, 1000, CLOCK_REALTIME},
    {"sched_yield, alone", yield_alone, 1000, 0},
    {"sched_yield, to another thread", yield_to_another, 2000, 0},
    {"ping-pong, mutex and condition", ping_pong_cond, 1000, 0},
    {"ping-pong, semaphores", ping_pong_sem, 1000, 0},
    {"pthread_create, pthread_join", create_join, 500, 0},
    {"mutex, lock and unlock", mutex_pair, 1000, 0},
    {"malloc, free, 16 B", malloc_free, 1000, 16},
    {"malloc, free, 64 B", malloc_free, 1000, 64},
    {"malloc, free, 256 B", malloc_free, 1000, 256},
    {"malloc, free, 4 KiB", malloc_free, 1000, 4096},
    {"malloc, free, 1 MiB", malloc_free, 1000, 1u << 20},
    {"first touch of 4 KiB", first_touch, 1024, PAGE},
    {"read, 1 B", read_file, 1000, 1},
    {"read, 4 KiB", read_file, 256, PAGE},
    {"write, 1 B", write_file, 1000, 1},
    {"write, 4 KiB", write_file, 256, PAGE},
    {"open, close", open_close, 1000, 1},
    {"memcpy, 8 B", copy, 1000, 8},
    {"memcpy, 64 B", copy, 1000, 64},
    {"memcpy, 256 B", copy, 1000, 256},
    {"memcpy, 4 KiB", copy, 1000, 4096},
    {"memcpy, 1 MiB", copy, 100, 1u << 20},
    {"memset, 64 B", fill, 1000, 64},
    {"memset, 4 KiB", fill, 1000, 4096},
    {"memset, 1 MiB", fill, 100, 1u << 20},
    {"strlen, 8 B", length, 1000, 8},
    {"strlen, 64 B", length, 1000, 64},
    {"strlen, 4 KiB", length, 1000, 4096},
    {"nanosleep, 1 µs", sleep_1us, 1000, 0},
    {"raise, to the handler", raise_handle, 1000, 0},
    {"snprintf, %d %s %u", format_words, 1000, 0},
    {"snprintf, %.3f", format_double, 1000, 0},
    {NULL, NULL, 0, 0},
};
