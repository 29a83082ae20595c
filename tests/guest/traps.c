/* SPDX-License-Identifier: BSD-2-Clause */
/* What interrupts and faults must leave alone, and buffers that are none. */
#include <errno.h>
#include <fcntl.h>
#include <limpet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include "check.h"

/*
 * Fills the 128 bytes below its stack pointer, as a leaf function of a compiler may that was not
 * told -mno-red-zone, then touches *page and counts to n. Returns how many of the 16 words were
 * changed.
 */
long red_zone(volatile char *page, long n);
__asm__(".text\n"
        "red_zone:\n"
        "    mov $-16, %rcx\n"
        "1:  mov %rcx, (%rsp, %rcx, 8)\n"
        "    inc %rcx\n"
        "    jnz 1b\n"
        "    movb $1, (%rdi)\n"
        "2:  dec %rsi\n"
        "    jnz 2b\n"
        "    xor %eax, %eax\n"
        "    mov $-16, %rcx\n"
        "3:  cmp %rcx, (%rsp, %rcx, 8)\n"
        "    je 4f\n"
        "    inc %eax\n"
        "4:  inc %rcx\n"
        "    jnz 3b\n"
        "    ret\n");

static const char *red_zone_over_page_faults(void)
{
    enum { PAGES = 512 };
    uint64_t before = limpet_memory().faults;
    char *pages = limpet_map(PAGES * 4096, 4096);
    EXPECT(pages != NULL);
    for (int i = 0; i < PAGES; i++)
        EXPECT(red_zone(pages + i * 4096, 1) == 0);
    EXPECT(limpet_memory().faults - before >= PAGES);
    EXPECT(limpet_unmap(pages) == 0);
    return NULL;
}

static volatile long rounds[2];
static volatile int done;

/* On one CPU: until it was interrupted, and the other one ran, in the middle of red_zone(). */
static void *spin(void *which)
{
    char page;
    long changed = 0;
    if (limpet_pin(0) != 0)
        return "not pinned";
    for (int seen = 0; seen < 20 && !done;) {
        long before = rounds[1 - (long)which];
        changed += red_zone(&page, 100000);
        rounds[(long)which]++;
        seen += rounds[1 - (long)which] != before;
    }
    done = 1;
    return changed != 0 ? "changed" : NULL;
}

static const char *red_zone_over_interrupts(void)
{
    pthread_t t[2];
    void *wrong[2];
    for (long i = 0; i < 2; i++)
        EXPECT(pthread_create(&t[i], NULL, spin, (void *)i) == 0);
    for (int i = 0; i < 2; i++)
        EXPECT(pthread_join(t[i], &wrong[i]) == 0);
    EXPECT(wrong[0] == NULL && wrong[1] == NULL);
    EXPECT(rounds[0] > 0 && rounds[1] > 0);
    return NULL;
}

static const char constant[] = "constant";
static char variable[16];

static int faults(long result)
{
    int wrong = result == -1 && errno == EFAULT;
    errno = 0;
    return wrong;
}

static const char *bad_buffers(void)
{
    int fd = open("/tmp/buffers", O_RDWR | O_CREAT | O_TRUNC, 0600);
    EXPECT(fd >= 0 && write(fd, constant, sizeof constant) == sizeof constant);
    static void *const none[] = {NULL, (void *)4096, (void *)0x7000000000,
                                 (void *)0x8000000000000000, (void *)-8};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        EXPECT(faults(write(fd, none[i], 8)));
        EXPECT(faults(write(1, none[i], 8)));
        EXPECT(lseek(fd, 0, SEEK_SET) == 0);
        EXPECT(faults(read(fd, none[i], 8)));
        EXPECT(faults(read(0, none[i], 8)));
    }
    EXPECT(faults(read(fd, (void *)(uintptr_t)constant, 8))); /* may only be read */
    EXPECT(faults(read(fd, (void *)(uintptr_t)red_zone, 8)));
    EXPECT(faults(write(fd, constant, (size_t)-1 / 2))); /* too much of what is there */
    char *region = limpet_map(3 * 4096, 4096);
    EXPECT(region != NULL && faults(write(fd, region + 4096, 2 * 4096 + 1)));
    EXPECT(limpet_unmap(region) == 0 && faults(write(fd, region, 8)));
    char here[8];
    void *beyond = (void *)((uintptr_t)here | 1ull << 48); /* its lower bits are good */
    EXPECT(faults(write(fd, beyond, 8)) && faults(read(fd, beyond, 8)));
    EXPECT(write(fd, NULL, 0) == 0 && write(1, NULL, 0) == 0); /* nothing is touched */
    EXPECT(read(fd, NULL, 0) == 0 && read(0, NULL, 0) == 0);
    EXPECT(close(fd) == 0);
    return NULL;
}

static void *write_from(void *buffer) { return (void *)(long)write(*(int *)buffer, buffer, 4); }

/* Untouched memory, the image, other threads' stacks, physical memory are as good as any. */
static const char *good_buffers(void)
{
    int fd = open("/tmp/buffers", O_RDWR | O_CREAT | O_TRUNC, 0600), stack = fd;
    pthread_t t;
    void *result;
    EXPECT(fd >= 0);
    char *region = limpet_map(3 * 4096, 4096), *heap = malloc(100000);
    EXPECT(region != NULL && heap != NULL);
    EXPECT(write(fd, region, 3 * 4096) == 3 * 4096 && write(fd, heap, 100000) == 100000);
    EXPECT(write(fd, constant, 8) == 8 && write(fd, (void *)(uintptr_t)red_zone, 8) == 8);
    EXPECT(write(fd, (void *)(8ul << 20), 4096) == 4096);
    EXPECT(pthread_create(&t, NULL, write_from, &stack) == 0);
    EXPECT(pthread_join(t, &result) == 0 && (long)result == 4);
    EXPECT(lseek(fd, 0, SEEK_SET) == 0);
    EXPECT(read(fd, variable, sizeof variable) == sizeof variable);
    EXPECT(read(fd, region, 3 * 4096) == 3 * 4096 && read(fd, &stack, 4) == 4);
    free(heap);
    EXPECT(limpet_unmap(region) == 0 && close(fd) == 0);
    return NULL;
}

int main(int argc, char **argv)
{
    static const struct check checks[] = {
        {"red_zone_over_page_faults", red_zone_over_page_faults},
        {"red_zone_over_interrupts", red_zone_over_interrupts},
        {"bad_buffers", bad_buffers},
        {"good_buffers", good_buffers},
        {NULL, NULL},
    };
    return run_checks(checks, argc, argv);
}
