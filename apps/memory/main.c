/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory: bandwidths as RAMspeed, tinymembench and MBW tell them, reading and writing by size, and
 * the time of an access by size of memory and of pages. What was written is compared after each
 * row.
 *
 * usage: memory [--json] [-q] [-t THREADS] [ROW…]
 */
#include "memory.h"
#include "figures.h"
#include "team.h"
#include "../../tools/cost/marks.h"
#include <limpet.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY       (32u << 20) /* bytes of each array: RAMspeed's and tinymembench's */
#define PAGE_4K     4096u
#define PAGE_2M     (2u << 20)
#define LINE        64
#define LEAST       0.05       /* seconds of a sample, but with -q */
#define QUICK_BYTES (8u << 20) /* of a sample with -q, at least */
#define STEPS       (1u << 20) /* along a chain in a sample; with -q a quarter */
#define BEYOND      8          /* steps behind whole rounds */
#define REPEATS     10
#define QUICK       3
#define MIB         1048576.0

/* What makes a row's figure of its samples. */
enum statistic { MEAN, BEST };

/* What the words of the array that is written must be. */
enum kind { COPY, SCALE, ADD, TRIAD, FILLED, FLOAT_COPY, FLOAT_SCALE, FLOAT_ADD, FLOAT_TRIAD };

struct bandwidth {
    const char *name;
    loop *run;
    enum kind kind;
    enum statistic statistic;
    unsigned arrays; /* that are counted as moved */
    bool mib;        /* in MiB/s, not in 10^6 bytes a second */
    bool teams;      /* is measured with threads, too */
};

static const struct bandwidth bandwidths[] = {
    {"INT copy", int_copy, COPY, MEAN, 2, false, true},
    {"INT scale", int_scale, SCALE, MEAN, 2, false, true},
    {"INT add", int_add, ADD, MEAN, 3, false, true},
    {"INT triad", int_triad, TRIAD, MEAN, 3, false, true},
    {"FLOAT copy", float_copy, FLOAT_COPY, MEAN, 2, false, true},
    {"FLOAT scale", float_scale, FLOAT_SCALE, MEAN, 2, false, true},
    {"FLOAT add", float_add, FLOAT_ADD, MEAN, 3, false, true},
    {"FLOAT triad", float_triad, FLOAT_TRIAD, MEAN, 3, false, true},
    {"copy", copy_words, COPY, BEST, 1, false, false},
    {"copy backwards", copy_backwards, COPY, BEST, 1, false, false},
    {"copy, 64-byte blocks", copy_blocks, COPY, BEST, 1, false, false},
    {"copy, prefetched", copy_prefetched, COPY, BEST, 1, false, false},
    {"copy, 2-pass", copy_two_passes, COPY, BEST, 1, false, false},
    {"fill", fill_words, FILLED, BEST, 1, false, false},
    {"fill, shuffled", fill_shuffled, FILLED, BEST, 1, false, false},
    {"memcpy", copy_libc, COPY, BEST, 1, false, true},
    {"memset", fill_libc, FILLED, BEST, 1, false, true},
    {"MOVSB copy", copy_movsb, COPY, BEST, 1, false, false},
    {"MOVSQ copy", copy_movsq, COPY, BEST, 1, false, false},
    {"SSE2 copy", copy_sse2, COPY, BEST, 1, false, false},
    {"SSE2 copy, nontemporal", copy_sse2_nt, COPY, BEST, 1, false, false},
    {"SSE2 fill", fill_sse2, FILLED, BEST, 1, false, false},
    {"SSE2 fill, nontemporal", fill_sse2_nt, FILLED, BEST, 1, false, false},
    {"MBW memcpy", copy_libc, COPY, MEAN, 1, true, false},
    {"MBW dumb", copy_words, COPY, MEAN, 1, true, false},
    {"MBW mcblock", copy_libc_blocks, COPY, MEAN, 1, true, false},
};
#define BANDWIDTHS (sizeof bandwidths / sizeof *bandwidths)

