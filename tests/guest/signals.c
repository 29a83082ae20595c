/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals: sent, blocked, queued, waited for, by timers, behind exceptions, into threads at work.
 */
#include "check.h"
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t count, last, order[8];
static siginfo_t seen;

static void on(int number)
{
    last = number;
    order[count % 8] = number;
    count++;
}

static void on_info(int number, siginfo_t *info, void *context)
{
    (void)context;
    seen = *info;
    on(number);
}

static int handle(int number, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
    count = last = 0;
    return sigaction(number, &action, NULL);
}

static const char *actions(void)
{
    struct sigaction action = {.sa_handler = on, .sa_flags = SA_RESETHAND}, old;
    count = 0;
    EXPECT(sigaction(SIGUSR1, &action, NULL) == 0 && raise(SIGUSR1) == 0 && count == 1);
    EXPECT(sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_handler == SIG_DFL);
    EXPECT(sigaction(SIGKILL, &action, NULL) == -1 && errno == EINVAL);
    EXPECT(sigaction(NSIG, &action, NULL) == -1 && errno == EINVAL);
    EXPECT(signal(SIGUSR1, SIG_IGN) == SIG_DFL && kill(getpid(), SIGUSR1) == 0);
    EXPECT(sigset(SIGUSR1, on) == SIG_IGN && sigset(SIGUSR1, SIG_HOLD) == on);
    EXPECT(sigset(SIGUSR1, SIG_DFL) == SIG_HOLD && sigset(SIGUSR1, on) == SIG_DFL);
    EXPECT(handle(SIGUSR1, on_info, 0) == 0 && kill(1, SIGUSR1) == 0 && count == 1);
    EXPECT(seen.si_code == SI_USER && seen.si_pid == getpid() && seen.si_signo == SIGUSR1);
    EXPECT(kill(99, SIGUSR1) == -1 && errno == ESRCH && kill(1, 0) == 0);
    return NULL;
}

static const char *masks_and_queues(void)
{
    sigset_t set, old;
    struct sigaction action = {.sa_sigaction = on_info, .sa_flags = SA_SIGINFO};
    sigfillset(&set);
    count = 0;
    for (int i = 0; i < 3; i++)
        sigaction(SIGRTMIN + i, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    EXPECT(sigprocmask(SIG_BLOCK, &set, &old) == 0);
    for (int i = 2; i >= 0; i--)
        for (int n = 0; n < 2; n++)
            EXPECT(sigqueue(getpid(), SIGRTMIN + i, (union sigval){.sival_int = 10 * i + n}) == 0);
    EXPECT(raise(SIGUSR1) == 0 && raise(SIGUSR1) == 0 && count == 0);
    EXPECT(sigpending(&set) == 0 && sigismember(&set, SIGUSR1) && sigismember(&set, SIGRTMIN + 2));
    EXPECT(sigprocmask(SIG_SETMASK, &old, NULL) == 0 && count == 7);
    EXPECT(order[0] == SIGUSR1 && order[1] == SIGRTMIN && order[6] == SIGRTMIN + 2);
    EXPECT(seen.si_value.sival_int == 21 && seen.si_code == SI_QUEUE);
    int sent = 0;
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, &old);
    while (sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = sent}) == 0)
        sent++;
    EXPECT(errno == EAGAIN && sent >= 32);
    count = 0;
    sigprocmask(SIG_SETMASK, &old, NULL);
    EXPECT(count == sent && seen.si_value.sival_int == sent - 1);
    return NULL;
}

static void *waiter(void *argument)
{
    sigset_t *set = argument;
    siginfo_t info;
    int number = sigwaitinfo(set, &info);
    return (void *)(intptr_t)(number * 1000 + info.si_value.sival_int);
}

static const char *waits(void)
{
    sigset_t set, old;
    siginfo_t info;
    pthread_t id;
    void *result;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 5);
    sigprocmask(SIG_BLOCK, &set, &old);
    EXPECT(sigtimedwait(&set, &info, &(struct timespec){0, 1000000}) == -1 && errno == EAGAIN);
    EXPECT(pthread_create(&id, NULL, waiter, &set) == 0);
    EXPECT(sigqueue(getpid(), SIGRTMIN + 5, (union sigval){.sival_int = 7}) == 0);
    EXPECT(pthread_join(id, &result) == 0);
    EXPECT((intptr_t)result == (SIGRTMIN + 5) * 1000 + 7);
    int number = 0;
    raise(SIGRTMIN + 5);
    EXPECT(sigwait(&set, &number) == 0 && number == SIGRTMIN + 5);
    sigprocmask(SIG_SETMASK, &old, NULL);
    return NULL;
}

