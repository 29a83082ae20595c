// SPDX-License-Identifier: BSD-2-Clause
// What other people's programs ask of a C library and POSIX, one small check for each kind
// (tests/area/libc.sh).
#include <fnmatch.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <regex.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/utsname.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t got, value;
static void on_signal(int number) { got = number; }
static void on_info(int number, siginfo_t *info, void *context)
{
    (void)context;
    got = number;
    value = info->si_signo;
}

static bool alarms(void)
{
    signal(SIGALRM, on_signal);
    alarm(1);
    while (got != SIGALRM)
        usleep(10000);
    return true;
}

static bool actions(void)
{
    struct sigaction action = {.sa_sigaction = on_info, .sa_flags = SA_SIGINFO};
    return !sigaction(SIGUSR2, &action, NULL) && !raise(SIGUSR2) && got == SIGUSR2 &&
           value == SIGUSR2;
}

static bool redirected(void) // standard output into a pipe and back
{
    int ends[2], saved = dup(1);
    char text[8] = "";
    fflush(stdout);
    if (saved < 0 || pipe(ends) || dup2(ends[1], 1) != 1)
        return false;
    printf("inside");
    fflush(stdout);
    return dup2(saved, 1) == 1 && read(ends[0], text, sizeof text) == 6 &&
           !memcmp(text, "inside", 6);
}

static bool names(void)
{
    struct utsname system;
    char host[64];
    return getuid() == geteuid() && getgid() == getegid() && getpid() > 0 && !uname(&system) &&
           *system.machine && !gethostname(host, sizeof host);
}

static bool long_doubles(void)
{
    volatile long double x = 2.0L;
    return fabsl(powl(x, 0.5L) - sqrtl(x)) < 1e-18L &&
           fabsl(sinl(x) * sinl(x) + cosl(x) * cosl(x) - 1) < 1e-18L;
}

static bool anonymous(void) // memory, of which the middle goes first
{
    size_t page = 4096;
    char *p = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED || (uintptr_t)p % page || p[2 * page])
        return false;
    p[0] = 1, p[2 * page] = 3;
    return !munmap(p + page, page) && p[0] == 1 && p[2 * page] == 3 && !munmap(p, page) &&
           !munmap(p + 2 * page, page);
}

static bool expressions(void)
{
    regex_t regex;
    regmatch_t match;
    bool right = !regcomp(&regex, "b+c", REG_EXTENDED) &&
                 !regexec(&regex, "aabbbcd", 1, &match, 0) && match.rm_so == 2 && match.rm_eo == 6;
    regfree(&regex);
    return right && !fnmatch("*.[ch]", "main.c", 0) &&
           fnmatch("*.[ch]", "main.o", 0) == FNM_NOMATCH;
}

static bool waits(void)
{
    struct pollfd out = {.fd = 1, .events = POLLOUT};
    struct timeval time = {.tv_usec = 1000};
    return poll(&out, 1, 0) == 1 && out.revents == POLLOUT &&
           select(0, NULL, NULL, NULL, &time) == 0;
}

static bool jumps(void)
{
    static jmp_buf plain;
    static sigjmp_buf masked;
    volatile int count = 0;
    if (_setjmp(plain) == 0)
        _longjmp(plain, 4);
    count++;
    if (sigsetjmp(masked, 1) == 0)
        siglongjmp(masked, 6);
    return ++count == 2;
}

static bool numbers(void) // just above half of the least number; "0x" without a digit behind
{
    const char *text = "0xg";
    char *end;
    return strtof("0x1.000002p-150", NULL) == 0x1p-149f && strtol(text, &end, 16) == 0 &&
           end == text + 1;
}

static bool attributes(void)
{
    pthread_rwlockattr_t attr;
    int shared = -1, old;
    return !pthread_rwlockattr_init(&attr) &&
           !pthread_rwlockattr_setpshared(&attr, PTHREAD_PROCESS_PRIVATE) &&
           !pthread_rwlockattr_getpshared(&attr, &shared) && shared == PTHREAD_PROCESS_PRIVATE &&
           !pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &old) && old == PTHREAD_CANCEL_DEFERRED;
}

static int twice(void *x) { return *(int *)x * 2; }
static bool c11(void)
{
    thrd_t thread;
    int x = 21, result = 0;
    return thrd_create(&thread, twice, &x) == thrd_success &&
           thrd_join(thread, &result) == thrd_success && result == 42;
}

static bool year(void) // no earlier than the build's
{
    time_t now = time(NULL);
    return gmtime(&now)->tm_year + 1900 >= atoi(&__DATE__[7]);
}

static bool used(void)
{
    struct rusage r;
    struct timespec t;
    return !getrusage(RUSAGE_SELF, &r) && !clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) &&
           !clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) && CLOCKS_PER_SEC == 1000000;
}

static bool zone(void)
{
    time_t t = 86400;
    const struct tm *local = localtime(&t);
    struct tm copy = *local;
    return local->tm_gmtoff == 0 && timegm(&copy) == t;
}

static const struct {
    const char *name;
    bool (*right)(void);
} checks[] = {
    {"alarm", alarms},
    {"sigaction with siginfo", actions},
    {"dup, dup2, pipe", redirected},
    {"uname, user and host", names},
    {"long double", long_doubles},
    {"mmap, munmap in part", anonymous},
    {"regcomp, fnmatch", expressions},
    {"poll, select", waits},
    {"_setjmp, sigsetjmp", jumps},
    {"strtof, strtol", numbers},
    {"attributes of threads", attributes},
    {"threads.h", c11},
    {"the clock's year", year},
    {"getrusage, clocks of CPU time", used},
    {"tm_gmtoff, timegm", zone},
};

int main(void)
{
    int failed = 0;
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        bool right = checks[i].right();
        failed += !right;
        printf("%s %s\n", right ? "PASS" : "FAIL", checks[i].name);
    }
    return failed != 0;
}