/* From the first cache to RAM. */
static const struct size {
    const char *name;
    size_t bytes;
} sizes[] = {
    {"16 KiB", 16 << 10}, {"256 KiB", 256 << 10}, {"4 MiB", 4 << 20}, {"32 MiB", 32 << 20}};
#define SIZES (sizeof sizes / sizeof *sizes)

static bool quick;
static unsigned threads = 1; /* besides one */
static char *const *names;   /* of rows; none: all */
static bool right = true;

static uint64_t *a, *b, *to;

/* The piece of work that a team does. */
static const struct bandwidth *current;
static unsigned team;

static bool wanted(const char *name)
{
    char *const *n = names;
    while (*n != NULL && strcmp(*n, name) != 0)
        n++;
    return names[0] == NULL || *n != NULL;
}

static void work(unsigned thread)
{
    size_t part = WORDS_OF(ARRAY) / team & ~(size_t)7, from = part * thread;
    size_t n = thread + 1 < team ? part : WORDS_OF(ARRAY) - from;
    current->run(to + from, a + from, b + from, n);
}

static void work_of_one(unsigned thread)
{
    if (thread == 0)
        current->run(to, a, b, WORDS_OF(ARRAY));
}

static void run_pass(void)
{
    if (team > 1)
        team_run(work);
    else
        work_of_one(0);
}

static bool is_float(enum kind kind) { return kind >= FLOAT_COPY; }

/* Small numbers, of which all that is computed is exact, or, times ln 2, rounded in one way. */
static void fill_sources(bool floats)
{
    static int filled = -1;
    if (filled == (floats ? 1 : 0))
        return;
    filled = floats;
    for (size_t i = 0; i < WORDS_OF(ARRAY); i++) {
        uint64_t x = i * 2654435761u >> 8 & 0xfffff, y = i * 40503u & 0xfffff;
        double dx = (double)x, dy = (double)y;
        memcpy(&a[i], floats ? (void *)&dx : (void *)&x, sizeof *a);
        memcpy(&b[i], floats ? (void *)&dy : (void *)&y, sizeof *b);
    }
}

static bool is_near(uint64_t word, double expected)
{
    double x;
    memcpy(&x, &word, sizeof x);
    return fabs(x - expected) <= 1e-15 * fabs(expected);
}

static bool word_is_right(enum kind kind, size_t i)
{
    double x, y;
    memcpy(&x, &a[i], sizeof x);
    memcpy(&y, &b[i], sizeof y);
    switch (kind) {
    case SCALE:
        return to[i] == INT_FACTOR * a[i];
    case ADD:
        return to[i] == a[i] + b[i];
    case TRIAD:
        return to[i] == a[i] + INT_FACTOR * b[i];
    case FILLED:
        return to[i] == FILL;
    case FLOAT_SCALE:
        return is_near(to[i], FLOAT_FACTOR * x);
    case FLOAT_ADD:
        return is_near(to[i], x + y);
    case FLOAT_TRIAD:
        return is_near(to[i], x + FLOAT_FACTOR * y);
    default:
        return to[i] == a[i];
    }
}

static bool all_right(enum kind kind)
{
    bool good = true;
    for (size_t i = 0; i < WORDS_OF(ARRAY); i++)
        good &= word_is_right(kind, i);
    return good;
}

/* How many passes make a sample. */
static unsigned passes_for(double one, size_t bytes)
{
    if (quick)
        return bytes < QUICK_BYTES ? (unsigned)(QUICK_BYTES / bytes) : 1;
    return one < LEAST ? (unsigned)(LEAST / fmax(one, 1e-9)) + 1 : 1;
}

/* So many samples of a pass's seconds. */
static void take_samples(struct figure *f, void (*pass)(void), size_t bytes)
{
    double began = figure_clock();
    pass(); /* to warm up */
    unsigned passes = passes_for(figure_clock() - began, bytes);
    f->sample_unit = "s";
    for (f->n = 0; f->n < (quick ? QUICK : REPEATS); f->n++) {
        began = figure_clock();
        MARK(MARK_BEGIN);
        for (unsigned i = 0; i < passes; i++)
            pass();
        MARK(MARK_END);
        f->samples[f->n] = (figure_clock() - began) / passes;
    }
}