static sem_t sem;
static volatile int stop_now;

static void *sleeps(void *unused)
{
    (void)unused;
    int result = sem_wait(&sem);
    return (void *)(intptr_t)(result == -1 && errno == EINTR);
}

static void *computes(void *unused)
{
    (void)unused;
    uint64_t n = 0;
    while (!stop_now)
        n++;
    return (void *)(intptr_t)(n != 0);
}

static void on_stop(int number, siginfo_t *info, void *context)
{
    on_info(number, info, context);
    stop_now = 1;
}

/* Into a wait, and into a loop that makes no call. */
static const char *other_threads(void)
{
    pthread_t id;
    void *result;
    sem_init(&sem, 0, 0);
    EXPECT(handle(SIGUSR2, on_info, 0) == 0);
    EXPECT(pthread_create(&id, NULL, sleeps, NULL) == 0);
    do {
        usleep(1000);
        EXPECT(pthread_kill(id, SIGUSR2) == 0);
        usleep(10000);
    } while (count == 0);
    EXPECT(pthread_join(id, &result) == 0 && result != NULL);
    EXPECT(handle(SIGUSR2, on_stop, 0) == 0);
    stop_now = 0;
    EXPECT(pthread_create(&id, NULL, computes, NULL) == 0);
    usleep(2000);
    EXPECT(pthread_kill(id, SIGUSR2) == 0);
    EXPECT(pthread_join(id, &result) == 0 && result != NULL && count == 1);
    return NULL;
}

/* Mostly inside the library, where no handler runs. */
static void *computes_by_calls(void *unused)
{
    while (!stop_now)
        pthread_equal(pthread_self(), pthread_self());
    return unused;
}

static void *computes_then_blocks(void *set)
{
    computes_by_calls(NULL);
    pthread_sigmask(SIG_BLOCK, set, NULL);
    sem_wait(&sem);
    return NULL;
}

/* A signal for the process that is on its way to a thread which ends, or blocks it, is not lost:
 * that thread handles it before, or another does. */
static const char *last_moments(void)
{
    pthread_t id, sleeper;
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sem_init(&sem, 0, 0);
    EXPECT(handle(SIGUSR2, on_info, SA_RESTART) == 0);
    for (int round = 1; round <= 50; round++) {
        stop_now = 0;
        EXPECT(pthread_create(&id, NULL, computes_by_calls, NULL) == 0);
        pthread_sigmask(SIG_BLOCK, &set, &old);
        if (round % 2)
            usleep(200); /* else it may not have begun */
        EXPECT(kill(getpid(), SIGUSR2) == 0);
        stop_now = 1;
        EXPECT(pthread_join(id, NULL) == 0);
        EXPECT(count == round);
        pthread_sigmask(SIG_SETMASK, &old, NULL);
    }
    for (int round = 1; round <= 50; round++) {
        stop_now = count = 0;
        for (int i = 0; i < 2; i++) /* either may be the first that is thought of */
            EXPECT((i == round % 2 ? pthread_create(&sleeper, NULL, sleeps, NULL)
                                   : pthread_create(&id, NULL, computes_then_blocks, &set)) == 0);
        pthread_sigmask(SIG_BLOCK, &set, &old);
        usleep(200);
        EXPECT(kill(getpid(), SIGUSR2) == 0);
        stop_now = 1;
        for (int ms = 0; count == 0 && ms < 1000; ms++)
            usleep(1000);
        EXPECT(count == 1);
        sem_post(&sem);
        sem_post(&sem);
        EXPECT(pthread_join(id, NULL) == 0 && pthread_join(sleeper, NULL) == 0);
        pthread_sigmask(SIG_SETMASK, &old, NULL);
    }
    return NULL;
}

static const char *suspends(void)
{
    sigset_t none, set, old;
    sigemptyset(&none);
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    EXPECT(handle(SIGALRM, on_info, 0) == 0);
    sigprocmask(SIG_BLOCK, &set, &old);
    ualarm(1000, 0);
    EXPECT(sigsuspend(&none) == -1 && errno == EINTR && count == 1);
    sigprocmask(SIG_SETMASK, &old, NULL);
    struct timespec left;
    ualarm(5000, 0);
    EXPECT(nanosleep(&(struct timespec){20, 0}, &left) == -1 && errno == EINTR && left.tv_sec >= 1);
    EXPECT(alarm(10) == 0 && alarm(0) == 10 && count == 2);
    return NULL;
}

