/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * qemu-cfi: what a guest makes a virtual machine monitor do, a second: exits (instructions that it
 * handles, and ports, which its device model does), and under an emulator its own work: code that
 * it runs, pages that it looks up, code that it translates.
 *
 * usage: qemu-cfi [--json]
 */
#include "figures.h"
#include <cpuid.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define SAMPLES 25
#define SAMPLE  0.004 /* seconds at least: less than others have a CPU for */
#define TRIES   4
#define SCRATCH 0x3ff /* COM1's scratch register: reading changes nothing, and it keeps a byte */
#define NOBODY  0x1234
#define PAGE    4096
#define PAGES   256
#define FACTOR  6364136223846793005u /* of Knuth's generator (MMIX) */

static const char *wrong; /* what a row found */

static uint8_t *pages, *code; /* PAGES of them; one that can be executed */

static const char *ring3(void)
{
    uint16_t selector;
    __asm__("mov %%cs, %0" : "=r"(selector));
    return (selector & 3) != 0 ? "ring 3, a process of Linux may not" : NULL;
}

static uint32_t in_byte(uint32_t port, uint32_t before)
{
    __asm__ volatile("inb %w1, %b0" : "+a"(before) : "d"(port));
    return before;
}

static uint32_t in_long(uint32_t port, uint32_t before)
{
    __asm__ volatile("inl %w1, %0" : "+a"(before) : "d"(port));
    return before;
}

static void out_byte(uint32_t port, uint32_t value)
{
    __asm__ volatile("outb %b0, %w1" : : "a"(value), "d"(port));
}

/* Registers that the operation has to change hold two patterns in turn. */
static uint32_t pattern(unsigned n) { return n % 2 != 0 ? 0xa5a5a5a5 : 0x5a5a5a5a; }

static void do_cpuid(unsigned n)
{
    unsigned a, b, c, d, usual[3];
    __cpuid(0, a, usual[0], usual[1], usual[2]);
    for (unsigned i = 0; i < n; i++) {
        a = c = 0;
        b = d = pattern(i);
        __asm__ volatile("cpuid" : "+a"(a), "+b"(b), "+c"(c), "+d"(d));
        if (b != usual[0] || c != usual[1] || d != usual[2])
            wrong = "the answer was not always the same";
    }
}

static void do_in(unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (((in_byte(SCRATCH, pattern(i)) ^ in_byte(SCRATCH, pattern(i + 1))) & 0xff) != 0)
            wrong = "what was read was not always the same";
}

static void do_out(unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        out_byte(SCRATCH, i);
    if (in_byte(SCRATCH, 0) != ((n - 1) & 0xff))
        wrong = "the last byte written is not there";
}

static void do_nobody(unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (in_long(NOBODY, pattern(i)) != ~0u)
            wrong = "somebody answered";
}

/* A chain of multiplications, held against the same by squares. */
static void do_compute(unsigned n)
{
    uint64_t x = 1, expected = 1, square = FACTOR;
    for (unsigned i = 0; i < n; i++) {
        x *= FACTOR;
        __asm__ volatile("" : "+r"(x));
    }
    for (unsigned i = n; i != 0; i >>= 1, square *= square)
        expected *= (i & 1) != 0 ? square : 1;
    if (x != expected)
        wrong = "the product is wrong";
}

/* Each page is touched once after all translations were forgotten. */
static void do_pages(unsigned n)
{
    uint64_t sum = 0, tables;
    for (unsigned i = 0; i < n; i++) {
        if (i % PAGES == 0)
            __asm__ volatile("mov %%cr3, %0\n\tmov %0, %%cr3" : "=r"(tables) : : "memory");
        sum += pages[(size_t)(i % PAGES) * PAGE];
    }
    for (unsigned i = 0; i < n; i++)
        sum -= i % PAGES;
    if (sum != 0)
        wrong = "the pages are not what they were";
}

/* A function that returns a number, made anew each time: mov $number, %eax; ret. */
static void do_code(unsigned n)
{
    uint8_t bytes[] = {0xb8, 0, 0, 0, 0, 0xc3};
    uint32_t (*function)(void);
    memcpy(&function, &code, sizeof function);
    for (unsigned i = 0; i < n; i++) {
        uint32_t number = i * 2654435761u;
        memcpy(bytes + 1, &number, sizeof number);
        memcpy(code, bytes, sizeof bytes);
        __asm__ volatile("" : : : "memory");
        if (function() != number)
            wrong = "it ran code that was there before";
    }
}

static const struct work {
    const char *name, *unit;
    void (*run)(unsigned n);
    unsigned each;             /* operations in one */
    const char *(*none)(void); /* or NULL */
    const char *note;
} work[] = {
    {"CPUID", "/s", do_cpuid, 1, NULL, "leaf 0"},
    {"IN, a device's port", "/s", do_in, 2, ring3, "the console's UART"},
    {"OUT, a device's port", "/s", do_out, 1, ring3, "the console's UART"},
    {"IN, nobody's port", "/s", do_nobody, 1, ring3, NULL},
    {"multiplications", "/s", do_compute, 1, NULL, "a chain of them: code that is there already"},
    {"pages looked up", "/s", do_pages, 1, ring3, "after CR3 was loaded, each 256"},
    {"functions made", "/s", do_code, 1, NULL, "six bytes written, then called"},
};

static double seconds(const struct work *w, unsigned n)
{
    double began = figure_clock();
    w->run(n);
    return figure_clock() - began;
}

/* So many that a sample takes its time, though others had the CPU meanwhile. */
static unsigned enough(const struct work *w)
{
    unsigned n = 64, slow = 0;
    while (slow < TRIES && n < 1u << 30)
        if (seconds(w, n) >= SAMPLE)
            slow++;
        else {
            slow = 0;
            n *= 2;
        }
    return n;
}

/* The fastest sample counts: what others take of the machine only slows. */
static bool measure(const struct work *w)
{
    unsigned n = enough(w);
    struct figure f = {.name = w->name,
                       .unit = w->unit,
                       .more = true,
                       .note = w->note,
                       .n = SAMPLES,
                       .sample_unit = w->unit};
    wrong = NULL;
    for (unsigned i = 0; i < SAMPLES; i++) {
        f.samples[i] = (double)n * w->each / seconds(w, n);
        f.value = f.samples[i] > f.value ? f.samples[i] : f.value;
    }
    f.invalid = wrong;
    return figure_print("qemu-cfi", &f);
}

int main(int argc, char **argv)
{
    bool good = true;
    figures_begin(&argc, argv);
    if (argc > 1) {
        printf("qemu-cfi: bad argument %s\nusage: qemu-cfi [--json]\n", argv[1]);
        return 2;
    }
    pages = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    code = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || code == MAP_FAILED) {
        puts("qemu-cfi: no memory, or none that can be executed");
        return 1;
    }
    for (unsigned i = 0; i < PAGES; i++)
        pages[(size_t)i * PAGE] = (uint8_t)i;
    for (size_t i = 0; i < sizeof work / sizeof *work; i++)
        if (work[i].none != NULL && work[i].none() != NULL)
            figure_none(work[i].name, work[i].none());
        else
            good &= measure(&work[i]);
    figure_none("block", "not yet: there are no block devices");
    figure_none("network", "not yet: there is no network");
    return !good;
}
