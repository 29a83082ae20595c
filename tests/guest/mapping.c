/* SPDX-License-Identifier: BSD-2-Clause */
/* sys/mman.h: mappings, their parts, their rights, and stacks in what was never touched. */
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <limpet.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096ul
#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static char *map(size_t pages) { return mmap(NULL, pages * PAGE, RW, ANON, -1, 0); }

static const char *fresh_pages_are_zero(void)
{
    uint64_t before = limpet_memory().free;
    char *p = map(256);
    EXPECT(p != MAP_FAILED && (uintptr_t)p % PAGE == 0);
    for (size_t i = 0; i < 256 * PAGE; i += 64)
        EXPECT(p[i] == 0);
    memset(p, 0xff, 256 * PAGE);
    EXPECT(munmap(p, 256 * PAGE) == 0);
    char *q = map(256);
    for (size_t i = 0; i < 256 * PAGE; i += 64)
        EXPECT(q[i] == 0);
    EXPECT(munmap(q, 256 * PAGE) == 0);
    EXPECT(limpet_memory().free + 8 >= before); /* tables, and one page of areas, stay */
    return NULL;
}

static const char *parts_go_alone(void)
{
    char *p = map(16);
    for (size_t i = 0; i < 16; i++)
        p[i * PAGE] = (char)(i + 1);
    EXPECT(munmap(p + 3 * PAGE, 2 * PAGE) == 0);
    EXPECT(munmap(p, PAGE) == 0 && munmap(p + 15 * PAGE, PAGE) == 0);
    EXPECT(munmap(p + 2 * PAGE, 4 * PAGE) == 0); /* with a hole in it */
    EXPECT(p[PAGE] == 2);
    for (size_t i = 6; i < 15; i++)
        EXPECT(p[i * PAGE] == (char)(i + 1));
    char *hole = mmap(p + 3 * PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0);
    EXPECT(hole == p + 3 * PAGE && *hole == 0);
    EXPECT(mmap(p + 3 * PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED);
    EXPECT(errno == EEXIST);
    EXPECT(mmap(p + 6 * PAGE, 2 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == p + 6 * PAGE);
    EXPECT(p[6 * PAGE] == 0 && p[7 * PAGE] == 0 && p[8 * PAGE] == 9);
    return munmap(p, 16 * PAGE) == 0 ? NULL : "munmap of what is left";
}

static const char *wrong_arguments(void)
{
    volatile size_t most = SIZE_MAX;
    char *p = map(4);
    EXPECT(mmap(NULL, 0, RW, ANON, -1, 0) == MAP_FAILED && errno == EINVAL);
    EXPECT(mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == EINVAL);
    EXPECT(mmap(NULL, PAGE, 64, ANON, -1, 0) == MAP_FAILED && errno == EINVAL);
    EXPECT(mmap(p + 1, PAGE, RW, ANON | MAP_FIXED, -1, 0) == MAP_FAILED && errno == EINVAL);
    EXPECT(mmap((void *)PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0) == MAP_FAILED && errno == ENOMEM);
    EXPECT(mmap(NULL, most, RW, ANON, -1, 0) == MAP_FAILED && errno == ENOMEM);
    EXPECT(mmap(NULL, (size_t)1 << 40, RW, ANON, -1, 0) == MAP_FAILED && errno == ENOMEM);
    EXPECT(munmap(p + 1, PAGE) == -1 && errno == EINVAL);
    EXPECT(munmap(p, 0) == -1 && errno == EINVAL);
    EXPECT(mprotect(p + 1, PAGE, RW) == -1 && errno == EINVAL);
    EXPECT(mprotect(p, PAGE, 64) == -1 && errno == EINVAL);
    EXPECT(mprotect(p, 0, PROT_NONE) == 0);
    EXPECT(munmap(p + PAGE, PAGE) == 0);
    EXPECT(mprotect(p, 3 * PAGE, PROT_READ) == -1 && errno == ENOMEM);
    EXPECT(msync(p, 3 * PAGE, MS_SYNC) == -1 && errno == ENOMEM);
    EXPECT(msync(p, PAGE, MS_SYNC | MS_ASYNC) == -1 && errno == EINVAL);
    EXPECT(mlock(p, 3 * PAGE) == -1 && errno == ENOMEM);
    EXPECT(madvise(p, PAGE, 1000) == -1 && errno == EINVAL);
    EXPECT(posix_madvise(p, PAGE, 1000) == EINVAL);
    EXPECT(posix_madvise(p, 3 * PAGE, POSIX_MADV_WILLNEED) == ENOMEM);
    EXPECT(munmap(p, 4 * PAGE) == 0);
    return NULL;
}

static const char *rights_hold(void)
{
    char *p = map(8);
    memset(p, 7, 8 * PAGE);
    EXPECT(mprotect(p + PAGE, 2 * PAGE, PROT_READ) == 0);
    EXPECT(mprotect(p + 4 * PAGE, PAGE, PROT_NONE) == 0);
    EXPECT(p[PAGE] == 7 && p[3 * PAGE - 1] == 7);
    EXPECT(write(STDOUT_FILENO, p + 4 * PAGE, 1) == -1 && errno == EFAULT);
    EXPECT(read(STDIN_FILENO, p + PAGE, 1) == -1 && errno == EFAULT);
    EXPECT(mprotect(p, 8 * PAGE, RW) == 0);
    for (size_t i = 0; i < 8 * PAGE; i++)
        EXPECT(p[i] == 7);
    p[PAGE] = p[4 * PAGE] = 8;
    EXPECT(munmap(p, 8 * PAGE) == 0);
    return NULL;
}

static const char *code_runs(void)
{
    static const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3}; /* mov $42, %eax; ret */
    unsigned char *p = (unsigned char *)map(1);
    memcpy(p, code, sizeof code);
    EXPECT(mprotect(p, PAGE, PROT_READ | PROT_EXEC) == 0);
    int (*volatile f)(void) = (int (*)(void))(uintptr_t)p;
    EXPECT(f() == 42);
    EXPECT(munmap(p, PAGE) == 0);
    return NULL;
}

static const char *memory_is_promised(void)
{
    size_t all = limpet_memory().total * PAGE;
    EXPECT(mmap(NULL, all + all / 2, RW, ANON, -1, 0) == MAP_FAILED && errno == ENOMEM);
    char *p = mmap(NULL, all * 4, RW, ANON | MAP_NORESERVE, -1, 0);
    EXPECT(p != MAP_FAILED);
    p[0] = p[all * 4 - 1] = p[all] = 1;
    EXPECT(munmap(p, all * 4) == 0);
    p = mmap(NULL, all * 4, PROT_NONE, ANON, -1, 0); /* addresses, of which some are used later */
    EXPECT(p != MAP_FAILED);
    EXPECT(mprotect(p + all, 16 * PAGE, RW) == 0);
    memset(p + all, 1, 16 * PAGE);
    EXPECT(mprotect(p, all * 4, RW) == -1 && errno == ENOMEM);
    EXPECT(munmap(p, all * 4) == 0);
    p = mmap(NULL, all / 4 * 3, RW, ANON, -1, 0); /* what they had is to be had again */
    EXPECT(p != MAP_FAILED && munmap(p, all / 4 * 3) == 0);
    return NULL;
}

static const char *discarded_pages_are_zero(void)
{
    char *p = map(600);
    memset(p, 1, 600 * PAGE);
    uint64_t before = limpet_memory().free;
    EXPECT(madvise(p + PAGE, 590 * PAGE, MADV_DONTNEED) == 0);
    EXPECT(limpet_memory().free >= before + 590);
    EXPECT(p[0] == 1 && p[591 * PAGE] == 1 && p[PAGE] == 0 && p[590 * PAGE] == 0);
    EXPECT(madvise(p, 600 * PAGE, MADV_WILLNEED) == 0);
    EXPECT(posix_madvise(p, 600 * PAGE, POSIX_MADV_DONTNEED) == 0 && p[0] == 1);
    EXPECT(munmap(p, 600 * PAGE) == 0);
    return NULL;
}

static const char *locked_pages_are_there(void)
{
    unsigned char there[4];
    char *p = map(4);
    EXPECT(mincore(p, 4 * PAGE, there) == 0 && !there[0] && !there[3]);
    EXPECT(mlock(p + 5, PAGE) == 0); /* two pages */
    EXPECT(mincore(p, 4 * PAGE, there) == 0 && there[0] && there[1] && !there[2]);
    EXPECT(munlock(p, PAGE) == 0 && mlockall(MCL_CURRENT) == 0);
    EXPECT(msync(p, PAGE, MS_SYNC | MS_INVALIDATE) == -1 && errno == EBUSY);
    EXPECT(munlockall() == 0 && msync(p, PAGE, MS_SYNC | MS_INVALIDATE) == 0);
    char *q = mmap(NULL, 4 * PAGE, RW, ANON | MAP_POPULATE, -1, 0);
    EXPECT(mincore(q, 4 * PAGE, there) == 0 && there[0] && there[3]);
    EXPECT(munmap(p, 4 * PAGE) == 0 && munmap(q, 4 * PAGE) == 0);
    char on_stack[100];
    EXPECT(mlock(on_stack, sizeof on_stack) == 0);
    return NULL;
}

static const char *sizes_change(void)
{
    char *p = map(8);
    for (size_t i = 0; i < 8; i++)
        p[i * PAGE] = (char)(i + 1);
    EXPECT(mremap(p, 8 * PAGE, 4 * PAGE, 0) == p);
    EXPECT(mremap(p, 4 * PAGE, 6 * PAGE, 0) == p && p[4 * PAGE] == 0 && p[3 * PAGE] == 4);
    char *stop = mmap(p + 6 * PAGE, PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0);
    EXPECT(stop == p + 6 * PAGE);
    EXPECT(mremap(p, 6 * PAGE, 9 * PAGE, 0) == MAP_FAILED && errno == ENOMEM);
    char *q = mremap(p, 6 * PAGE, 9 * PAGE, MREMAP_MAYMOVE);
    EXPECT(q != MAP_FAILED && q != p && q[0] == 1 && q[3 * PAGE] == 4 && q[8 * PAGE] == 0);
    EXPECT(mprotect(p, PAGE, PROT_READ) == -1 && errno == ENOMEM); /* it is not there any more */
    EXPECT(munmap(q, 9 * PAGE) == 0 && munmap(stop, PAGE) == 0);
    return NULL;
}

/* Ten thousand, none of which becomes one with its neighbour, in any order. */
#define MANY 10000
static const char *many_mappings(void)
{
    static char *p[MANY];
    struct timespec from, to;
    uint64_t before = limpet_memory().free;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (size_t i = 0; i < MANY; i++) {
        p[i] = mmap(NULL, PAGE, i % 2 ? RW : PROT_READ, ANON, -1, 0);
        EXPECT(p[i] != MAP_FAILED);
        if (i % 100 == 1)
            *p[i] = (char)i;
    }
    for (size_t i = 0; i < MANY; i++) {
        char **one = &p[i * 7919 % MANY];
        size_t n = (size_t)(one - p);
        EXPECT(n % 100 != 1 || **one == (char)n);
        EXPECT(munmap(*one, PAGE) == 0);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("     %d mappings made and taken away: %ld us\n", MANY,
           (to.tv_sec - from.tv_sec) * 1000000 + (to.tv_nsec - from.tv_nsec) / 1000);
    EXPECT(limpet_memory().free + 400 >= before); /* what the areas took is kept */
    return NULL;
}

/* Several threads map, write, protect and take away, each its own, side by side. */
static atomic_int wrong;
static void *work(void *number)
{
    unsigned own = *(unsigned *)number, random = own + 1;
    for (int round = 0; round < 30 && !wrong; round++) {
        random = random * 1103515245 + 12345;
        size_t pages = 1 + (random >> 16) % 40, at = (random >> 8) % pages;
        char *p = map(pages);
        if (p == MAP_FAILED || p[at * PAGE] != 0) {
            wrong = 1;
            break;
        }
        memset(p, (int)own + 1, pages * PAGE);
        if (mprotect(p + at * PAGE, PAGE, PROT_READ) != 0 ||
            (at > 0 && munmap(p, at * PAGE) != 0) || p[at * PAGE + 5] != (char)(own + 1) ||
            madvise(p + at * PAGE, PAGE, MADV_DONTNEED) != 0 || p[at * PAGE + 5] != 0)
            wrong = 2;
        for (size_t i = at + 1; i < pages; i++)
            if (p[i * PAGE + 9] != (char)(own + 1))
                wrong = 3;
        munmap(p + at * PAGE, (pages - at) * PAGE);
    }
    return NULL;
}

static const char *threads_map_at_once(void)
{
    static unsigned numbers[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    pthread_t t[8];
    for (int i = 0; i < 8; i++)
        EXPECT(pthread_create(&t[i], NULL, work, &numbers[i]) == 0);
    for (int i = 0; i < 8; i++)
        pthread_join(t[i], NULL);
    EXPECT(wrong == 0);
    return NULL;
}

/* One page, which comes to all threads that touch it at once as the same. */
static char *volatile together;
static void *touch(void *counter)
{
    for (int i = 0; i < 64; i++)
        atomic_fetch_add((atomic_int *)(void *)(together + (size_t)i * PAGE), 1);
    return counter;
}

static const char *all_touch_the_same(void)
{
    for (int round = 0; round < 10; round++) {
        pthread_t t[4];
        together = map(64);
        for (int i = 0; i < 4; i++)
            EXPECT(pthread_create(&t[i], NULL, touch, NULL) == 0);
        for (int i = 0; i < 4; i++)
            pthread_join(t[i], NULL);
        for (int i = 0; i < 64; i++)
            EXPECT(*(int *)(void *)(together + (size_t)i * PAGE) == 4);
        EXPECT(munmap(together, 64 * PAGE) == 0);
    }
    return NULL;
}

static uint64_t ns(const struct timespec *t)
{
    return (uint64_t)t->tv_sec * 1000000000 + (uint64_t)t->tv_nsec;
}

/* What it is now, a little later than whatever came before. */
static struct stat look_at(int fd)
{
    struct stat s = {0};
    fstat(fd, &s);
    usleep(1000);
    return s;
}

static int newer(const struct stat *a, const struct stat *b)
{
    return ns(&a->st_mtim) > ns(&b->st_mtim) && ns(&a->st_ctim) > ns(&b->st_ctim);
}

/* mmap() reads a file; what is written by a mapping changes its times at msync() or munmap(), and
 * nothing else does. */
static const char *times_of_files(void)
{
    int fd = open("/tmp/times", O_RDWR | O_CREAT, 0600);
    EXPECT(fd >= 0 && ftruncate(fd, 2 * PAGE) == 0);
    struct stat first = look_at(fd), next;
    char *p = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0);
    char *q = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0);
    EXPECT(p != MAP_FAILED && q != MAP_FAILED);
    next = look_at(fd);
    EXPECT(ns(&next.st_atim) > ns(&first.st_atim) && !newer(&next, &first));
    q[0] = p[PAGE];
    EXPECT(msync(p, 2 * PAGE, MS_SYNC) == 0 && msync(q, PAGE, MS_SYNC) == 0);
    next = look_at(fd);
    EXPECT(!newer(&next, &first));
    for (int i = 0; i < 3; i++) { /* again and again */
        p[PAGE] = 'a';
        EXPECT(msync(p, PAGE, MS_SYNC) == 0);
        next = look_at(fd);
        EXPECT(!newer(&next, &first));
        EXPECT(msync(p, 2 * PAGE, i == 1 ? MS_ASYNC : MS_SYNC) == 0);
        next = look_at(fd);
        EXPECT(newer(&next, &first));
        first = next;
    }
    EXPECT(munmap(q, PAGE) == 0 && munmap(p, PAGE) == 0);
    next = look_at(fd);
    EXPECT(!newer(&next, &first));
    p[PAGE] = 'b';
    EXPECT(mprotect(p + PAGE, PAGE, PROT_READ) == 0 && munmap(p + PAGE, PAGE) == 0);
    next = look_at(fd);
    EXPECT(newer(&next, &first) && close(fd) == 0);
    return NULL;
}

static const char *files_are_shown(void)
{
    int fd = open("/tmp/shown", O_RDWR | O_CREAT, 0600);
    char b[8] = "";
    EXPECT(fd >= 0 && write(fd, "abc", 3) == 3);
    char *p = mmap(NULL, 3 * PAGE, RW, MAP_SHARED, fd, 0);
    char *q = mmap(NULL, 3 * PAGE, RW, MAP_PRIVATE, fd, 0);
    EXPECT(p != MAP_FAILED && q != MAP_FAILED && memcmp(p, "abc", 4) == 0);
    p[1] = 'B';
    EXPECT(pread(fd, b, 3, 0) == 3 && memcmp(b, "aBc", 3) == 0 && q[1] == 'B');
    q[2] = 'Q'; /* its own from now on */
    EXPECT(pwrite(fd, "z", 1, 2) == 1 && p[2] == 'z' && q[2] == 'Q' && q[1] == 'B');
    EXPECT(ftruncate(fd, 2 * PAGE) == 0 && p[PAGE] == 0); /* it moves, and stays one */
    for (int i = 3; i < 300; i++)
        EXPECT(pwrite(fd, "more", 4, i * 5000l) == 4 && (p[PAGE + 7] = (char)i) == (char)i);
    EXPECT(pread(fd, b, 1, PAGE + 7) == 1 && b[0] == (char)299);
    EXPECT(close(fd) == 0 && unlink("/tmp/shown") == 0 && p[1] == 'B');
    EXPECT(munmap(p, PAGE) == 0 && p[PAGE + 7] == (char)299);
    EXPECT(munmap(p, 3 * PAGE) == 0 && q[2] == 'Q' && munmap(q, 3 * PAGE) == 0);
    return NULL;
}

static sigjmp_buf back;
static siginfo_t told;

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    told = *info;
    siglongjmp(back, number);
}

