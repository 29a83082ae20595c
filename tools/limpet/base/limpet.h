/* The tool's common ground: messages, commands.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_H
#define LIMPET_H

#include "tools/status.h"
#include "tools/version.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define LIMPET_MIN_MEM_MIB 16

/* One row of the command table (main.c). fn gets argv[0] = the command's name and returns the exit
 * status. */
struct command {
    const char *name;
    int (*fn)(int argc, char **argv);
    const char *help;  /* one line */
    const char *usage; /* "limpet run APP …" */
    unsigned options;  /* which rows of the option table it takes (options.h) */
    const char *example;
};

int cmd_platforms(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_boot(int argc, char **argv);
int cmd_lab(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_report(int argc, char **argv);

/* Prints the help of one command on stdout; the command must exist. */
void help_command(const char *name);

/* Writes "limpet: MESSAGE\n" on stderr, after clearing a progress line that may stand there.
 * Nothing in the message reaches the terminal that it might obey (words_plain). */
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Writes what another program or a guest said on stderr, as plain as warn() does. */
void quote(const char *text, size_t n);

/* Is it a terminal that knows escape sequences? One of type "dumb", or of none, does not. */
bool terminal(int fd);

/* Shows one live line on stderr when that is a terminal; an empty text clears it. Inside the lab
 * (LIMPET_LAB set) it writes "@progress TEXT" lines instead, which the tool outside shows. */
void progress(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* From now on lines of progress begin with the part, where there are several. */
void progress_part(unsigned part, unsigned parts);

/* The marker of progress lines that come out of the lab. */
#define PROGRESS_MARK "@progress "

/* Like their namesakes, but they end the tool with a message when memory is exhausted. */
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

/* CLOCK_MONOTONIC in seconds. */
double now_s(void);

/* The folder of the running tool, without a trailing slash; NULL when /proc tells nothing. Static
 * storage. */
const char *tool_dir(void);

#endif
