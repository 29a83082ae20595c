/* Messages, progress, and the few helpers that everything uses.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/limpet.h"
#include "base/quote.h"

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

static void clear_line(void)
{
    if (line_shown)
        fputs("\r\033[K", stderr);
    line_shown = false;
}

bool terminal(int fd)
{
    const char *type = getenv("TERM");

    return isatty(fd) && type && type[0] && strcmp(type, "dumb") != 0;
}

void quote(const char *text, size_t n)
{
    struct buf plain = {0};

    words_plain(&plain, text, n);
    fputs(plain.data, stderr);
    buf_free(&plain);
}

void warn(const char *fmt, ...)
{
    va_list ap;
    char *text;

    va_start(ap, fmt);
    text = xvasprintf(fmt, ap);
    va_end(ap);
    clear_line();
    fflush(stdout); /* both may lead to one file: a message stands between lines, not in one */
    fputs("limpet: ", stderr);
    quote(text, strlen(text));
    fputc('\n', stderr);
    fflush(stderr);
    free(text);
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
    struct buf plain = {0};
    char text[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    words_plain(&plain, text, strlen(text));
    if (in_lab && text[0]) {
        fprintf(stderr, PROGRESS_MARK "%s\n", plain.data);
    } else if (!in_lab && terminal(STDERR_FILENO)) {
        fprintf(stderr, "\r\033[K%s%.*s", text[0] ? part_text : "", 100, plain.data);
        line_shown = text[0] != '\0';
    }
    fflush(stderr);
    buf_free(&plain);
}

/* Without any, as warn() would want. */
static _Noreturn void out_of_memory(void)
{
    clear_line();
    fputs("limpet: out of memory\n", stderr);
    exit(ST_FAILED);
}

void *xrealloc(void *p, size_t n)
{
    void *q = realloc(p, n ? n : 1);

    if (!q)
        out_of_memory();
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

    if (vasprintf(&text, fmt, ap) < 0)
        out_of_memory();
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
