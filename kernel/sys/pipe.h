/* SPDX-License-Identifier: BSD-2-Clause */
/* Pipes, those with names (fifo.c) and those without. Under file_mutex. */
#ifndef KERNEL_PIPE_H
#define KERNEL_PIPE_H

#include "sys/file.h"
#include "sys/wait.h"

struct pipe {
    uint8_t *ring;
    uint32_t capacity, first, used; /* bytes */
    uint32_t readers, writers;      /* open files; without any the pipe goes away */
    struct wait_list readable, writable;
    /* Of a FIFO alone: */
    struct inode *node;
    uint32_t opened_to_read, opened_to_write; /* how often */
    struct wait_list partners;                /* who waits for the other end to be opened */
};

/* Without ends, which who made it counts; NULL: no memory. */
struct pipe *pipe_new(void);

/* True: that was its last end, and it is gone. */
bool pipe_close(struct file *f);

/* The rest of a struct file_kind. */
int64_t pipe_read(struct file *f, void *buf, size_t n, uint64_t *at);
int64_t pipe_write(struct file *f, const void *buf, size_t n, uint64_t *at);
unsigned pipe_poll(struct file *f, struct waiter *w);
uint64_t pipe_available(const struct file *f);

#endif
