/* Messages and progress, on stderr.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/msg.h"
#include "base/quote.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool line_shown, lines_marked;
static char part_text[32]; /* before every line of progress */

static void clear_line(void)
{
    if (line_shown)
        fputs("\r\033[K", stderr);
    line_shown = false;
}

/* Is stderr a terminal that knows escape sequences? One of type "dumb", or of none, does not. */
static bool is_terminal(void)
{
    const char *type = getenv("TERM");

    return isatty(STDERR_FILENO) && type && type[0] && strcmp(type, "dumb") != 0;
}

void relay(const char *text, size_t n)
{
    struct buf plain = {0};

    quote_plain(&plain, text, n);
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
    relay(text, strlen(text));
    fputc('\n', stderr);
    fflush(stderr);
    free(text);
}

void progress_mark(bool marked) { lines_marked = marked; }

void progress_part(unsigned part, unsigned parts)
{
    part_text[0] = '\0';
    if (parts > 1)
        snprintf(part_text, sizeof part_text, "part %u of %u: ", part, parts);
}

void progress(const char *fmt, ...)
{
    struct buf plain = {0};
    char text[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    quote_plain(&plain, text, strlen(text));
    if (lines_marked && text[0]) {
        fprintf(stderr, PROGRESS_MARK "%s\n", plain.data);
    } else if (!lines_marked && is_terminal()) {
        fprintf(stderr, "\r\033[K%s%.*s", text[0] ? part_text : "", 100, plain.data);
        line_shown = text[0] != '\0';
    }
    fflush(stderr);
    buf_free(&plain);
}
