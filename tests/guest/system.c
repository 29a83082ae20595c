/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls: files, time, the environment, what is not supported. */
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <limpet.h>
#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

int fork(void);
int execve(const char *path, char *const *argv, char *const *env);

static const char *files(void)
{
    char back[64];
    struct stat st;
    int fd = open("/tmp/a", O_CREAT | O_EXCL | O_RDWR, 0644);
    EXPECT(fd >= 3 && write(fd, "hello world", 11) == 11);
    EXPECT(lseek(fd, 6, SEEK_SET) == 6 && read(fd, back, 64) == 5 && memcmp(back, "world", 5) == 0);
    EXPECT(lseek(fd, 100, SEEK_END) == 111 && write(fd, "x", 1) == 1);
    EXPECT(lseek(fd, 50, SEEK_SET) == 50 && read(fd, back, 1) == 1 && back[0] == 0);
    EXPECT(fstat(fd, &st) == 0 && st.st_size == 112 && S_ISREG(st.st_mode) && st.st_nlink == 1);
    EXPECT(link("/tmp/a", "/tmp/b") == 0 && fstat(fd, &st) == 0 && st.st_nlink == 2);
    EXPECT(unlink("/tmp/a") == 0 && stat("/tmp/a", &st) == -1 && errno == ENOENT);
    EXPECT(stat("/tmp/b", &st) == 0 && st.st_size == 112);
    EXPECT(open("/tmp/b", O_CREAT | O_EXCL | O_RDWR, 0644) == -1 && errno == EEXIST);
    EXPECT(unlink("/tmp/b") == 0 && lseek(fd, 0, SEEK_SET) == 0 && read(fd, back, 5) == 5);
    EXPECT(close(fd) == 0 && close(fd) == -1 && errno == EBADF);
    EXPECT(mkdir("/tmp/dir", 0755) == 0 && mkdir("/tmp/dir", 0755) == -1 && errno == EEXIST);
    EXPECT((fd = open("/tmp/dir/f", O_CREAT | O_WRONLY | O_APPEND, 0644)) >= 0);
    EXPECT(rmdir("/tmp/dir") == -1 && errno == ENOTEMPTY);
    EXPECT(read(fd, back, 1) == -1 && errno == EBADF);
    EXPECT(write(fd, "12", 2) == 2 && lseek(fd, 0, SEEK_SET) == 0 && write(fd, "3", 1) == 1);
    EXPECT(fstat(fd, &st) == 0 && st.st_size == 3 && close(fd) == 0);
    EXPECT(rename("/tmp/dir/f", "/tmp/g") == 0 && rmdir("/tmp/dir") == 0);
    EXPECT(open("/tmp/g/x", O_RDONLY) == -1 && errno == ENOTDIR);
    EXPECT(open("/nowhere/x", O_CREAT | O_RDWR, 0644) == -1 && errno == ENOENT);
    EXPECT(unlink("/tmp") == -1 && errno == EISDIR && unlink("/tmp/g") == 0);
    return NULL;
}

static const char *duplicates(void)
{
    char back[8] = "";
    struct stat st;
    int fd = open("/tmp/dup", O_CREAT | O_RDWR, 0644), other = dup(fd), far;
    EXPECT(fd >= 3 && other > fd && write(fd, "one", 3) == 3 && write(other, "two", 3) == 3);
    EXPECT(lseek(fd, 1, SEEK_SET) == 1 && read(other, back, 8) == 5 && strcmp(back, "netwo") == 0);
    EXPECT(close(fd) == 0 && lseek(other, 0, SEEK_SET) == 0); /* it is still open */
    EXPECT((far = fcntl(other, F_DUPFD, 30)) == 30 && read(far, back, 1) == 1 && back[0] == 'o');
    EXPECT(dup2(far, other) == other && dup2(other, other) == other && close(far) == 0);
    EXPECT(read(other, back, 1) == 1 && back[0] == 'n' && close(other) == 0);
    EXPECT(dup(other) == -1 && errno == EBADF && dup2(1, (int)sysconf(_SC_OPEN_MAX)) == -1 &&
           errno == EBADF);
    EXPECT(dup2(1, 9) == 9 && write(9, "", 0) == 0 && close(9) == 0);

    /* Standard output into a file and back, as programs do. */
    int saved = dup(1);
    EXPECT(saved >= 3 && (fd = open("/tmp/out", O_CREAT | O_RDWR, 0644)) >= 3);
    fflush(stdout);
    EXPECT(dup2(fd, 1) == 1 && printf("to a file") == 9 && fflush(stdout) == 0);
    EXPECT(dup2(saved, 1) == 1 && close(saved) == 0);
    EXPECT(stat("/tmp/out", &st) == 0 && st.st_size == 9 && close(fd) == 0);
    EXPECT((fd = open("/dev/null", O_RDWR)) >= 3 && write(fd, back, 8) == 8);
    EXPECT(read(fd, back, 8) == 0 && fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && close(fd) == 0);
    EXPECT(unlink("/tmp/out") == 0 && unlink("/tmp/dup") == 0);
    return NULL;
}

