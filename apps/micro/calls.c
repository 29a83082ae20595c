/* SPDX-License-Identifier: BSD-2-Clause */
/* micro: calls that do next to nothing, and calls about many files. */
#include "micro.h"
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_AT "/tmp/micro.file"
#define BYTES   100 /* in it */
#define MOST    100 /* files that are looked at together */

static int fd = -1, fds[MOST];
static unsigned looked_at;

static void call_getppid(uint64_t n)
{
    pid_t parent = getppid();
    micro_asked += n;
    for (; n != 0; n--)
        micro_done += getppid() == parent;
}

/* Opens one of the devices that rows move a byte through. */
static const char *open_at(const char *path, int flags)
{
    micro_begin();
    fd = open(path, flags);
    return fd < 0 ? "the device is not there" : NULL;
}

static const char *open_zero(void) { return open_at("/dev/zero", O_RDONLY); }
static const char *open_null(void) { return open_at("/dev/null", O_WRONLY); }

static const char *close_it(void)
{
    micro_must(close(fd) == 0, "a file was closed before");
    return micro_end();
}

static char byte;

static void read_byte(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--) {
        byte = 1;
        micro_done += read(fd, &byte, 1) == 1 && byte == 0;
    }
}

static void write_byte(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--)
        micro_done += write(fd, &byte, 1) == 1;
}

/* A file for the rows below, open once. */
static const char *make_file(void)
{
    char text[BYTES] = "micro";
    micro_begin();
    fd = open(FILE_AT, O_RDWR | O_CREAT | O_TRUNC, 0600);
    return fd < 0 || write(fd, text, BYTES) != BYTES ? "no file can be made" : NULL;
}

static const char *remove_file(void)
{
    micro_must(unlink(FILE_AT) == 0, "the file was not there any more");
    return close_it();
}

static struct stat status;

static void call_stat(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--) {
        status.st_size = 0;
        micro_done += stat(FILE_AT, &status) == 0 && status.st_size == BYTES;
    }
}

static void call_fstat(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--) {
        status.st_size = 0;
        micro_done += fstat(fd, &status) == 0 && status.st_size == BYTES;
    }
}

/* A file that stayed open would take its number from the next one. */
static void open_close(uint64_t n)
{
    int first = open(FILE_AT, O_RDONLY);
    close(first);
    micro_asked += n;
    for (; n != 0; n--) {
        int opened = open(FILE_AT, O_RDONLY);
        micro_done += (opened == first) & (close(opened) == 0);
    }
    micro_must(fcntl(first, F_GETFD) == -1, "a file was not closed");
}

static const char *open_many(unsigned n)
{
    const char *trouble = make_file();
    for (looked_at = 0; trouble == NULL && looked_at < n; looked_at++)
        if ((fds[looked_at] = dup(fd)) < 0)
            trouble = "no file for select";
    return trouble;
}

static const char *open_10(void) { return open_many(10); }
static const char *open_100(void) { return open_many(100); }

static const char *close_many(void)
{
    while (looked_at > 0)
        micro_must(close(fds[--looked_at]) == 0, "a file was closed before");
    return remove_file();
}

static void call_select(uint64_t n)
{
    fd_set all, set;
    FD_ZERO(&all);
    for (unsigned i = 0; i < looked_at; i++)
        FD_SET(fds[i], &all);
    micro_asked += n * looked_at;
    for (; n != 0; n--) {
        struct timeval now = {0, 0};
        set = all;
        micro_done += (uint64_t)select(fds[looked_at - 1] + 1, NULL, &set, NULL, &now);
    }
    micro_must(FD_ISSET(fds[looked_at - 1], &set) != 0, "select() did not tell of the last file");
}

static struct pollfd polled[MOST];

static void call_poll(uint64_t n)
{
    for (unsigned i = 0; i < looked_at; i++)
        polled[i] = (struct pollfd){.fd = fds[i], .events = POLLOUT};
    micro_asked += n * looked_at;
    for (; n != 0; n--)
        micro_done += (uint64_t)poll(polled, looked_at, 0);
    micro_must(polled[looked_at - 1].revents == POLLOUT, "poll() did not tell of the last file");
}

const struct benchmark micro_calls[] = {
    {"null call", .call = call_getppid, .setup = micro_begin, .check = micro_end,
     .note = "getppid"},
    {"read 1 B of /dev/zero", .call = read_byte, .calls = MICRO_CALLS, .setup = open_zero,
     .check = close_it},
    {"write 1 B to /dev/null", .call = write_byte, .calls = MICRO_CALLS, .setup = open_null,
     .check = close_it},
    {"stat", .call = call_stat, .calls = MICRO_CALLS, .setup = make_file, .check = remove_file},
    {"fstat", .call = call_fstat, .calls = MICRO_CALLS, .setup = make_file, .check = remove_file},
    {"open, close", .call = open_close, .calls = MICRO_CALLS, .setup = make_file,
     .check = remove_file},
    {"select, 10 files", .call = call_select, .calls = MICRO_CALLS, .setup = open_10,
     .check = close_many},
    {"select, 100 files", .call = call_select, .calls = MICRO_CALLS, .setup = open_100,
     .check = close_many},
    {"poll, 10 files", .call = call_poll, .calls = MICRO_CALLS, .setup = open_10,
     .check = close_many},
    {"poll, 100 files", .call = call_poll, .calls = MICRO_CALLS, .setup = open_100,
     .check = close_many},
    {.name = NULL},
};
