/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading and writing while the program goes on: POSIX.1-2017, <aio.h>. Threads do it, up to 16,
 * which end when there is nothing more to do; requests of one descriptor follow each other. Calls
 * return 0, or -1 with errno set as POSIX says.
 */
#ifndef LIMPET_AIO_H
#define LIMPET_AIO_H

#include <fcntl.h>
#include <signal.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef O_DSYNC
#define O_DSYNC O_SYNC
#endif

/* It and what it points to stay as they are until the request is over. */
struct aiocb {
    int aio_fildes;
    int aio_lio_opcode; /* for lio_listio() */
    int aio_reqprio;    /* 0 to AIO_PRIO_DELTA_MAX, of no effect */
    volatile void *aio_buf;
    size_t aio_nbytes;
    off_t aio_offset; /* where in the file; of no effect with O_APPEND and where there are no places
                       */
    struct sigevent aio_sigevent;
    struct aiocb *_next;
    struct _aio_group *_group;
    int _state; /* an errno: EINPROGRESS until it is over; 0: done */
    ssize_t _result;
};

#define AIO_CANCELED       0
#define AIO_NOTCANCELED    1
#define AIO_ALLDONE        2
#define LIO_READ           0
#define LIO_WRITE          1
#define LIO_NOP            2
#define LIO_WAIT           0
#define LIO_NOWAIT         1
#define AIO_PRIO_DELTA_MAX 20

/* A descriptor that is not open is told by aio_error(), to aio_fsync() at once. */
int aio_read(struct aiocb *request);
int aio_write(struct aiocb *request);
int aio_fsync(int what, struct aiocb *request); /* O_SYNC or O_DSYNC: all is in memory */

/* EINPROGRESS, 0, or the errno that it ended with; what read(), write() or fsync() returned, to be
 * asked once. */
int aio_error(const struct aiocb *request);
ssize_t aio_return(struct aiocb *request);

/* NULL: all of the descriptor. AIO_CANCELED, AIO_NOTCANCELED: one is at work, AIO_ALLDONE. */
int aio_cancel(int fd, struct aiocb *request);

/* Until one of them is over; NULL among them is passed over. timeout is relative; EAGAIN: it has
 * passed. */
int aio_suspend(const struct aiocb *const requests[], int n, const struct timespec *timeout);

/* LIO_WAIT: until all are over, EIO: one has failed; LIO_NOWAIT: event, if not NULL, tells of it.
 */
int lio_listio(int mode, struct aiocb *__restrict const requests[__restrict], int n,
               struct sigevent *__restrict event);

#ifdef __cplusplus
}
#endif

#endif
