/* SPDX-License-Identifier: BSD-2-Clause */
/* Message queues, and input and output that goes on meanwhile. */
#include "check.h"
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

static const struct mq_attr two = {.mq_maxmsg = 2, .mq_msgsize = 16};
static volatile sig_atomic_t told;
static volatile int value;

static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    value = info->si_value.sival_int;
    told++;
}

static const char *names(void)
{
    mqd_t q = mq_open("/names", O_CREAT | O_RDWR, 0600, &two);
    struct mq_attr attr;
    EXPECT(q != (mqd_t)-1 && mq_getattr(q, &attr) == 0);
    EXPECT(attr.mq_maxmsg == 2 && attr.mq_msgsize == 16 && attr.mq_curmsgs == 0);
    EXPECT(mq_open("/names", O_CREAT | O_EXCL | O_RDWR, 0600, &two) == -1 && errno == EEXIST);
    EXPECT(mq_open("/none", O_RDWR) == -1 && errno == ENOENT);
    EXPECT(mq_open("none", O_CREAT | O_RDWR, 0600, NULL) == -1 && errno == EINVAL);
    EXPECT(mq_open("/zero", O_CREAT | O_RDWR, 0600, &(struct mq_attr){0}) == -1 && errno == EINVAL);
    EXPECT(mq_unlink("/names") == 0 && mq_unlink("/names") == -1 && errno == ENOENT);
    EXPECT(mq_send(q, "still", 5, 0) == 0 && mq_close(q) == 0);
    EXPECT(mq_close(q) == -1 && errno == EBADF);
    return NULL;
}

static const char *priorities(void)
{
    mqd_t q = mq_open("/order", O_CREAT | O_RDWR, 0600,
                      &(struct mq_attr){.mq_maxmsg = 4, .mq_msgsize = 1});
    mqd_t reader = mq_open("/order", O_RDONLY);
    const unsigned given[] = {1, 5, 1, 5};
    char letter[1];
    unsigned priority;
    for (int i = 0; i < 4; i++)
        EXPECT(mq_send(q, &"abcd"[i], 1, given[i]) == 0);
    for (int i = 0; i < 4; i++) {
        EXPECT(mq_receive(reader, letter, 1, &priority) == 1);
        EXPECT(*letter == "bdac"[i] && priority == (i < 2 ? 5u : 1u));
    }
    EXPECT(mq_send(reader, "x", 1, 0) == -1 && errno == EBADF);
    EXPECT(mq_send(q, "xy", 2, 0) == -1 && errno == EMSGSIZE);
    EXPECT(mq_receive(q, letter, 0, NULL) == -1 && errno == EMSGSIZE);
    EXPECT(mq_close(q) == 0 && mq_close(reader) == 0 && mq_unlink("/order") == 0);
    return NULL;
}

static void *receives(void *argument)
{
    char text[16];
    ssize_t n = mq_receive(*(mqd_t *)argument, text, sizeof text, NULL);
    return (void *)(intptr_t)(n < 0 ? -errno : text[0]);
}

static const char *waits(void)
{
    pthread_t id;
    void *result;
    char text[16];
    struct timespec at;
    mqd_t q = mq_open("/waits", O_CREAT | O_RDWR, 0600, &two);
    EXPECT(pthread_create(&id, NULL, receives, &q) == 0);
    usleep(2000);
    EXPECT(mq_send(q, "w", 1, 0) == 0 && pthread_join(id, &result) == 0 && (intptr_t)result == 'w');
    EXPECT(mq_send(q, "1", 1, 0) == 0 && mq_send(q, "2", 1, 0) == 0);
    clock_gettime(CLOCK_REALTIME, &at);
    EXPECT(mq_timedsend(q, "3", 1, 0, &at) == -1 && errno == ETIMEDOUT);
    EXPECT(mq_setattr(q, &(struct mq_attr){.mq_flags = O_NONBLOCK}, NULL) == 0);
    EXPECT(mq_send(q, "3", 1, 0) == -1 && errno == EAGAIN);
    EXPECT(mq_receive(q, text, 16, NULL) == 1 && mq_receive(q, text, 16, NULL) == 1 &&
           *text == '2');
    EXPECT(mq_receive(q, text, 16, NULL) == -1 && errno == EAGAIN);
    mq_setattr(q, &(struct mq_attr){0}, NULL);
    EXPECT(pthread_create(&id, NULL, receives, &q) == 0);
    usleep(2000);
    EXPECT(pthread_cancel(id) == 0 && pthread_join(id, &result) == 0 && result == PTHREAD_CANCELED);
    EXPECT(mq_close(q) == 0 && mq_unlink("/waits") == 0);
    return NULL;
}

static const char *notices(void)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    struct sigevent event = {
        .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 42};
    char text[16];
    mqd_t q = mq_open("/notices", O_CREAT | O_RDWR, 0600, &two);
    sigaction(SIGUSR1, &action, NULL);
    told = 0;
    EXPECT(mq_notify(q, &event) == 0 && mq_notify(q, &event) == -1 && errno == EBUSY);
    EXPECT(mq_send(q, "a", 1, 0) == 0 && told == 1 && value == 42);
    EXPECT(mq_notify(q, &event) == 0 && mq_send(q, "b", 1, 0) == 0 &&
           told == 1); /* it was not empty */
    EXPECT(mq_receive(q, text, 16, NULL) == 1 && mq_receive(q, text, 16, NULL) == 1);
    EXPECT(mq_notify(q, NULL) == 0 && mq_send(q, "c", 1, 0) == 0 && told == 1);
    EXPECT(mq_close(q) == 0 && mq_unlink("/notices") == 0);
    return NULL;
}

