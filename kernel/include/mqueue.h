/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Message queues between threads: POSIX.1-2017, <mqueue.h>. There is one process, whose queues last
 * until it ends. All but mq_open() return 0 or more, or -1 with errno set as POSIX says.
 */
#ifndef LIMPET_MQUEUE_H
#define LIMPET_MQUEUE_H

#include <fcntl.h>
#include <signal.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int mqd_t; /* of queues alone: it is no file's descriptor */

struct mq_attr {
    long mq_flags;   /* O_NONBLOCK, or 0 */
    long mq_maxmsg;  /* messages */
    long mq_msgsize; /* bytes of the largest */
    long mq_curmsgs; /* messages that are there */
};

#define MQ_PRIO_MAX 32768 /* priorities are below this */
#define MQ_OPEN_MAX 256

/* name: as a file's, without a slash but the first. With O_CREAT in flags: mode_t mode, of no
 * effect, and struct mq_attr *attr; NULL: 10 messages of 8192 bytes. (mqd_t)-1 with errno on error;
 * ENOSPC: no memory for all of its messages. */
mqd_t mq_open(const char *name, int flags, ...);
int mq_close(mqd_t queue);
int mq_unlink(const char *name);

/* abstime is of CLOCK_REALTIME. bytes: room for the largest message; *priority, if not NULL, is the
 * message's. */
int mq_send(mqd_t queue, const char *message, size_t bytes, unsigned priority);
int mq_timedsend(mqd_t queue, const char *message, size_t bytes, unsigned priority,
                 const struct timespec *abstime);
ssize_t mq_receive(mqd_t queue, char *message, size_t bytes, unsigned *priority);
ssize_t mq_timedreceive(mqd_t queue, char *__restrict message, size_t bytes,
                        unsigned *__restrict priority, const struct timespec *__restrict abstime);

/* Of attributes only the flags can be set. */
int mq_getattr(mqd_t queue, struct mq_attr *attr);
int mq_setattr(mqd_t queue, const struct mq_attr *__restrict attr, struct mq_attr *__restrict old);

/* Tells once when a message comes into the empty queue and nobody waits for it; NULL: not any more.
 */
int mq_notify(mqd_t queue, const struct sigevent *event);

#ifdef __cplusplus
}
#endif

#endif
