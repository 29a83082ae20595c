/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies its input to its output to the end, byte by byte what it was, in large pieces. With an
 * argument it tells what isatty() says of the three streams, the date, or writes that many bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char buf[65536];

static int put_all(size_t n)
{
    for (size_t at = 0; at < n;) {
        ssize_t done = write(1, buf + at, n - at);
        if (done <= 0)
            return -1;
        at += (size_t)done;
    }
    return 0;
}

static int echo(void)
{
    ssize_t n;
    while ((n = read(0, buf, sizeof buf)) > 0)
        if (put_all((size_t)n) != 0)
            return 1;
    return n != 0 || read(0, buf, 1) != 0; /* the end stays one */
}

static int count(size_t n)
{
    for (size_t i = 0; i < sizeof buf; i++)
        buf[i] = (char)(i + i / 256);
    for (size_t part; n > 0; n -= part) {
        part = n < sizeof buf ? n : sizeof buf;
        if (put_all(part) != 0)
            return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return echo();
    if (strcmp(argv[1], "date") == 0)
        printf("%lld\n", (long long)time(NULL));
    else if (strcmp(argv[1], "tty") == 0)
        printf("%d%d%d\n", isatty(0), isatty(1), isatty(2));
    else
        return count(strtoul(argv[1], NULL, 10));
    return 0;
}
