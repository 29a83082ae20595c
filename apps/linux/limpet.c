/* SPDX-License-Identifier: BSD-2-Clause */
/* limpet.h in a Linux process: what limpet-cc --host links, so that one source is measured there,
 * too. */
#include <cpuid.h>
#include <errno.h>
#include <limpet.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#define NS         1000000000ull
#define CALIBRATED (5 * NS / 1000) /* ns for which the TSC is held against the kernel's clock */
#define PAGE_4K    4096u
#define PAGE_2M    (2u << 20)
#define MAPS       64

static struct limpet_stamp ledger[] = {{"door", 0}, {"main", 0}};

/* The first of our instructions: libc has begun before. What is written is there at each line's
 * end, as in an image. */
static __attribute__((constructor(101))) void begin(void)
{
    ledger[0].tsc = limpet_tsc();
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
}

const struct limpet_stamp *limpet_ledger(unsigned index)
{
    if (ledger[1].tsc == 0)
        ledger[1].tsc = ledger[0].tsc; /* constructors run right before main() */
    return index < 2 ? &ledger[index] : NULL;
}

/* The kernel's clock, and the TSC at that moment; *width: ticks within which it was. */
static uint64_t clock_ns(uint64_t *tsc, uint64_t *width)
{
    struct timespec t = {0, 0};
    uint64_t best = UINT64_MAX, ns = 0;
    for (int i = 0; i < 10; i++) { /* the reading that was interrupted least */
        uint64_t before = limpet_tsc_fenced();
        clock_gettime(CLOCK_MONOTONIC_RAW, &t);
        uint64_t took = limpet_tsc_fenced() - before;
        if (took < best) {
            best = took;
            *tsc = before + took / 2;
            ns = (uint64_t)t.tv_sec * NS + (uint64_t)t.tv_nsec;
        }
    }
    *width = best;
    return ns;
}

struct limpet_clock limpet_clock(void)
{
    static struct limpet_clock known;
    uint64_t tsc, later, width, width_later, ns, until;
    if (known.tsc_hz != 0)
        return known;
    ns = clock_ns(&tsc, &width);
    do
        until = clock_ns(&later, &width_later);
    while (until - ns < CALIBRATED);
    known.tsc_hz = (uint64_t)((double)(later - tsc) * (double)NS / (double)(until - ns));
    known.error_ppm = (uint32_t)((width + width_later) * 1000000 / (later - tsc)) + 1;
    known.source = "CLOCK_MONOTONIC_RAW";
    return known;
}

int limpet_clock_source(unsigned index, struct limpet_clock *clock)
{
    *clock = limpet_clock();
    return index == 0;
}

const char *limpet_platform(void) { return "linux"; }

void limpet_hypervisor(char signature[13])
{
    unsigned a, r[3] = {0, 0, 0}, c = 0, unused;
    memset(signature, 0, 13);
    if (__get_cpuid(1, &a, &unused, &c, &unused) == 0 || !(c >> 31))
        return;
    __cpuid(0x40000000, a, r[0], r[1], r[2]); /* as kernel/include/limpet.h says */
    memcpy(signature, r, sizeof r);
}

/* A process of Linux is told nothing of it by the CPU. */
struct limpet_confidential limpet_confidential(void)
{
    return (struct limpet_confidential){"none", "none"};
}

unsigned limpet_cpu(void) { return (unsigned)sched_getcpu(); }

int limpet_pin(unsigned cpu)
{
    long cpus = sysconf(_SC_NPROCESSORS_CONF);
    cpu_set_t set;
    CPU_ZERO(&set);
    for (long i = 0; i < cpus; i++)
        if (cpu == LIMPET_ANY_CPU || (unsigned long)i == cpu)
            CPU_SET((size_t)i, &set);
    return sched_setaffinity(0, sizeof set, &set); /* EINVAL: no such CPU */
}

/* No call of Linux does this and nothing else. */
int limpet_ping(unsigned cpu)
{
    (void)cpu;
    errno = ENOSYS;
    return -1;
}

static struct {
    void *base;
    size_t bytes;
} maps[MAPS];

void *limpet_map(size_t bytes, size_t page_size)
{
    size_t around = page_size == PAGE_2M ? PAGE_2M : 0, i = 0;
    if (bytes == 0 || (page_size != PAGE_4K && page_size != PAGE_2M)) {
        errno = EINVAL;
        return NULL;
    }
    while (i < MAPS && maps[i].base != NULL)
        i++;
    errno = ENOMEM;
    char *base = i == MAPS ? MAP_FAILED
                           : mmap(NULL, bytes + around, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED)
        return NULL;
    if (around != 0) { /* huge pages begin at multiples of their size */
        size_t before = (PAGE_2M - (uintptr_t)base % PAGE_2M) % PAGE_2M;
        if (before != 0)
            munmap(base, before);
        munmap(base + before + bytes, around - before);
        base += before;
    }
    madvise(base, bytes, around != 0 ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    maps[i].base = base;
    maps[i].bytes = bytes;
    return base;
}

int limpet_unmap(void *base)
{
    for (size_t i = 0; i < MAPS && base != NULL; i++)
        if (maps[i].base == base) {
            maps[i].base = NULL;
            return munmap(base, maps[i].bytes);
        }
    errno = EINVAL;
    return -1;
}

/* Faults are the process's without a disk; how low memory once was Linux does not tell. */
struct limpet_memory limpet_memory(void)
{
    struct sysinfo s;
    struct rusage used;
    sysinfo(&s);
    getrusage(RUSAGE_SELF, &used);
    uint64_t unit = PAGE_4K / s.mem_unit ? PAGE_4K / s.mem_unit : 1;
    return (struct limpet_memory){s.totalram / unit, s.freeram / unit, s.freeram / unit,
                                  (uint64_t)used.ru_minflt};
}

uint32_t limpet_turns(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (uint32_t)(used.ru_nvcsw + used.ru_nivcsw);
}
