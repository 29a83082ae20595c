/* SPDX-License-Identifier: BSD-2-Clause */
/* Ends in the way that its argument names, for the host to tell apart. */
#include <alloca.h>
#include <limpet.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile int zero;

static __attribute__((noinline)) int recurse(int depth)
{
    volatile char frame[512];
    frame[0] = (char)depth;
    return (zero == 0 ? recurse(depth + 1) : 0) + frame[0];
}

static void *overflow_in_thread(void *unused)
{
    zero = recurse(0);
    return unused;
}

/* The whole frame at once, as code does that no -fstack-clash-protection was told. */
static int jump_over_the_guard(void)
{
    __asm__ volatile("sub $0x1000000, %rsp; push %rax");
    return 0;
}

static __attribute__((noinline)) int variable_array(int n)
{
    char array[n];
    array[0] = 1;
    __asm__ volatile("" : : "r"(array) : "memory"); /* or it is optimized away */
    return array[0];
}

static __attribute__((noinline)) int alloca_of(size_t n)
{
    volatile char *array = alloca(n);
    array[0] = 1;
    return array[0];
}

static void *alloca_in_thread(void *unused)
{
    zero = alloca_of(100000);
    return unused;
}

static __attribute__((noinline)) int smash(int n)
{
    char array[16], *p = array;
    __asm__("" : "+r"(p)); /* a compiler must not see where this ends */
    for (int i = 0; i < n; i++)
        p[i] = 'x';
    return p[zero];
}

static volatile int was_freed;

static void *free_it(void *p)
{
    free(p);
    return NULL;
}

static void *free_it_and_sleep(void *p)
{
    free(p);
    was_freed = 1;
    sleep(60); /* the block stays with it */
    return NULL;
}

static int misuse_heap(const char *how)
{
    char *volatile p = malloc(24), *volatile q = malloc(24), *volatile large = malloc(1 << 20);
    char on_stack[64];
    if (strcmp(how, "off-by-one") == 0)
        p[24] = 0;
    if (strcmp(how, "overflow") == 0)
        memset(p, 'x', 64);
    if (strcmp(how, "double-free") == 0)
        free(p);
    if (strcmp(how, "double-free-large") == 0)
        free(large);
    if (strcmp(how, "double-free-lent") == 0) { /* it was kept, and then had again */
        free(large);
        large = malloc(1 << 20);
        free(large);
    }
    pthread_t t;
    if (strcmp(how, "double-free-other") == 0 &&
        pthread_create(&t, NULL, free_it_and_sleep, p) == 0)
        while (!was_freed)
            sched_yield();
    if (strcmp(how, "double-free-ended") == 0 && pthread_create(&t, NULL, free_it, p) == 0)
        pthread_join(t, NULL);
    if (strcmp(how, "write-freed") == 0) {
        free(p);
        memset(p, 'x', 24);
        malloc_trim(0);
    }
    if (strcmp(how, "free-middle") == 0)
        p += 16;
    if (strcmp(how, "free-middle-large") == 0)
        large += 4096;
    if (strcmp(how, "free-wild") == 0)
        p = (char *)0x12345678;
    if (strcmp(how, "free-stack") == 0)
        p = on_stack + 16;
    free(p);
    free(q);
    free(large);
    printf("survived\n");
    return 97;
}

/* The CPU's word for the thread that runs, as a wild write may leave it. */
static void lose_the_thread(void)
{
    uint64_t cpu;
    __asm__ volatile("mov %%gs:0, %0" : "=r"(cpu));
    ((uint64_t *)cpu)[1] = 0;
    __asm__ volatile("ud2");
}

static void triple_fault(void)
{
    static const struct {
        unsigned short limit;
        unsigned long base;
    } __attribute__((packed)) no_idt = {0, 0};
    __asm__ volatile("lidt %0; int3" : : "m"(no_idt));
}

static void in_thread(void *(*f)(void *))
{
    pthread_t t;
    pthread_create(&t, NULL, f, NULL);
    pthread_join(t, NULL);
}

int main(int argc, char **argv);

