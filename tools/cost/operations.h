// SPDX-License-Identifier: BSD-2-Clause
// Operations to count: two tables of rows. Each row is a function that does an operation n times
// between two marks and proves that it happened; the same source runs in an image of Limpet and as
// a Linux guest's init.
#ifndef COST_OPERATIONS_H
#define COST_OPERATIONS_H

#include <pthread.h>
#include <stddef.h>

#include "marks.h"

struct row {
    const char *name;
    // Does it n times; returns how often it happened, as seen in its results. Where several threads
    // do it, each does n.
    unsigned (*run)(unsigned n, size_t bytes);
    unsigned n;
    size_t bytes; // what it is asked for: a block's, a copy's
};

extern const struct row rows_of_one[], rows_of_several[]; // each ends with an empty row

extern unsigned threads; // of rows_of_several: one for each CPU

// The first touches so far that the kernel gave a page for.
unsigned long page_faults(void);

// Ends the program: "operations: WHAT" is the reason.
_Noreturn void fail(const char *what);

static inline pthread_t create(void *(*start)(void *), void *argument)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, start, argument) != 0)
        fail("no thread");
    return thread;
}

// A thread that is counted.
static inline void *came(void *count)
{
    ++*(unsigned *)count;
    return NULL;
}

// What memory holds may be other after each time, so that no call may be made once for all.
#define COUNTED(n, statement)                                                                      \
    do {                                                                                           \
        MARK(MARK_BEGIN);                                                                          \
        for (unsigned left = (n); left; left--) {                                                  \
            statement;                                                                             \
            __asm__ volatile("" ::: "memory");                                                     \
        }                                                                                          \
        MARK(MARK_END);                                                                            \
    } while (0)

#endif
