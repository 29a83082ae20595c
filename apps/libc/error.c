/* SPDX-License-Identifier: BSD-2-Clause */
/* error() and error_at_line(). */
#include <error.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char *program_invocation_name;

void (*error_print_progname)(void);
unsigned error_message_count;
int error_one_per_line;

/* The beginning of a line: then comes the text. */
static void begin(const char *space)
{
    fflush(stdout);
    flockfile(stderr);
    if (error_print_progname != NULL)
        error_print_progname();
    else
        fprintf(stderr, "%s:%s", program_invocation_name, space);
}

static void end(int status, int errnum, const char *format, va_list args)
{
    vfprintf(stderr, format, args);
    error_message_count++;
    if (errnum != 0)
        fprintf(stderr, ": %s", strerror(errnum));
    putc('\n', stderr);
    fflush(stderr);
    funlockfile(stderr);
    if (status != 0)
        exit(status);
}

void error(int status, int errnum, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    begin(" ");
    end(status, errnum, format, args);
    va_end(args);
}

void error_at_line(int status, int errnum, const char *file, unsigned line, const char *format, ...)
{
    static const char *last_file;
    static unsigned last_line;
    if (error_one_per_line != 0) {
        if (last_line == line && file != NULL && last_file != NULL && strcmp(last_file, file) == 0)
            return;
        last_file = file;
        last_line = line;
    }
    va_list args;
    va_start(args, format);
    begin("");
    if (file != NULL)
        fprintf(stderr, "%s:%u: ", file, line);
    else
        putc(' ', stderr);
    end(status, errnum, format, args);
    va_end(args);
}
