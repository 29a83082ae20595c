/* Runs many small programs in one image, one after the other: each is an object whose main(),
 * exit() and abort() many.sh has renamed. Says "== NAME" before each and "== NAME: STATUS" behind
 * it. SPDX-License-Identifier: BSD-2-Clause */
#include "many.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SECONDS  120 /* for each; under emulation the longest takes a few */
#define BY_ABORT 134 /* as shells say of what a signal ended: 128 and its number */

static sigjmp_buf back;
static char signal_stack[65536];

void many_exit(int status) { siglongjmp(back, (status & 255) + 1); }
void many_abort(void) { siglongjmp(back, BY_ABORT + 1); }

static void on_signal(int number) { siglongjmp(back, 128 + number + 1); }

static void catch_signals(void)
{
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGALRM};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK | SA_NODEFER};
    stack_t stack = {.ss_sp = signal_stack, .ss_size = sizeof signal_stack};

    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, NULL);
}

/* The program's status; it comes back by exit(), abort() or a signal, too. */
static int run(const struct program *program)
{
    char *arguments[] = {(char *)program->name, NULL}, *environment[] = {NULL};
    int landed;

    catch_signals(); /* anew, as a program may have set its own */
    landed = sigsetjmp(back, 1);
    if (landed)
        return landed - 1;
    alarm(SECONDS);
    return program->main(1, arguments, environment) & 255;
}

/* From the program of that number on, when one before it ended them all. */
int main(int argc, char **argv)
{
    for (const struct program *p = programs + (argc > 1 ? atoi(argv[1]) : 0); p->name; p++) {
        int status;

        printf("\n== %s\n", p->name);
        fflush(stdout);
        status = run(p);
        alarm(0);
        printf("\n== %s: %d\n", p->name, status);
        fflush(stdout);
    }
    return 0;
}
