// SPDX-License-Identifier: BSD-2-Clause
// The operations that a thread on each CPU does at once. The threads' own start and end are counted
// too, over n operations each.

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "operations.h"

#define PAGE 4096u
#define MAX  64

struct job {
    unsigned (*run)(unsigned n, size_t bytes); // returns how often it happened
    unsigned n, happened;
    size_t bytes;
};

static void *worker(void *argument)
{
    struct job *job = argument;
    job->happened = job->run(job->n, job->bytes);
    return NULL;
}

// Runs it in all threads at once, between the marks.
static unsigned at_once(unsigned (*run)(unsigned, size_t), unsigned n, size_t bytes)
{
    static struct job jobs[MAX];
    pthread_t ids[MAX];
    unsigned happened = 0;
    MARK(MARK_BEGIN);
    for (unsigned i = 0; i < threads; i++) {
        jobs[i] = (struct job){.run = run, .n = n, .bytes = bytes};
        ids[i] = create(worker, &jobs[i]);
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    MARK(MARK_END);
    for (unsigned i = 0; i < threads; i++)
        happened += jobs[i].happened;
    return happened;
}

static unsigned untouched(unsigned n, size_t bytes)
{
    unsigned missing = 0;
    for (unsigned i = 0; i < n; i++) {
        void *volatile block = malloc(bytes);
        missing += !block;
        free(block);
    }
    return n - missing;
}

// A page of the block in each `step` bytes.
static unsigned touched(unsigned n, size_t bytes, size_t step)
{
    unsigned missing = 0;
    for (unsigned i = 0; i < n; i++) {
        volatile char *block = malloc(bytes);
        missing += !block;
        for (size_t at = step / 2; block && at < bytes; at += step)
            block[at] = 1;
        free((void *)block);
    }
    return n - missing;
}

static unsigned one_page(unsigned n, size_t bytes) { return touched(n, bytes, bytes); }

static unsigned all_pages(unsigned n, size_t bytes) { return touched(n, bytes, PAGE); }

// n pages, of a block that has them all.
static unsigned faults(unsigned n, size_t bytes) { return touched(1, n * bytes, bytes) * n; }

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned shared;

static unsigned lock_unlock(unsigned n, size_t bytes)
{
    (void)bytes;
    for (unsigned i = 0; i < n; i++) {
        pthread_mutex_lock(&mutex);
        shared++;
        pthread_mutex_unlock(&mutex);
    }
    return n;
}

static unsigned create_join(unsigned n, size_t bytes)
{
    unsigned count = 0;
    (void)bytes;
    for (unsigned i = 0; i < n; i++)
        pthread_join(create(came, &count), NULL);
    return count;
}

static unsigned row_untouched(unsigned n, size_t bytes) { return at_once(untouched, n, bytes); }

static unsigned row_one_page(unsigned n, size_t bytes) { return at_once(one_page, n, bytes); }

static unsigned row_all_pages(unsigned n, size_t bytes) { return at_once(all_pages, n, bytes); }

static unsigned row_faults(unsigned n, size_t bytes)
{
    unsigned long before = page_faults();
    unsigned done = at_once(faults, n, bytes);
    return page_faults() - before >= done ? done : 0;
}

static unsigned row_mutex(unsigned n, size_t bytes)
{
    shared = 0;
    return at_once(lock_unlock, n, bytes) == shared ? shared : 0;
}

static unsigned row_create(unsigned n, size_t bytes) { return at_once(create_join, n, bytes); }

const struct row rows_of_several[] = {
    {"malloc, free, 64 B", row_untouched, 100000, 64},
    {"malloc, free, 512 KiB", row_untouched, 20000, 512u << 10},
    {"the same, one page touched", row_one_page, 5000, 512u << 10},
    {"malloc, free, 1 MiB, all touched", row_all_pages, 50, 1u << 20},
    {"first touch of 4 KiB, with its freeing", row_faults, 4096, PAGE},
    {"a mutex that all want", row_mutex, 100000, 0},
    {"pthread_create, pthread_join", row_create, 2000, 0},
    {NULL, NULL, 0, 0},
};
