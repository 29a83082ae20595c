/* Messages and progress, on stderr.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/msg.h"
#include "base/clock.h"
#include "base/quote.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEFT_AFTER_S 2.0 /* of what has just begun nobody knows how long it takes */

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

static double steps_all, steps_done, steps_inside, steps_began; /* inside: of those of a lab */

void progress_plan(double steps)
{
    steps_all = steps;
    steps_done = steps_inside = 0;
    steps_began = now_s();
}

void progress_done(double steps)
{
    steps_done += steps;
    steps_inside = 0;
}

bool progress_relay(const char *lab, double steps, const char *line, size_t n)
{
    char *text;

    if (n < sizeof PROGRESS_MARK || strncmp(line, PROGRESS_MARK, sizeof PROGRESS_MARK - 1) != 0)
        return false;
    steps_inside = steps * strtod(line + sizeof PROGRESS_MARK - 1, &text);
    progress("%s lab:%.*s", lab, (int)(line + n - text), text);
    return true;
}

void progress_text(double done, double all, double took_s, char out[48])
{
    double share = all > 0 ? done / all : 0, left;

    out[0] = '\0';
    if (all <= 0 || share < 0.01)
        return;
    share = share > 1 ? 1 : share;
    left = took_s / share * (1 - share);
    if (took_s < LEFT_AFTER_S)
        snprintf(out, 48, "%.0f %%: ", share * 100);
    else if (left < 90)
        snprintf(out, 48, "%.0f %%, %.0f s left: ", share * 100, left);
    else if (left < 5400)
        snprintf(out, 48, "%.0f %%, %.0f min left: ", share * 100, left / 60);
    else
        snprintf(out, 48, "%.0f %%, %.1f h left: ", share * 100, left / 3600);
}

void progress(const char *fmt, ...)
{
    struct buf plain = {0};
    double done = steps_done + steps_inside;
    char text[256], share[48];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    quote_plain(&plain, text, strlen(text));
    if (lines_marked && text[0]) {
        fprintf(stderr, PROGRESS_MARK "%.4f %s\n", steps_all > 0 ? done / steps_all : 0,
                plain.data);
    } else if (!lines_marked && is_terminal()) {
        progress_text(done, steps_all, now_s() - steps_began, share);
        fprintf(stderr, "\r\033[K%s%s%.*s", text[0] ? share : "", text[0] ? part_text : "", 100,
                plain.data);
        line_shown = text[0] != '\0';
    }
    fflush(stderr);
    buf_free(&plain);
}
