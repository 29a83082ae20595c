// SPDX-License-Identifier: BSD-2-Clause
// Runs a table of operations between marks that a plugin knows, and says for each how often it
// happened:
//
//   operations [THREADS]     the operations of one CPU; or those that several threads do at once
//
// A row that did not happen as often as it was told ends it with status 1. Under Linux it is the
// only program, init, and its end is the machine's.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __limpet__
#include <limpet.h>
#else
#include <gnu/libc-version.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>
#endif

#include "operations.h"

unsigned threads = 1;

unsigned long page_faults(void)
{
#ifdef __limpet__
    return limpet_memory().faults;
#else
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (unsigned long)used.ru_minflt;
#endif
}

static _Noreturn void end(int status)
{
    fflush(stdout);
#ifdef __linux__
    reboot(RB_AUTOBOOT);
#endif
    exit(status);
}

void fail(const char *what)
{
    printf("operations: %s\n", what);
    end(1);
}

// Whose figures these are.
static void say_system(void)
{
#ifdef __linux__
    struct utsname name;
    uname(&name);
    printf("system Linux %s, glibc %s\n", name.release, gnu_get_libc_version());
#endif
}

int main(int argc, char **argv)
{
    const struct row *row = rows_of_one;
    if (argc > 1) {
        row = rows_of_several;
        threads = (unsigned)strtoul(argv[1], NULL, 10);
        if (threads == 0 || threads > 64)
            fail("usage: operations [THREADS]");
    }
    say_system();
    for (; row->name; row++) {
        unsigned happened = row->run(row->n, row->bytes), wanted = row->n * threads;
        if (happened != wanted) {
            printf("operations: %s: happened %u times, not %u\n", row->name, happened, wanted);
            end(1);
        }
        printf("row %u %s\n", wanted, row->name);
    }
    printf("operations: done\n");
    end(0);
}