static const char *streams(void)
{
    FILE *f = fopen("/tmp/big", "w+");
    char line[64];
    EXPECT(f != NULL);
    for (int i = 0; i < 100000; i++)
        EXPECT(fprintf(f, "line %d %.2f\n", i, i / 4.0) > 0);
    rewind(f);
    for (int i = 0; i < 100000; i++) {
        char expected[64];
        EXPECT(fgets(line, sizeof line, f) != NULL);
        snprintf(expected, sizeof expected, "line %d %.2f\n", i, i / 4.0);
        EXPECT(strcmp(line, expected) == 0);
    }
    EXPECT(fgets(line, sizeof line, f) == NULL && feof(f) && fclose(f) == 0);
    EXPECT(fopen("/tmp/none", "r") == NULL && errno == ENOENT && remove("/tmp/big") == 0);
    for (int i = 0; i < 200; i++) { /* descriptors are given back */
        f = fopen("/tmp/x", "w");
        EXPECT(f != NULL && fclose(f) == 0);
    }
    return NULL;
}

static const char *file_system_full(void)
{
    char *block = malloc(1 << 20);
    FILE *f = fopen("/tmp/full", "w");
    int failed = 0;
    EXPECT(f != NULL && block != NULL);
    memset(block, 1, 1 << 20);
    for (int i = 0; i < 100000 && !failed; i++)
        failed = fwrite(block, 1, 1 << 20, f) != 1 << 20;
    EXPECT(failed && errno == ENOSPC);
    fclose(f);
    EXPECT(remove("/tmp/full") == 0);
    f = fopen("/tmp/full", "w");
    EXPECT(f != NULL && fwrite(block, 1, 1 << 20, f) == 1 << 20 && fclose(f) == 0);
    free(block);
    return NULL;
}

/* Each with a few bytes, in one folder; afterwards all that they took is free again. */
static const char *many_files(void)
{
    enum { MANY = 20000 };
    char path[64], back[8];
    EXPECT(mkdir("/tmp/many", 0755) == 0);
    unsigned long before = limpet_memory().free;
    for (int i = 0; i < MANY; i++) {
        snprintf(path, sizeof path, "/tmp/many/file %d", i);
        int fd = open(path, O_CREAT | O_EXCL | O_RDWR, 0644);
        EXPECT(fd >= 0 && write(fd, path, 8) == 8 && close(fd) == 0);
    }
    EXPECT(before - limpet_memory().free < MANY * 256 / 4096);
    for (int i = MANY; i-- > 0;) {
        snprintf(path, sizeof path, "/tmp/many/file %d", i);
        int fd = open(path, O_RDONLY);
        EXPECT(fd >= 0 && read(fd, back, 8) == 8 && memcmp(back, path, 8) == 0 && close(fd) == 0);
        EXPECT(unlink(path) == 0 && unlink(path) == -1 && errno == ENOENT);
    }
    EXPECT(limpet_memory().free == before && rmdir("/tmp/many") == 0);
    return NULL;
}

static const char *clocks(void)
{
    struct timespec a, b;
    struct limpet_clock clock = limpet_clock();
    EXPECT(clock.tsc_hz > 100000000 && *clock.source != '\0' && clock.error_ppm < 100000);
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (int i = 0; i < 100000; i++) {
        clock_gettime(CLOCK_MONOTONIC, &b);
        EXPECT(b.tv_sec > a.tv_sec || (b.tv_sec == a.tv_sec && b.tv_nsec >= a.tv_nsec));
        a = b;
    }
    EXPECT(clock_gettime((clockid_t)77, &a) == -1 && errno == EINVAL);
    EXPECT(nanosleep(&(struct timespec){0, 1000000000}, NULL) == -1 && errno == EINVAL);
    struct timeval t;
    EXPECT(gettimeofday(&t, NULL) == 0);
    return NULL;
}