static const char *requests(void)
{
    char back[6] = "";
    int fd = open("/tmp/requests", O_CREAT | O_RDWR | O_TRUNC, 0600);
    struct aiocb w[2] = {
        {.aio_fildes = fd, .aio_buf = "abc", .aio_nbytes = 3, .aio_lio_opcode = LIO_WRITE},
        {.aio_fildes = fd,
         .aio_buf = "de",
         .aio_nbytes = 2,
         .aio_offset = 3,
         .aio_lio_opcode = LIO_WRITE}};
    struct aiocb r = {.aio_fildes = fd, .aio_buf = back, .aio_nbytes = 5};
    struct aiocb *list[] = {&w[0], NULL, &w[1]};
    EXPECT(lio_listio(LIO_WAIT, list, 3, NULL) == 0 && aio_return(&w[0]) == 3 &&
           aio_return(&w[1]) == 2);
    EXPECT(aio_return(&w[0]) == -1 && errno == EINVAL);
    EXPECT(aio_read(&r) == 0);
    const struct aiocb *const one[] = {&r};
    EXPECT(aio_suspend(one, 1, NULL) == 0 && aio_error(&r) == 0 && aio_return(&r) == 5);
    EXPECT(strcmp(back, "abcde") == 0 && aio_cancel(fd, NULL) == AIO_ALLDONE);
    r.aio_reqprio = -1; /* means nothing to aio_fsync() */
    EXPECT(aio_fsync(O_SYNC, &r) == 0 && aio_suspend(one, 1, NULL) == 0 && aio_return(&r) == 0);
    EXPECT(aio_read(&r) == -1 && errno == EINVAL);
    r.aio_reqprio = 0;
    EXPECT(close(fd) == 0 && aio_read(&r) == 0 && aio_error(&r) == EBADF && aio_return(&r) == -1);
    EXPECT(aio_fsync(O_SYNC, &r) == -1 && errno == EBADF);
    return NULL;
}

/* Two of a pipe's: the first blocks, so that the second can be taken back, and tells of it. */
static const char *canceled(void)
{
    int fds[2];
    char a, b;
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &action, NULL);
    EXPECT(pipe(fds) == 0);
    struct aiocb r[2] = {{.aio_fildes = fds[0], .aio_buf = &a, .aio_nbytes = 1},
                         {.aio_fildes = fds[0], .aio_buf = &b, .aio_nbytes = 1}};
    r[1].aio_sigevent = (struct sigevent){
        .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 7};
    const struct aiocb *const one[] = {&r[0]};
    told = 0;
    EXPECT(aio_read(&r[0]) == 0 && aio_read(&r[1]) == 0);
    EXPECT(aio_suspend(one, 1, &(struct timespec){0, 2000000}) == -1 && errno == EAGAIN);
    EXPECT(aio_error(&r[0]) == EINPROGRESS && aio_cancel(fds[0], &r[0]) == AIO_NOTCANCELED);
    EXPECT(aio_cancel(fds[0], &r[1]) == AIO_CANCELED && aio_error(&r[1]) == ECANCELED);
    EXPECT(aio_return(&r[1]) == -1 && told == 1 && value == 7);
    EXPECT(write(fds[1], "x", 1) == 1 && aio_suspend(one, 1, NULL) == 0 && aio_return(&r[0]) == 1 &&
           a == 'x');
    EXPECT(close(fds[0]) == 0 && close(fds[1]) == 0);
    return NULL;
}

/* A list with a descriptor that is none is taken, and the end of it told; its request tells what
 * was wrong. */
static const char *wrong_one(void)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    struct sigevent event = {
        .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 3};
    int fd = open("/tmp/wrong", O_CREAT | O_RDWR | O_TRUNC, 0600);
    struct aiocb w[2] = {
        {.aio_fildes = fd, .aio_buf = "abc", .aio_nbytes = 3, .aio_lio_opcode = LIO_WRITE},
        {.aio_fildes = -1, .aio_buf = "abc", .aio_nbytes = 3, .aio_lio_opcode = LIO_WRITE}};
    struct aiocb *list[] = {&w[0], &w[1]};
    const struct aiocb *const one[] = {&w[0]};
    sigaction(SIGUSR1, &action, NULL);
    told = 0;
    EXPECT(lio_listio(LIO_NOWAIT, list, 2, &event) == 0 && aio_error(&w[1]) == EBADF);
    EXPECT(aio_suspend(one, 1, NULL) == 0 && aio_return(&w[0]) == 3 && aio_return(&w[1]) == -1);
    while (told == 0)
        usleep(1000);
    EXPECT(told == 1 && value == 3);
    EXPECT(lio_listio(LIO_WAIT, list, 2, NULL) == -1 && errno == EIO);
    EXPECT(close(fd) == 0 && unlink("/tmp/wrong") == 0);
    return NULL;
}

static const struct check checks[] = {
    {"names", names},         {"priorities", priorities},
    {"waits", waits},         {"notices", notices},
    {"requests", requests},   {"canceled", canceled},
    {"wrong one", wrong_one}, {NULL, NULL},
};

int main(int argc, char **argv) { return run_checks(checks, argc, argv); }
