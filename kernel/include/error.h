/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of glibc's form on standard error. */
#ifndef _ERROR_H_
#define _ERROR_H_

#include <sys/cdefs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What was written to standard output comes first; then a line: the program's name, ": ", the text,
 * and, unless errnum is 0, ": " and strerror(errnum). A status other than 0 ends the program. */
void error(int status, int errnum, const char *format, ...)
    __attribute__((__format__(__printf__, 3, 4)));

/* With "file:line:" behind the name. */
void error_at_line(int status, int errnum, const char *file, unsigned line, const char *format, ...)
    __attribute__((__format__(__printf__, 5, 6)));

extern void (*error_print_progname)(void); /* in place of the name and ": " (or ":"); NULL: none */
extern unsigned error_message_count;       /* so many lines there were */
extern int error_one_per_line;             /* not 0: one message of error_at_line() for each line */

#ifdef __cplusplus
}
#endif

#endif