static double statistic_of(const struct figure *f, enum statistic statistic)
{
    double sum = 0, least = f->samples[0];
    for (unsigned i = 0; i < f->n; i++) {
        sum += f->samples[i];
        least = fmin(least, f->samples[i]);
    }
    return statistic == BEST ? least : sum / f->n;
}

static void print(const struct figure *f) { right &= figure_print("memory", f); }

static void measure_bandwidth(const struct bandwidth *what, unsigned members)
{
    char name[64];
    struct figure f = {.name = name, .unit = what->mib ? "MiB/s" : "MB/s", .more = true};
    snprintf(name, sizeof name, members > 1 ? "%s, %u threads" : "%s", what->name, members);
    if (!wanted(what->name))
        return;
    current = what;
    team = members;
    fill_sources(is_float(what->kind));
    memset(to, 0xaa, ARRAY);
    MARK(MARK_ROW);
    take_samples(&f, run_pass, ARRAY);
    f.value =
        (double)ARRAY * what->arrays / statistic_of(&f, what->statistic) / (what->mib ? MIB : 1e6);
    f.invalid = all_right(what->kind) ? NULL : "what it wrote is not what it had to";
    print(&f);
}

/* Reading and writing a block that stays. */
static size_t block;
static uint64_t sum;
static void read_block(void) { sum = read_words(a, WORDS_OF(block)); }
static void write_block(void) { fill_words(to, NULL, NULL, WORDS_OF(block)); }

static uint64_t sum_of_block(void)
{
    uint64_t all = 0;
    for (size_t i = 0; i < WORDS_OF(block); i++)
        all += a[i];
    return all;
}

static void measure_block(const struct size *size, bool write)
{
    char name[64];
    struct figure f = {.name = name, .unit = "MB/s", .more = true};
    snprintf(name, sizeof name, "%s %s", write ? "write" : "read", size->name);
    if (!wanted(name))
        return;
    block = size->bytes;
    sum = 0;
    fill_sources(false);
    memset(to, 0xaa, block);
    MARK(MARK_ROW);
    take_samples(&f, write ? write_block : read_block, block);
    f.value = (double)block / statistic_of(&f, BEST) / 1e6;
    for (size_t i = 0; i < WORDS_OF(block) && write; i++)
        if (to[i] != FILL)
            f.invalid = "what it wrote is not what it had to";
    if (!write && sum != sum_of_block())
        f.invalid = "it has not read what stands there";
    print(&f);
}

/* Steps along a chain, of which each waits for the one before. */
static void **chain_at;
static size_t chain_steps;
static void step(void) { chain_at = chain_follow(chain_at, chain_steps); }

/* Whole rounds lead back to where the chain begins, and each pass makes a few steps more. */
static const char *check_chain(void **begin, size_t links, size_t beyond)
{
    void **at = begin;
    for (size_t i = 0; i < beyond; i++)
        at = *at;
    if (chain_at != at)
        return "it has not made its steps";
    at = *begin;
    for (size_t i = 1; i < links; i++, at = *at)
        if (at == begin)
            return "the chain is short";
    return at == begin ? NULL : "the chain is no ring";
}

/* Sets the nanoseconds of a step, and what is wrong. */
static void time_chain(struct figure *f, void *memory, size_t bytes, size_t stride)
{
    size_t links = bytes / stride & ~(size_t)7;
    chain_steps = BEYOND;
    while (chain_steps < (quick ? STEPS / 4 : STEPS))
        chain_steps += links;
    chain_at = chain_make(memory, links * stride, stride);
    MARK(MARK_ROW);
    step();
    for (f->n = 0; f->n < (quick ? QUICK : REPEATS); f->n++) {
        double began = figure_clock();
        MARK(MARK_BEGIN);
        step();
        MARK(MARK_END);
        f->samples[f->n] = (figure_clock() - began) / (double)chain_steps * 1e9;
    }
    f->invalid = check_chain(memory, links, (size_t)BEYOND * (f->n + 1));
    f->value = statistic_of(f, BEST);
}