static const char *not_supported(void)
{
    EXPECT(getpid() == 1 && kill(17, 0) == -1 && errno == ESRCH);
    EXPECT(isatty(60) == 0 && errno == EBADF);
    return NULL;
}

static const char *environment(void)
{
    EXPECT(setenv("LIMPET_TEST", "one", 1) == 0 && strcmp(getenv("LIMPET_TEST"), "one") == 0);
    EXPECT(unsetenv("LIMPET_TEST") == 0 && getenv("LIMPET_TEST") == NULL);
    const char *given = getenv("GIVEN");
    EXPECT(given == NULL || strcmp(given, "a b\"c\\") == 0);
    return NULL;
}

static const char *library(void)
{
    char text[64];
    EXPECT(fabs(sin(1.0) - 0.8414709848078965) < 1e-15 && pow(2, 0.5) == sqrt(2.0));
    snprintf(text, sizeof text, "%.10g %lld %zu %5.1e", 1.0 / 3, 1ll << 40, (size_t)7, 12345.678);
    EXPECT(strcmp(text, "0.3333333333 1099511627776 7 1.2e+04") == 0);
    EXPECT(strtod("0x1.8p1", NULL) == 3.0 && atoi("-42") == -42);
    return NULL;
}

/* A module, when the test was started with one: "module.txt", or, from loaders that give no names,
 * its number. */
static const char *boot_modules(void)
{
    char text[64] = "";
    const char *name = access("/modules/0", F_OK) == 0 ? "/modules/0" : "/modules/module.txt";
    FILE *f = fopen(name, "r");
    if (f == NULL)
        return "SKIP started without a module";
    EXPECT(fgets(text, sizeof text, f) != NULL && strcmp(text, "brought along\n") == 0);
    EXPECT(fclose(f) == 0);
    f = fopen(name, "a");
    EXPECT(f != NULL && fputs("and more", f) >= 0 && fclose(f) == 0);
    f = fopen(name, "r");
    EXPECT(fread(text, 1, sizeof text, f) == 22 && memcmp(text + 14, "and more", 8) == 0);
    return fclose(f) == 0 ? NULL : "fclose";
}

/* Signals that the program sends itself, by every way to do so. */
static volatile int handled[NSIG];

static void note_signal(int number) { handled[number]++; }

static void *until_told(void *gate)
{
    sem_wait(gate);
    return NULL;
}

static const char *signals(void)
{
    sem_t gate;
    pthread_t t;
    EXPECT(signal(SIGTERM, note_signal) == SIG_DFL);
    EXPECT(raise(SIGTERM) == 0 && handled[SIGTERM] == 1);
    EXPECT(kill(getpid(), SIGTERM) == 0 && handled[SIGTERM] == 2);
    EXPECT(kill(0, SIGTERM) == 0 && handled[SIGTERM] == 3);
    EXPECT(pthread_kill(pthread_self(), SIGTERM) == 0 && handled[SIGTERM] == 4);
    EXPECT(kill(getpid(), 0) == 0 && kill(17, 0) == -1 && errno == ESRCH);
    EXPECT(kill(getpid(), NSIG) == -1 && errno == EINVAL && raise(-1) == -1 && errno == EINVAL);
    EXPECT(signal(SIGKILL, note_signal) == SIG_ERR && errno == EINVAL);
    EXPECT(raise(SIGCHLD) == 0);
    sem_init(&gate, 0, 0);
    EXPECT(pthread_create(&t, NULL, until_told, &gate) == 0);
    EXPECT(pthread_kill(t, 0) == 0); /* more of it: tests/guest/signals.c */
    EXPECT(signal(SIGTERM, SIG_IGN) == note_signal && pthread_kill(t, SIGTERM) == 0);
    EXPECT(sem_post(&gate) == 0 && pthread_join(t, NULL) == 0 && pthread_kill(t, 0) == ESRCH);
    EXPECT(kill(getpid(), SIGTERM) == 0 && handled[SIGTERM] == 4);
    EXPECT(signal(SIGTERM, SIG_DFL) == SIG_IGN);
    return NULL;
}