/* SIGBUS, as POSIX has it in mmap(); SIGSEGV where a mapping forbids the access. */
static const char *behind_the_end_of_a_file(void)
{
    const struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    int fd = open("short", O_CREAT | O_RDWR, 0600);
    EXPECT(sigaction(SIGBUS, &action, NULL) == 0 && sigaction(SIGSEGV, &action, NULL) == 0);
    EXPECT(fd >= 0 && ftruncate(fd, PAGE / 2) == 0);
    char *p = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0);
    EXPECT(p != MAP_FAILED);
    p[PAGE - 1] = 1; /* of the page in which the file ends, all may be touched */
    for (int writes = 0; writes < 2; writes++) {
        volatile char *at = p + PAGE + 1;
        int number = sigsetjmp(back, 1);
        if (number == 0 && writes)
            *at = 1;
        else if (number == 0)
            (void)*at;
        EXPECT(number == SIGBUS && told.si_code == BUS_ADRERR && told.si_addr == at);
    }
    EXPECT(mprotect(p, 2 * PAGE, PROT_READ) == 0);
    int number = sigsetjmp(back, 1);
    if (number == 0)
        *(volatile char *)p = 1;
    EXPECT(number == SIGSEGV && told.si_code == SEGV_ACCERR && told.si_addr == p);
    EXPECT(signal(SIGBUS, SIG_DFL) != SIG_ERR && signal(SIGSEGV, SIG_DFL) != SIG_ERR);
    return munmap(p, 2 * PAGE) == 0 && close(fd) == 0 && unlink("short") == 0 ? NULL : "end";
}

