/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Open files, and the descriptors that stand for them. What an open file is made of is its kind: a
 * file in memory, a device, a pipe. The console is none of these, so that who writes to it alone is
 * linked without them.
 */
#ifndef KERNEL_FILE_H
#define KERNEL_FILE_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "sched/mutex.h"

struct file;
struct inode;
struct stat;
struct waiter;

/*
 * All are called under file_mutex, which those that block drop while they wait (file_wait()); 0 or
 * more, or -errno. at: where in the file, which they move on.
 */
struct file_kind {
    int64_t (*read)(struct file *f, void *buf, size_t n, uint64_t *at);
    int64_t (*write)(struct file *f, const void *buf, size_t n, uint64_t *at);
    void (*close)(struct file *f); /* nothing stands for it any more */
    void (*stat)(const struct file *f, struct stat *st);
    uint64_t (*end)(const struct file *f); /* where it ends; NULL: it has no places (ESPIPE) */
    /* Which of POLLIN, POLLOUT, POLLERR, POLLHUP hold; w, if not NULL, comes into the list of who
     * waits for a change. NULL: it is always ready. */
    unsigned (*poll)(struct file *f, struct waiter *w);
    uint64_t (*available)(const struct file *f); /* bytes to be read at once; NULL: none */
};

/* Several descriptors may stand for one (dup()). */
struct file {
    uint32_t users; /* descriptors, and calls that wait in it; 0: free */
    int flags;      /* O_… */
    uint64_t offset;
    const struct file_kind *kind; /* NULL: the console */
    union {
        struct inode *node;
        struct pipe *pipe;
        struct file *next_free;
    };
};

/* Those that every program has; more come by pages. */
#define FEW_FILES 16

extern struct mutex file_mutex;   /* over descriptors, open files, and the tree */
extern struct file **descriptors; /* NULL: closed */
extern int descriptor_limit;      /* new ones are below this */
extern int descriptor_count;      /* so many there are now; OPEN_MAX at most */

/* Without the mutex: with it one looks again whether the descriptor still stands for the file,
 * whose memory is a file's for good. NULL, with errno set. */
static inline struct file *file_of(int fd)
{
    if ((unsigned)fd < (unsigned)descriptor_count && descriptors[fd] != 0)
        return descriptors[fd];
    errno = EBADF;
    return 0;
}

static inline bool file_reads(const struct file *f) { return (f->flags & O_ACCMODE) != O_WRONLY; }
static inline bool file_writes(const struct file *f) { return (f->flags & O_ACCMODE) != O_RDONLY; }

/* Turns a kernel call's result into POSIX's. */
static inline int64_t file_result(int64_t r)
{
    if (r >= 0)
        return r;
    errno = (int)-r;
    return -1;
}

/* Under the mutex. */

/* The first closed descriptor from this one on; -EMFILE. */
int file_closed_descriptor(int from);

/* An open file of nobody's yet, users 1; NULL: no memory. And whom nobody wants any more. */
struct file *file_new(const struct file_kind *kind, int flags);
void file_drop(struct file *f);

/* The mutex dropped, until what the list is of has changed. -EINTR: who called brings its own state
 * in order, then asks file_interruption(), which lets signals' handlers run, that may not come
 * back; true: the call ends with EINTR. */
struct wait_list;
int file_wait(struct wait_list *list);
bool file_interruption(void);

#endif
