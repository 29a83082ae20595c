/* SPDX-License-Identifier: BSD-2-Clause */
/* The main thread: libc's state, constructors, main, exit. */
#include "boot/args.h"
#include "arch.h"
#include "base/environment.h"
#include "base/ledger.h"
#include "libc/local.h"
#include <stdlib.h>

extern int main(int argc, char **argv, char **environ);
extern void (*__init_array_start[])(int, char **, char **);
extern void (*__init_array_end[])(int, char **, char **);
extern char **environ;

const uint64_t limpet_main_stack __attribute__((weak)) = STACK_MAIN;

void app_thread(void *unused)
{
    (void)unused;
    ledger_add("main thread", cpu_stamp());
    pthread_init_main();
    environ = args_env;
    for (void (**f)(int, char **, char **) = __init_array_start; f != __init_array_end; f++)
        (*f)(args_argc, args_argv, environ);
    ledger_add("main", cpu_stamp());
    exit(main(args_argc, args_argv, environ));
}

/* newlib's own hooks for old-style constructors: there are none. */
void _init(void);
void _init(void) {}

void _fini(void);
void _fini(void) {}