/* Returns the nanoseconds; 0 when there is no such memory. */
static double measure_chain(const char *what, size_t bytes, size_t stride, size_t page)
{
    char name[64];
    struct figure f = {.name = name, .unit = "ns", .sample_unit = "ns"};
    void *memory = limpet_map(bytes < PAGE_2M ? PAGE_2M : bytes, page);
    snprintf(name, sizeof name, "%s, %s pages", what, page == PAGE_4K ? "4 KiB" : "2 MiB");
    if (memory == NULL) {
        figure_none(name, "no memory");
        return 0;
    }
    time_chain(&f, memory, bytes, stride);
    print(&f);
    limpet_unmap(memory);
    return f.value;
}

/* By both sizes of pages; and what the small ones cost more: walks of page tables, the guest's and,
 * nested, the host's. */
static void measure_pages(const char *what, size_t bytes, size_t stride, bool difference)
{
    char name[64];
    struct figure f = {.name = name, .unit = "ns"};
    snprintf(name, sizeof name, "%s, small pages cost", what);
    if (!wanted(what))
        return;
    double small = measure_chain(what, bytes, stride, PAGE_4K);
    double large = measure_chain(what, bytes, stride, PAGE_2M);
    f.value = small - large;
    f.note = "the difference of the two rows above";
    MARK(MARK_ROW);
    if (difference && small > 0 && large > 0)
        print(&f);
}

static int usage(const char *wrong)
{
    printf("memory: bad argument %s\nusage: memory [--json] [-q] [-t THREADS (2 to %d)] [ROW…]\n",
           wrong, TEAM_MAX);
    return 2;
}

static int parse(char **argv)
{
    for (argv++; *argv != NULL && **argv == '-'; argv++) {
        char *end = "";
        unsigned long n = argv[1] != NULL ? strtoul(argv[1], &end, 10) : 0;
        if (strcmp(*argv, "-q") == 0)
            quick = true;
        else if (strcmp(*argv, "-t") == 0 && n >= 2 && n <= TEAM_MAX && *end == '\0')
            threads = (unsigned)n, argv++;
        else
            return usage(*argv);
    }
    names = argv;
    return 0;
}

/* Pages of the size that is best for bandwidth, there before any time is taken. */
static bool create_arrays(void)
{
    uint64_t **const arrays[] = {&a, &b, &to};
    for (int i = 0; i < 3; i++) {
        *arrays[i] = limpet_map(ARRAY, PAGE_2M);
        if (*arrays[i] == NULL)
            return false;
        memset(*arrays[i], 0, ARRAY);
    }
    return true;
}

/* Returns an exit status, with a message. */
static int measure_teams(void)
{
    int error = threads > 1 ? team_start(threads) : 0;
    if (error != 0)
        printf("memory: no %u threads: %s\n", threads, strerror(error));
    for (size_t i = 0; i < BANDWIDTHS && threads > 1 && error == 0; i++)
        if (bandwidths[i].teams)
            measure_bandwidth(&bandwidths[i], threads);
    return error != 0;
}

/* A team's threads wait awake, so they come last. */
static int measure_all(void)
{
    char name[64];
    for (size_t i = 0; i < BANDWIDTHS; i++)
        measure_bandwidth(&bandwidths[i], 1);
    for (int write = 0; write < 2; write++)
        for (size_t i = 0; i < SIZES; i++)
            measure_block(&sizes[i], write);
    for (size_t i = 0; i < SIZES; i++) {
        snprintf(name, sizeof name, "access in %s", sizes[i].name);
        measure_pages(name, sizes[i].bytes, LINE, false);
    }
    measure_pages("a line of each page of 32 MiB", ARRAY, PAGE_4K + LINE, true);
    return measure_teams();
}

int main(int argc, char **argv)
{
    figures_begin(&argc, argv);
    int status = parse(argv);
    if (status != 0)
        return status;
    if (!create_arrays()) {
        printf("memory: no memory for three arrays of 32 MiB: --mem 256\n");
        return 1;
    }
    status = measure_all();
    return status != 0 ? status : !right;
}
