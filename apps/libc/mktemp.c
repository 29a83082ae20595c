/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mkstemp() and its siblings: newlib's leave digits in a template for which there is no file, and
 * try the same names in every boot.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define LETTERS "XXXXXX"
#define TRIES   100

/* 0 or a descriptor; -1: errno tells why not. */
typedef int maker(const char *path, int flags);

static int make_file(const char *path, int flags)
{
    return open(path, flags | O_CREAT | O_EXCL | O_RDWR, 0600);
}

static int make_folder(const char *path, int flags)
{
    (void)flags;
    return mkdir(path, 0700);
}

static int look(const char *path, int flags)
{
    struct stat s;
    (void)flags;
    if (lstat(path, &s) == 0)
        errno = EEXIST;
    return errno == ENOENT ? 0 : -1;
}

static void choose(char *letters)
{
    static uint64_t calls;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t n = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    n = (n + __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED)) * 0x9e3779b97f4a7c15 >> 24;
    for (size_t i = 0; i < sizeof LETTERS - 1; i++, n /= 36)
        letters[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[n % 36];
}

/* What made tells; the letters stand in the template again if it is -1. */
static int attempt(char *template, int suffix, int flags, maker *make)
{
    size_t length = strlen(template), letters = sizeof LETTERS - 1;
    if (suffix < 0 || length < letters + (size_t)suffix ||
        memcmp(template + length - (size_t)suffix - letters, LETTERS, letters) != 0) {
        errno = EINVAL;
        return -1;
    }
    char *at = template + length - (size_t)suffix - letters;
    int before = errno;
    for (int i = 0; i < TRIES; i++) {
        choose(at);
        int made = make(template, flags);
        if (made >= 0) {
            errno = before;
            return made;
        }
        if (errno != EEXIST)
            break;
    }
    memcpy(at, LETTERS, letters);
    return -1;
}

int mkstemp(char *template) { return attempt(template, 0, 0, make_file); }

int mkstemps(char *template, int suffix) { return attempt(template, suffix, 0, make_file); }

int mkostemp(char *template, int flags) { return attempt(template, 0, flags, make_file); }

int mkostemps(char *template, int suffix, int flags)
{
    return attempt(template, suffix, flags, make_file);
}

char *mkdtemp(char *template)
{
    return attempt(template, 0, 0, make_folder) == 0 ? template : NULL;
}

char *mktemp(char *template)
{
    if (attempt(template, 0, 0, look) != 0)
        *template = '\0';
    return template;
}