/* A blocked signal stays pending, also one that is ignored unless told otherwise, and a timer's
 * counts how often its time came meanwhile. */
static const char *overruns(void)
{
    timer_t id;
    sigset_t set, pending;
    siginfo_t info;
    const struct itimerspec every = {{0, 1000000}, {0, 1000000}}, never = {{0, 0}, {0, 0}};
    const struct itimerspec wrong[] = {{{0, 0}, {-1, 0}}, {{-1, 0}, {1, 0}}, {{0, -1}, {1, 0}}};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGCONT};
    sigemptyset(&set);
    sigaddset(&set, SIGCONT);
    EXPECT(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
    EXPECT(timer_create(CLOCK_MONOTONIC, &event, &id) == 0);
    for (int i = 0; i < 3; i++)
        EXPECT(timer_settime(id, 0, &wrong[i], NULL) == -1 && errno == EINVAL);
    EXPECT(timer_settime(id, 0, &every, NULL) == 0);
    for (int i = 0; i < 1000 && timer_getoverrun(id) < 3; i++)
        usleep(1000);
    int overrun = timer_getoverrun(id);
    EXPECT(overrun >= 3 && sigpending(&pending) == 0 && sigismember(&pending, SIGCONT));
    EXPECT(sigwaitinfo(&set, &info) == SIGCONT && info.si_overrun >= overrun);
    EXPECT(timer_settime(id, 0, &never, NULL) == 0 && timer_delete(id) == 0);
    EXPECT(pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0);
    return NULL;
}

static void notified(union sigval value) { sem_post(value.sival_ptr); }

static const char *timers(void)
{
    timer_t id;
    const struct itimerspec every = {{0, 1000000}, {0, 1000000}};
    struct sigevent event = {
        .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1, .sigev_value.sival_int = 42};
    EXPECT(handle(SIGRTMIN + 1, on_info, SA_RESTART) == 0);
    EXPECT(timer_create(CLOCK_MONOTONIC, &event, &id) == 0);
    EXPECT(timer_settime(id, 0, &every, NULL) == 0);
    while (count < 5)
        pause();
    EXPECT(seen.si_code == SI_TIMER && seen.si_value.sival_int == 42);
    EXPECT(timer_delete(id) == 0 && timer_delete(id) == -1 && errno == EINVAL);
    sem_init(&sem, 0, 0);
    event = (struct sigevent){.sigev_notify = SIGEV_THREAD,
                              .sigev_notify_function = notified,
                              .sigev_value.sival_ptr = &sem};
    EXPECT(timer_create(CLOCK_REALTIME, &event, &id) == 0);
    EXPECT(timer_settime(id, 0, &every, NULL) == 0);
    while (sem_wait(&sem) != 0)
        ;
    EXPECT(timer_delete(id) == 0);
    return NULL;
}

static sigjmp_buf back;

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    seen = *info;
    siglongjmp(back, number);
}

/* rip goes on behind the instruction of two bytes. */
static void on_skip(int number, siginfo_t *info, void *context)
{
    ucontext_t *c = context;
    on_info(number, info, context);
    c->uc_mcontext.gregs[REG_RIP] += 2;
    c->uc_mcontext.gregs[REG_RAX] = 77;
}

static const char *exceptions(void)
{
    volatile int zero = 0, *volatile eight = (int *)8;
    handle(SIGSEGV, on_fault, 0);
    int number = sigsetjmp(back, 1);
    if (number == 0)
        *eight = 1;
    EXPECT(number == SIGSEGV && seen.si_addr == (void *)8 && seen.si_code == SEGV_MAPERR);
    number = sigsetjmp(back, 1); /* it is not blocked any more */
    if (number == 0)
        *(volatile char *)(uintptr_t)on_fault = 1;
    EXPECT(number == SIGSEGV && seen.si_code == SEGV_ACCERR);
    handle(SIGFPE, on_fault, 0);
    number = sigsetjmp(back, 1);
    if (number == 0)
        zero = last / zero;
    EXPECT(number == SIGFPE && seen.si_code == FPE_INTDIV);
    handle(SIGILL, on_skip, 0);
    uint64_t rax = 0;
    __asm__ volatile("ud2" : "+a"(rax));
    EXPECT(rax == 77 && count == 1 && seen.si_code == ILL_ILLOPN);
    handle(SIGTRAP, on_info, 0);
    __asm__ volatile("int3");
    EXPECT(count == 1 && last == SIGTRAP && seen.si_code == TRAP_BRKPT);
    double d = 1.5;
    __asm__ volatile("movsd %0, %%xmm7\n int3\n movsd %%xmm7, %0" : "+m"(d) : : "xmm7");
    EXPECT(d == 1.5 && count == 2);
    for (int i = SIGILL; i <= SIGSEGV; i++)
        if (i != SIGKILL)
            signal(i, SIG_DFL);
    return NULL;
}