/* What C and POSIX promise at least, and what sysconf() tells of it. */
static void nothing(void) {}

/* All of main's stack is there, down to its guard (area ends); of small machines a part of it. */
static const char *main_stack(void)
{
    size_t bytes = limpet_memory().total > 16384 ? 8u << 20 : 2u << 20;
    volatile char array[bytes - (16 << 10)];
    for (size_t at = sizeof array; at >= 4096; at -= 4096)
        array[at - 1] = (char)(at >> 12);
    for (size_t at = sizeof array; at >= 4096; at -= 4096)
        EXPECT(array[at - 1] == (char)(at >> 12));
    return NULL;
}

static const char *limits(void)
{
    for (int i = 0; i < 100; i++)
        EXPECT(atexit(nothing) == 0);
    EXPECT(sysconf(_SC_ATEXIT_MAX) >= 100 && sysconf(_SC_THREAD_KEYS_MAX) >= 128);
    EXPECT(sysconf(_SC_THREAD_DESTRUCTOR_ITERATIONS) >= 4 && sysconf(_SC_ARG_MAX) >= 4096);
    EXPECT(sysconf(_SC_THREAD_THREADS_MAX) >= 64 && sysconf(_SC_SEM_VALUE_MAX) >= 32767);
    EXPECT(sysconf(_SC_THREAD_PRIO_INHERIT) >= 200809 && sysconf(_SC_VERSION) >= 200809);
    EXPECT(sysconf(_SC_THREAD_PRIO_PROTECT) >= 200809);
    EXPECT(sysconf(12345) == -1 && errno == EINVAL);
    long n = 0; /* descriptors: as many as it says, the three of the console among them */
    int fd[1024];
    while (n < 1024 && (fd[n] = open("/tmp/limit", O_CREAT | O_RDWR, 0600)) >= 0)
        n++;
    EXPECT(errno == EMFILE && n + 3 == sysconf(_SC_OPEN_MAX) && n + 3 >= 20);
    while (n > 0)
        close(fd[--n]);
    EXPECT(unlink("/tmp/limit") == 0 && system(NULL) == 0);
    errno = 0;
    EXPECT(system("true") == -1 && errno == ENOSYS);
    return NULL;
}

int asprintf(char **text, const char *format, ...);

/* snprintf() and asprintf(), which is newlib's and calls ours, agree. */
static const char *formats(void)
{
    static const char *const texts[] = {"%d|%5d|%-5d|%05d|%+d",    "%u %x %X %o %c",
                                        "%8.3d %.0d %ld %zu %llx", "%d %.3f %g",
                                        "%hhd %hd %#x %p",         "% d %*d"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (long v = -2; v <= 2; v++) {
            char ours[200], *newlibs;
            double half = v / 2.0;
            int n = snprintf(ours, sizeof ours, texts[i], v, v, v, v, v, half, half);
            EXPECT(asprintf(&newlibs, texts[i], v, v, v, v, v, half, half) == n);
            EXPECT(strcmp(ours, newlibs) == 0);
            free(newlibs);
        }
    char few[6];
    volatile size_t room = sizeof few; /* which the compiler is not to look into */
    EXPECT(snprintf(few, room, "%s-%-4s|%.2s", "ab", "c", "def") == 10 &&
           strcmp(few, "ab-c ") == 0);
    EXPECT(snprintf(NULL, 0, "%.2f", 1.5) == 4);
    room = (size_t)1 << 31;
    EXPECT(snprintf(few, room, "x") == 1); /* as POSIX has it since 2024, and the host */
    return NULL;
}

int main(int argc, char **argv)
{
    static const struct check rows[] = {
        {"files", files},
        {"duplicates", duplicates},
        {"streams", streams},
        {"many_files", many_files},
        {"clocks", clocks},
        {"not_supported", not_supported},
        {"signals", signals},
        {"limits", limits},
        {"main_stack", main_stack},
        {"environment", environment},
        {"formats", formats},
        {"library", library},
        {"boot_modules", boot_modules},
        {"file_system_full", file_system_full},
        {NULL, NULL},
    };
    return run_checks(rows, argc, argv);
}
