/* SPDX-License-Identifier: BSD-2-Clause */
/* syslog(): there is no daemon, so a line of it goes to standard error. */
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

extern char *__progname;

static const char *name; /* NULL: the program's */
static int options, mask = 0xff;

void openlog(const char *who, int how, int facility)
{
    (void)facility;
    name = who;
    options = how;
}

void closelog(void)
{
    name = NULL;
    options = 0;
}

int setlogmask(int wanted)
{
    int before = mask;
    if (wanted != 0)
        mask = wanted;
    return before;
}

void vsyslog(int priority, const char *format, va_list args)
{
    if ((mask & LOG_MASK(LOG_PRI(priority))) == 0)
        return;
    flockfile(stderr);
    fprintf(stderr, "%s", name != NULL ? name : __progname);
    if ((options & LOG_PID) != 0)
        fprintf(stderr, "[%d]", (int)getpid());
    fputs(": ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    funlockfile(stderr);
}

void syslog(int priority, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsyslog(priority, format, args);
    va_end(args);
}
