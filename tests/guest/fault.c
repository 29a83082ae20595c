/* SPDX-License-Identifier: BSD-2-Clause */
/* Ends in the way that its argument names, for the host to tell apart. */
#include <limpet.h>
#include <pthread.h>
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

static void triple_fault(void)
{
    static const struct {
        unsigned short limit;
        unsigned long base;
    } __attribute__((packed)) no_idt = {0, 0};
    __asm__ volatile("lidt %0; int3" : : "m"(no_idt));
}

static void thread_overflow(void)
{
    pthread_t t;
    pthread_create(&t, NULL, overflow_in_thread, NULL);
    pthread_join(t, NULL);
}

int main(int argc, char **argv);

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
        thread_overflow();
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
    if (strcmp(kind, "abort") == 0)
        abort();
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
