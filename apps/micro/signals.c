/* SPDX-License-Identifier: BSD-2-Clause */
/* micro: handlers, faults that end in one, and the point at which a thread may be cancelled. */
#include "micro.h"
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE       4096u
#define STORE_SIZE 3 /* bytes of the store below */

static void handler(int number)
{
    (void)number;
    micro_done++;
}

static void other_handler(int number) { (void)number; }

/* In turn one of two, so that each call changes something. */
static void install(uint64_t n)
{
    struct sigaction one = {.sa_handler = handler}, two = {.sa_handler = other_handler}, now;
    micro_asked += n;
    for (; n != 0; n--)
        micro_done += sigaction(SIGUSR1, n & 1 ? &one : &two, NULL) == 0;
    sigaction(SIGUSR1, NULL, &now);
    micro_must(now.sa_handler == handler, "the last handler is not installed");
}

static const char *uninstall(void)
{
    signal(SIGUSR1, SIG_DFL);
    return micro_end();
}

static const char *install_handler(void)
{
    micro_begin();
    return signal(SIGUSR1, handler) == SIG_ERR ? "no handler can be installed" : NULL;
}

static void signal_self(uint64_t n)
{
    pid_t self = getpid();
    micro_asked += n;
    for (; n != 0; n--)
        kill(self, SIGUSR1);
}

static void raise_it(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--)
        raise(SIGUSR1);
}

/* The handler of a store to a page that is read-only has it go on behind that store. */
static char *page;

static void behind_the_store(int number, siginfo_t *info, void *context)
{
    ucontext_t *c = context;
    (void)number;
    micro_done += info->si_addr == page;
    c->uc_mcontext.gregs[REG_RIP] += STORE_SIZE;
}

static const char *protect(void)
{
    struct sigaction action = {.sa_sigaction = behind_the_store, .sa_flags = SA_SIGINFO};
    micro_begin();
    page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return "no memory";
    *page = 1;
    return mprotect(page, PAGE, PROT_READ) != 0 || sigaction(SIGSEGV, &action, NULL) != 0
               ? "a page cannot be protected"
               : NULL;
}

static const char *unprotect(void)
{
    micro_must(*page == 1, "a store to a read-only page was done");
    signal(SIGSEGV, SIG_DFL);
    munmap(page, PAGE);
    return micro_end();
}

static void store(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--) /* movb $2, (%rdi) */
        __asm__ volatile(".byte 0xc6, 0x07, 0x02" : : "D"(page) : "memory");
}

/* Nobody cancels the caller; that the call would end a thread is seen by another one. */
static void *until_cancelled(void *unused)
{
    for (unsigned i = 0; i < 1000; i++) {
        pthread_testcancel();
        sched_yield();
    }
    return unused;
}

static void test_cancel(uint64_t n)
{
    micro_asked += n;
    micro_done += n;
    for (; n != 0; n--)
        pthread_testcancel();
}

static const char *cancels(void)
{
    void *end = NULL;
    pthread_t thread;
    micro_must(pthread_create(&thread, NULL, until_cancelled, NULL) == 0 &&
                   pthread_cancel(thread) == 0 && pthread_join(thread, &end) == 0 &&
                   end == PTHREAD_CANCELED,
               "pthread_testcancel() did not end a thread");
    return micro_end();
}

const struct benchmark micro_signals[] = {
    {"signal install", .call = install, .calls = MICRO_CALLS, .setup = micro_begin,
     .check = uninstall, .note = "sigaction"},
    {"signal handle", .call = signal_self, .calls = MICRO_CALLS, .setup = install_handler,
     .check = uninstall, .note = "kill(getpid()) to the handler's end"},
    {"raise, to the handler", .call = raise_it, .calls = MICRO_CALLS, .setup = install_handler,
     .check = uninstall},
    {"protection fault", .call = store, .calls = MICRO_CALLS, .setup = protect, .check = unprotect,
     .note = "to the end of a handler of SIGSEGV"},
    {"cancel point", .call = test_cancel, .calls = MICRO_CALLS, .setup = micro_begin,
     .check = cancels, .note = "pthread_testcancel"},
    {.name = NULL},
};
