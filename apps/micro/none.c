/* SPDX-License-Identifier: BSD-2-Clause */
/* micro: rows of the published table that have no meaning here; a process made where there are. */
#include "micro.h"
#ifdef __linux__
#include <sys/wait.h>
#include <unistd.h>
#endif

#ifdef __linux__
static void fork_exit(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--) {
        int status = 1;
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        micro_done += child > 0 && waitpid(child, &status, 0) == child && status == 0;
    }
}
#define FORK .call = fork_exit, .calls = 5, .setup = micro_begin, .check = micro_end
static const char *no_row(void) { return "no row yet: an image has nothing to hold against it"; }
#define no_exec    no_row
#define no_sockets no_row
#define no_network no_row
#else
static const char *no_fork(void) { return "one address space: pthread_create stands for it"; }
#define FORK .none = no_fork
static const char *no_exec(void) { return "one program in one address space: see suite boot"; }
static const char *no_sockets(void) { return "no sockets yet"; }
static const char *no_network(void) { return "no network yet"; }
#endif

const struct benchmark micro_none[] = {
    {"fork, exit", FORK},
    {"fork, exec", .none = no_exec},
    {"fork, sh", .none = no_exec},
    {"select, 100 TCP", .none = no_network},
    {"AF_UNIX, round trip", .none = no_sockets},
    {"UDP, round trip", .none = no_network},
    {"RPC/UDP, round trip", .none = no_network},
    {"TCP, round trip", .none = no_network},
    {"RPC/TCP, round trip", .none = no_network},
    {"TCP, connect", .none = no_network},
    {"AF_UNIX, bandwidth", .none = no_sockets},
    {"TCP, bandwidth", .none = no_network},
    {.name = NULL},
};