static const char *files_that_are_not_open_for_it(void)
{
    int fd = open("/tmp/closed", O_RDWR | O_CREAT, 0600), to_read = open("/tmp/closed", O_RDONLY);
    EXPECT(write(fd, "abc", 3) == 3);
    EXPECT(mmap(NULL, PAGE, RW, MAP_SHARED, to_read, 0) == MAP_FAILED && errno == EACCES);
    char *p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, to_read, 0);
    EXPECT(p != MAP_FAILED && mprotect(p, PAGE, RW) == -1 && errno == EACCES);
    char *q = mmap(NULL, PAGE, RW, MAP_PRIVATE, to_read, 0);
    EXPECT(q != MAP_FAILED && (q[0] = 'x') == 'x' && p[0] == 'a');
    EXPECT(mmap(NULL, PAGE, RW, MAP_SHARED, 99, 0) == MAP_FAILED && errno == EBADF);
    EXPECT(mmap(NULL, PAGE, RW, MAP_SHARED, STDIN_FILENO, 0) == MAP_FAILED && errno == ENODEV);
    int zero = open("/dev/zero", O_RDWR);
    char *z = mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE, zero, 0);
    EXPECT(z != MAP_FAILED && z[PAGE] == 0 && (z[PAGE] = 1) == 1 && munmap(z, 2 * PAGE) == 0);
    EXPECT(close(zero) == 0);
    EXPECT(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 5) == MAP_FAILED && errno == EINVAL);
    EXPECT(munmap(p, PAGE) == 0 && munmap(q, PAGE) == 0 && close(fd) == 0 && close(to_read) == 0);
    return unlink("/tmp/closed") == 0 ? NULL : "unlink";
}

