// SPDX-License-Identifier: BSD-2-Clause
// Runs a table of operations between marks that a plugin knows, and says for each how often it
// happened:
//
//   operations [THREADS]     the operations of one CPU, and those of suite micro; or those that
//                            several threads do at once
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
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#endif

#include "../../apps/micro/micro.h"
#include "operations.h"

#define CALLS 100 // of micro's rows, at least, where more than one at a time can be made

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

// What micro's rows ask for: a folder and devices.
static void prepare(void)
{
#ifdef __linux__
    mkdir("/tmp", 01777);
    mkdir("/dev", 0755);
    mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
#endif
}

static void call_micro(const struct benchmark *b, unsigned n, int counted)
{
    if (b->ready)
        b->ready(n);
    if (counted)
        MARK(MARK_BEGIN);
    b->call(n);
    if (counted)
        MARK(MARK_END);
    if (b->undo)
        b->undo(n);
}

// As bench_main() would measure it, but for the time.
static void run_micro(const struct benchmark *b)
{
    unsigned n = b->calls ? b->calls : 10 * CALLS, each = b->per_call ? b->per_call : 1;
    if (n < CALLS && !b->ready && !b->undo)
        n = CALLS;
    const char *wrong = b->setup ? b->setup() : NULL;
    if (!wrong) {
        call_micro(b, 2, 0);
        call_micro(b, n, 1);
        wrong = b->check ? b->check() : NULL;
    }
    if (wrong) {
        printf("operations: %s: %s\n", b->name, wrong);
        end(1);
    }
    printf("row %u %s\n", n * each, b->name);
}

// Those that every system has, but for what moves much at once, which has a smaller row.
static void run_all_of_micro(void)
{
    static const struct benchmark *const lists[] = {micro_calls, micro_files,    micro_signals,
                                                    micro_pages, micro_switches, micro_threads,
                                                    micro_memory};
    prepare();
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (const struct benchmark *b = lists[i]; b->name; b++)
            if (!b->none && b->calls != 1)
                run_micro(b);
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
    if (argc < 2)
        run_all_of_micro();
    printf("operations: done\n");
    end(0);
}
