/* SPDX-License-Identifier: BSD-2-Clause */
/* Pipes, and waiting for files: by one thread and by several, on several CPUs too. */
#define _GNU_SOURCE
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define FAILS(call, error) ((call) == -1 && errno == (error))

static int broken;
static void note(int number) { broken = number; }

static const char *pipes(void)
{
    static char many[1 << 17];
    char back[8] = "";
    struct stat st;
    int p[2], n;
    EXPECT(pipe(p) == 0 && p[0] > 2 && p[1] > p[0]);
    EXPECT(write(p[1], "via pipe", 8) == 8 && ioctl(p[0], FIONREAD, &n) == 0 && n == 8);
    EXPECT(read(p[0], back, 3) == 3 && read(p[0], back + 3, 99) == 5);
    EXPECT(memcmp(back, "via pipe", 8) == 0 && fstat(p[0], &st) == 0 && S_ISFIFO(st.st_mode));
    EXPECT(FAILS(lseek(p[0], 0, SEEK_CUR), ESPIPE) && FAILS(pread(p[0], back, 1, 0), ESPIPE));
    EXPECT(FAILS(read(p[1], back, 1), EBADF) && FAILS(write(p[0], back, 1), EBADF));
    EXPECT(fcntl(p[0], F_SETFL, O_NONBLOCK) == 0 && FAILS(read(p[0], back, 1), EAGAIN));
    EXPECT(fcntl(p[1], F_SETFL, O_NONBLOCK) == 0 && write(p[1], many, sizeof many) == 65536);
    EXPECT(FAILS(write(p[1], many, 1), EAGAIN) && read(p[0], many, 100) == 100);
    EXPECT(FAILS(write(p[1], many, PIPE_BUF), EAGAIN)); /* all at once or not at all */
    EXPECT(write(p[1], many, sizeof many) == 100 && read(p[0], many, sizeof many) == 65536);
    struct iovec out[2] = {{"one ", 4}, {"two", 3}};
    EXPECT(writev(p[1], out, 2) == 7 && read(p[0], back, 8) == 7);
    EXPECT(memcmp(back, "one two", 7) == 0 && write(p[1], "x", 1) == 1);
    EXPECT(close(p[1]) == 0 && read(p[0], back, 8) == 1 && read(p[0], back, 8) == 0);
    EXPECT(close(p[0]) == 0 && pipe2(p, O_NONBLOCK) == 0 && FAILS(read(p[0], back, 1), EAGAIN));
    EXPECT(close(p[0]) == 0 && signal(SIGPIPE, note) != SIG_ERR);
    EXPECT(FAILS(write(p[1], "x", 1), EPIPE) && broken == SIGPIPE && close(p[1]) == 0);
    signal(SIGPIPE, SIG_DFL);
    return FAILS(pipe2(p, O_APPEND), EINVAL) && FAILS(pipe(NULL), EFAULT) ? NULL : "no pipe";
}

/* Many writers, many readers: no byte is lost, and what one write wrote stays together. */
enum { THREADS = 4, WRITES = 500, PIECE = 512 };
static int ends[2];
static long together, apart;

static void *writer(void *which)
{
    char piece[PIECE];
    memset(piece, (int)(long)which, sizeof piece);
    for (int i = 0; i < WRITES; i++)
        if (write(ends[1], piece, sizeof piece) != PIECE)
            return "write";
    return NULL;
}