static void note_abort(int number) { printf("handler of %d\n", number); }

/* The functions of atexit(): the last that was given is called first, all are called. */
static int exits_seen;

static void last_is_first(void) { exits_seen -= 1000; }

static void count_exit(void)
{
    if (++exits_seen == 100 - 1000)
        printf("100 functions behind the last\n");
}

static int how(const char *kind)
{
    static const char constant[] = "constant";
    if (strcmp(kind, "three") == 0)
        return 3;
    if (kind[0] >= '0' && kind[0] <= '9')
        return atoi(kind); /* a status to end with */
    if (strcmp(kind, "divide") == 0)
        return 100 / zero;
    if (strcmp(kind, "null") == 0)
        *(volatile int *)(unsigned long)zero = 1;
    if (strcmp(kind, "stack") == 0)
        return recurse(0);
    if (strcmp(kind, "thread-stack") == 0)
        in_thread(overflow_in_thread);
    if (strcmp(kind, "thread-alloca") == 0)
        in_thread(alloca_in_thread);
    if (strcmp(kind, "jump") == 0)
        return jump_over_the_guard();
    if (strcmp(kind, "vla") == 0)
        return variable_array(10000000);
    if (strcmp(kind, "alloca") == 0)
        return alloca_of(1 << 24);
    if (strcmp(kind, "smash") == 0)
        return smash(64);
    if (strstr(kind, "free") != NULL || strcmp(kind, "off-by-one") == 0 ||
        strcmp(kind, "overflow") == 0)
        return misuse_heap(kind);
    if (strcmp(kind, "no-thread") == 0)
        lose_the_thread();
    if (strcmp(kind, "gs") == 0)
        __asm__ volatile("wrmsr; int3" : : "c"(0xc0000101), "a"(0), "d"(0));
    if (strcmp(kind, "stack-pointer") == 0)
        __asm__ volatile("mov $0x7777777777, %rsp; push %rax");
    if (strcmp(kind, "vector") == 0)
        __asm__ volatile("int $0x80");
    if (strcmp(kind, "unexpected") == 0) {
        __asm__ volatile("int $40; int $40");
        return 4;
    }
    if (strcmp(kind, "nap") == 0) {
        sleep(2);
        printf("slept\n");
        return 0;
    }
    if (strcmp(kind, "loop") == 0)
        for (;;)
            ;
    if (strcmp(kind, "triple") == 0)
        triple_fault();
    if (strcmp(kind, "abort") == 0) {
        signal(SIGABRT, note_abort); /* which does not keep it from ending */
        abort();
    }
    if (strcmp(kind, "terminated") == 0)
        kill(getpid(), SIGTERM);
    if (strcmp(kind, "handlers") == 0) {
        for (int i = 0; i < 100; i++)
            atexit(count_exit);
        atexit(last_is_first);
        return 6;
    }
    if (strcmp(kind, "wild") == 0)
        *(volatile int *)0x7654321000000 = 1;
    if (strcmp(kind, "text") == 0)
        *(volatile char *)(unsigned long)main = 0;
    if (strcmp(kind, "rodata") == 0)
        *(volatile char *)(unsigned long)constant = 0;
    if (strcmp(kind, "execute") == 0) {
        char *code = malloc(16);
        *code = (char)0xc3;
        ((void (*)(void))(unsigned long)code)();
    }
    if (strcmp(kind, "heap") == 0) { /* told by a status, not by a panic */
        size_t n = 0;
        void *volatile block; /* or a compiler leaves malloc out */
        while ((block = malloc(1 << 16)) != NULL)
            n++;
        printf("malloc gave NULL after %zu blocks of 64 KiB\n", n);
        return 12;
    }
    if (strcmp(kind, "deadlock") == 0) {
        pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
        pthread_mutex_lock(&m);
        pthread_mutex_lock(&m);
    }
    printf("no such end: %s\n", kind);
    return 99;
}

int main(int argc, char **argv)
{
    printf("ending by %s", argc > 1 ? argv[1] : "nothing"); /* an open line */
    fflush(stdout);
    return argc > 1 ? how(argv[1]) : 98;
}