static char alternate[SIGSTKSZ];

static __attribute__((noinline)) int deeper(volatile char *before)
{
    volatile char here[512];
    here[0] = *before;
    return stop_now == 2 ? 0 : deeper(here) + here[0];
}

static void *overflows(void *unused)
{
    (void)unused;
    const stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
    stack_t now;
    volatile char first = 0;
    sigaltstack(&stack, NULL);
    int number = sigsetjmp(back, 1);
    if (number == 0)
        return (void *)(intptr_t)deeper(&first);
    sigaltstack(NULL, &now);
    return (void *)(intptr_t)(number == SIGSEGV && now.ss_flags == 0);
}

static const char *stack_overflow(void)
{
    pthread_t id;
    void *result;
    handle(SIGSEGV, on_fault, SA_ONSTACK);
    EXPECT(pthread_create(&id, NULL, overflows, NULL) == 0);
    EXPECT(pthread_join(id, &result) == 0 && result == (void *)1);
    signal(SIGSEGV, SIG_DFL);
    return NULL;
}

/* Threads that allocate, print, lock and compute, with signals into all of them. */
#define WORKERS 4
#ifndef RATE
#define RATE 100 /* µs from one timer's signal to the next: 10 kHz */
#endif
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile unsigned long shared, hits;

static void on_storm(int number)
{
    (void)number;
    int saved = errno;
    __atomic_add_fetch(&hits, 1, __ATOMIC_RELAXED);
    free(malloc(100)); /* more than POSIX allows: signals.h */
    errno = saved;
}

static void *works(void *argument)
{
    unsigned long *done = argument;
    double sum = 0, expected = 0;
    for (unsigned i = 1; !stop_now; i++) {
        char text[40], *p = malloc(i % 3000 + 1);
        if (p == NULL)
            return NULL;
        p[0] = 1;
        snprintf(text, sizeof text, "%u %g", i, i % 1000 / 4.0);
        pthread_mutex_lock(&mutex);
        shared++;
        pthread_mutex_unlock(&mutex);
        free(p);
        sum += i * 0.5;
        expected += i / 2.0;
        if (sum != expected || strtod(strchr(text, ' '), NULL) != i % 1000 / 4.0)
            printf("FAIL a thread's vector state\n");
        (*done)++;
    }
    return NULL;
}

static const char *storm(void)
{
    pthread_t ids[WORKERS];
    unsigned long done[WORKERS] = {0}, all = 0, sent = 0;
    struct sigaction action = {.sa_handler = on_storm, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    stop_now = 0;
    shared = hits = 0;
    const struct itimerval every = {{0, RATE}, {0, RATE}};
    for (int i = 0; i < WORKERS; i++)
        EXPECT(pthread_create(&ids[i], NULL, works, &done[i]) == 0);
    setitimer(ITIMER_REAL, &every, NULL);
    for (; sent < 1000; sent++) {
        EXPECT(pthread_kill(ids[sent % WORKERS], SIGUSR1) == 0);
        if (sent % 8 == 0)
            usleep(100);
    }
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
    stop_now = 1;
    for (int i = 0; i < WORKERS; i++) {
        EXPECT(pthread_join(ids[i], NULL) == 0);
        all += done[i];
    }
    EXPECT(all == shared && hits > 50);
    signal(SIGALRM, SIG_DFL);
    return NULL;
}

static const struct check checks[] = {
    {"actions", actions},
    {"masks_and_queues", masks_and_queues},
    {"waits", waits},
    {"other_threads", other_threads},
    {"last_moments", last_moments},
    {"suspends", suspends},
    {"timers", timers},
    {"overruns", overruns},
    {"exceptions", exceptions},
    {"stack_overflow", stack_overflow},
    {"storm", storm},
    {NULL, NULL},
};

int main(int argc, char **argv) { return run_checks(checks, argc, argv); }