/* On a stack of its own, nothing of which was touched: calls f(), deep, and comes back. */
static void on_stack(char *end, void (*f)(void))
{
    __asm__ volatile("mov %%rsp, %%rbx\n\tmov %0, %%rsp\n\tcall *%1\n\tmov %%rbx, %%rsp"
                     :
                     : "r"(end), "r"(f)
                     : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory",
                       "cc");
}

static volatile unsigned deepest;
static unsigned __attribute__((noinline)) deep(unsigned n)
{
    volatile char frame[600];
    frame[0] = (char)n;
    if (n % 3 == 0) /* the kernel's sections run here too, and interrupts */
        free(malloc(100 + n * 8 % 5000));
    if (n % 50 == 0)
        munmap(map(3), 3 * PAGE);
    return n == 0 ? 0 : deep(n - 1) + 1 + (unsigned)(frame[0] - (char)n);
}
static void run_deep(void) { deepest = deep(300); }

static void *one_stack_after_another(void *unused)
{
    for (int i = 0; i < 20; i++) {
        size_t bytes = 512 << 10;
        char *lazy = i % 2 ? map(bytes / PAGE) : malloc(bytes);
        on_stack((char *)((uintptr_t)(lazy + bytes) & ~15ul) - 16 * (i % 5), run_deep);
        if (deepest != 300)
            wrong = 1;
        if (i % 2)
            munmap(lazy, bytes);
        else
            free(lazy);
    }
    return unused;
}

