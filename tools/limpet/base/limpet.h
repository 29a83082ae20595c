/* The tool's common ground: exit statuses, messages, commands.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_H
#define LIMPET_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define LIMPET_VERSION     "0.1"
#define LIMPET_MIN_MEM_MIB 16

/* The tool's own exit statuses; anything else that `run` returns is the guest's. Whenever one of
 * these is used, a line that begins with "limpet: " stands on stderr, so that a guest which returns
 * the same number is told apart. */
enum status {
    ST_OK = 0,
    ST_FAILED = 1,         /* bench: a cell could not be measured; a file could not be written */
    ST_USAGE = 2,          /* unknown command, option, suite, platform; a value out of range */
    ST_WORSE = 3,          /* compare: B is worse than A somewhere */
    ST_UNSURE = 4,         /* compare: B is nowhere worse as far as can be told, which is not all */
    ST_NO_LAST_LINE = 119, /* the guest ended without saying how */
    ST_IMAGE = 120,        /* no such image, or not an image */
    ST_START = 121,        /* QEMU or xl could not start the guest, or the hypervisor gave up */
    ST_HANG = 122,         /* the guest did not end in time */
    ST_PANIC = 123,        /* the guest's kernel panicked */
    ST_RESET = 124,        /* triple fault, crash or reset */
    ST_LAB = 125,          /* the lab failed */
    ST_SIGNAL = 126,       /* QEMU was killed by a signal, or the domain destroyed */
    ST_INTERRUPT = 128,    /* + the signal's number: 130 for Ctrl-C, 143 for SIGTERM */
};

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