static void *reader(void *unused)
{
    char piece[PIECE];
    ssize_t n;
    (void)unused;
    while ((n = read(ends[0], piece, sizeof piece)) > 0) {
        int same = n == PIECE;
        for (ssize_t i = 1; i < n; i++)
            same &= piece[i] == piece[0];
        __atomic_fetch_add(same ? &together : &apart, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

static const char *many_threads(void)
{
    pthread_t writers[THREADS], readers[THREADS];
    void *wrong;
    together = apart = 0;
    EXPECT(pipe(ends) == 0);
    for (long i = 0; i < THREADS; i++) {
        EXPECT(pthread_create(&readers[i], NULL, reader, NULL) == 0);
        EXPECT(pthread_create(&writers[i], NULL, writer, (void *)('a' + i)) == 0);
    }
    for (int i = 0; i < THREADS; i++)
        EXPECT(pthread_join(writers[i], &wrong) == 0 && wrong == NULL);
    EXPECT(close(ends[1]) == 0);
    for (int i = 0; i < THREADS; i++)
        EXPECT(pthread_join(readers[i], NULL) == 0);
    EXPECT(together == THREADS * WRITES && apart == 0);
    return close(ends[0]) == 0 ? NULL : "close";
}

/* There and back between two threads, by poll() on one side. */
static int to[2], from[2];

static void *echo(void *unused)
{
    char c;
    (void)unused;
    for (;;) {
        struct pollfd p[2] = {{-1, POLLIN, 0}, {to[0], POLLIN, 0}};
        if (poll(p, 2, -1) != 1 || p[0].revents != 0)
            return "poll";
        if (p[1].revents == POLLHUP)
            return NULL;
        if (read(to[0], &c, 1) != 1 || write(from[1], &c, 1) != 1)
            return "echo";
    }
}

static const char *round_trips(void)
{
    pthread_t t;
    void *wrong;
    char c;
    EXPECT(pipe(to) == 0 && pipe(from) == 0 && pthread_create(&t, NULL, echo, NULL) == 0);
    for (int i = 0; i < 2000; i++) {
        c = (char)i;
        EXPECT(write(to[1], &c, 1) == 1 && read(from[0], &c, 1) == 1 && c == (char)i);
    }
    EXPECT(close(to[1]) == 0 && pthread_join(t, &wrong) == 0 && wrong == NULL);
    return close(to[0]) | close(from[0]) | close(from[1]) ? "close" : NULL;
}

static const char *polls(void)
{
    int p[2], file = open("/tmp/poll", O_CREAT | O_RDWR, 0600);
    EXPECT(file >= 0 && pipe(p) == 0);
    struct pollfd fds[5] = {{p[0], POLLIN, 0},
                            {p[1], POLLOUT, 0},
                            {-5, POLLIN, 7},
                            {999, POLLIN, 0},
                            {file, POLLIN | POLLOUT | POLLRDNORM, 0}};
    EXPECT(poll(fds, 5, 0) == 3 && fds[0].revents == 0 && fds[1].revents == POLLOUT);
    EXPECT(fds[2].revents == 0 && fds[3].revents == POLLNVAL);
    EXPECT(fds[4].revents == (POLLIN | POLLOUT | POLLRDNORM) && poll(fds, 1, 1) == 0);
    EXPECT(write(p[1], "x", 1) == 1 && poll(fds, 1, -1) == 1 && fds[0].revents == POLLIN);
    EXPECT(close(p[1]) == 0 && poll(fds, 1, -1) == 1 && fds[0].revents == (POLLIN | POLLHUP));
    EXPECT(close(p[0]) == 0 && pipe(p) == 0 && close(p[0]) == 0);
    fds[0] = (struct pollfd){p[1], POLLOUT, 0};
    EXPECT(poll(fds, 1, -1) == 1 && fds[0].revents == (POLLOUT | POLLERR) && close(p[1]) == 0);
    fds[0] = (struct pollfd){1, POLLOUT, 0};
    EXPECT(poll(fds, 1, 0) == 1 && fds[0].revents == POLLOUT && poll(NULL, 0, 1) == 0);
    static struct pollfd many[100];
    EXPECT(pipe(p) == 0);
    for (int i = 0; i < 100; i++)
        many[i] = (struct pollfd){p[0], POLLIN, 0};
    EXPECT(poll(many, 100, 1) == 0 && write(p[1], "x", 1) == 1 && poll(many, 100, -1) == 100);
    EXPECT(FAILS(poll(many, OPEN_MAX + 1ul, 0), EINVAL) && close(p[0]) == 0 && close(p[1]) == 0);
    return close(file) == 0 && unlink("/tmp/poll") == 0 ? NULL : "the end";
}

static const char *selects(void)
{
    int p[2];
    fd_set in, out;
    struct timeval none = {0, 0}, wrong = {0, 1000000}, some = {0, 1000};
    EXPECT(FD_SETSIZE >= sysconf(_SC_OPEN_MAX) && pipe(p) == 0 && dup2(p[0], 900) == 900);
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(900, &in);
    FD_SET(p[1], &out);
    EXPECT(select(901, &in, &out, NULL, &none) == 1 && !FD_ISSET(900, &in));
    EXPECT(FD_ISSET(p[1], &out) && write(p[1], "x", 1) == 1);
    FD_SET(900, &in);
    EXPECT(select(901, &in, NULL, NULL, NULL) == 1 && FD_ISSET(900, &in));
    EXPECT(close(900) == 0 && FAILS(select(901, &in, NULL, NULL, &none), EBADF));
    EXPECT(select(0, NULL, NULL, NULL, &some) == 0);
    EXPECT(FAILS(select(-1, NULL, NULL, NULL, &none), EINVAL));
    EXPECT(FAILS(select(0, NULL, NULL, NULL, &wrong), EINVAL));
    return close(p[0]) == 0 && close(p[1]) == 0 ? NULL : "close";
}

/* A signal that is blocked but for the wait ends it. */
static const char *masked(void)
{
    sigset_t some, none, now;
    struct pollfd p = {-1, 0, 0};
    struct timespec at_once = {0, 0};
    sigemptyset(&none);
    sigemptyset(&some);
    sigaddset(&some, SIGUSR1);
    EXPECT(signal(SIGUSR1, note) != SIG_ERR && pthread_sigmask(SIG_SETMASK, &some, NULL) == 0);
    for (int i = 0; i < 2; i++) {
        broken = 0;
        EXPECT(raise(SIGUSR1) == 0 && broken == 0 && ppoll(&p, 1, &at_once, NULL) == 0);
        EXPECT(FAILS(i == 0 ? ppoll(&p, 1, NULL, &none) : pselect(0, NULL, NULL, NULL, NULL, &none),
                     EINTR));
        EXPECT(broken == SIGUSR1 && pthread_sigmask(SIG_SETMASK, NULL, &now) == 0);
        EXPECT(sigismember(&now, SIGUSR1));
    }
    return pthread_sigmask(SIG_SETMASK, &none, NULL) == 0 ? NULL : "the end";
}

/* Who waits is woken when the other end goes. */
static void *closer(void *unused)
{
    (void)unused;
    nanosleep(&(struct timespec){0, 1000000}, NULL);
    close(to[1]);
    return NULL;
}

static const char *closed_meanwhile(void)
{
    pthread_t t;
    char c;
    for (int i = 0; i < 3; i++) {
        EXPECT(pipe(to) == 0 && pthread_create(&t, NULL, closer, NULL) == 0);
        struct pollfd p = {to[0], POLLIN, 0};
        EXPECT(i == 0 ? read(to[0], &c, 1) == 0 : poll(&p, 1, i == 1 ? -1 : 10000) == 1);
        EXPECT(i == 0 || p.revents == POLLHUP);
        EXPECT(pthread_join(t, NULL) == 0 && close(to[0]) == 0);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    static const struct check rows[] = {
        {"pipes", pipes},
        {"many_threads", many_threads},
        {"round_trips", round_trips},
        {"polls", polls},
        {"selects", selects},
        {"closed_meanwhile", closed_meanwhile},
        {"masked", masked},
        {NULL, NULL},
    };
    return run_checks(rows, argc, argv);
}