static const char *stacks_that_come_when_touched(void)
{
    pthread_t t[3];
    for (int i = 0; i < 3; i++)
        EXPECT(pthread_create(&t[i], NULL, one_stack_after_another, NULL) == 0);
    one_stack_after_another(NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    EXPECT(wrong == 0);
    return NULL;
}

/* Each ends the program, by name: run one at a time. */
static char *volatile target;
static int fault_by_name(const char *which)
{
    target = map(2);
    if (strcmp(which, "end") == 0) {
        int fd = open("/tmp/short", O_RDWR | O_CREAT, 0600);
        target = write(fd, "a", 1) == 1 ? mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0) : NULL;
        target += PAGE;
    }
    *target = 1;
    if (strcmp(which, "write") == 0)
        mprotect(target, PAGE, PROT_READ);
    else if (strcmp(which, "none") == 0)
        mprotect(target, PAGE, PROT_NONE);
    else if (strcmp(which, "unmapped") == 0)
        munmap(target, PAGE);
    else if (strcmp(which, "execute") == 0)
        ((void (*)(void))(uintptr_t)target)();
    if (strcmp(which, "none") == 0)
        return *target;
    *target = 2;
    return 0;
}

int main(int argc, char **argv)
{
    static const struct check rows[] = {
        {"fresh_pages_are_zero", fresh_pages_are_zero},
        {"parts_go_alone", parts_go_alone},
        {"wrong_arguments", wrong_arguments},
        {"rights_hold", rights_hold},
        {"code_runs", code_runs},
        {"memory_is_promised", memory_is_promised},
        {"discarded_pages_are_zero", discarded_pages_are_zero},
        {"locked_pages_are_there", locked_pages_are_there},
        {"sizes_change", sizes_change},
        {"many_mappings", many_mappings},
        {"threads_map_at_once", threads_map_at_once},
        {"all_touch_the_same", all_touch_the_same},
        {"times_of_files", times_of_files},
        {"files_are_shown", files_are_shown},
        {"behind_the_end_of_a_file", behind_the_end_of_a_file},
        {"files_that_are_not_open_for_it", files_that_are_not_open_for_it},
        {"stacks_that_come_when_touched", stacks_that_come_when_touched},
        {NULL, NULL},
    };
    if (argc == 3 && strcmp(argv[1], "fault") == 0)
        return fault_by_name(argv[2]);
    return run_checks(rows, argc, argv);
}
