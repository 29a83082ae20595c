/* Messages, progress, and the few helpers that everything uses.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "limpet.h"

#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool line_shown;
static char part_text[32]; /* before every line of progress */

void warn(const char *fmt, ...)
{
    va_list ap;

    if (line_shown) {
        fputs("\r\033[K", stderr);
        line_shown = false;
    }
    fputs("limpet: ", stderr);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    fflush(stderr);
}

void progress_part(unsigned part, unsigned parts)
{
    part_text[0] = '\0';
    if (parts > 1)
        snprintf(part_text, sizeof part_text, "part %u of %u: ", part, parts);
}

void progress(const char *fmt, ...)
{
    bool in_lab = getenv("LIMPET_LAB") != NULL;
    char text[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (in_lab && text[0]) {
        fprintf(stderr, PROGRESS_MARK "%s\n", text);
    } else if (!in_lab && isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r\033[K%s%.*s", text[0] ? part_text : "", 100, text);
        line_shown = text[0] != '\0';
    }
    fflush(stderr);
}

void *xrealloc(void *p, size_t n)
{
    void *q = realloc(p, n ? n : 1);

    if (!q) {
        warn("out of memory");
        exit(ST_FAILED);
    }
    return q;
}

char *xstrdup(const char *s)
{
    size_t n = strlen(s) + 1;

    return memcpy(xrealloc(NULL, n), s, n);
}

char *xvasprintf(const char *fmt, va_list ap)
{
    char *text;

    if (vasprintf(&text, fmt, ap) < 0) {
        warn("out of memory");
        exit(ST_FAILED);
    }
    return text;
}

char *xasprintf(const char *fmt, ...)
{
    char *text;
    va_list ap;

    va_start(ap, fmt);
    text = xvasprintf(fmt, ap);
    va_end(ap);
    return text;
}

double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

const char *tool_dir(void)
{
    static char dir[PATH_MAX];
    ssize_t n;

    if (dir[0])
        return dir;
    n = readlink("/proc/self/exe", dir, sizeof dir - 1);
    if (n <= 0)
        return NULL;
    dir[n] = '\0';
    *strrchr(dir, '/') = '\0';
    return dir;
}
