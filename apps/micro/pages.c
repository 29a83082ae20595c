/* SPDX-License-Identifier: BSD-2-Clause */
/* micro: mappings, and first touches of their pages. */
#include "micro.h"
#include <fcntl.h>
#include <limpet.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE      4096u
#define PAGE_2M   (2u << 20)
#define ROOM      (1u << 20)       /* of a mapping that nobody touches */
#define FILE_SIZE (8u << 20)       /* of the file that is mapped, */
#define STEP      (16u << 10)      /* stored to in such steps, */
#define PART      (FILE_SIZE / 10) /* in its first tenth */
#define PAGES     256              /* first touches in a loop */
#define HUGE      4
#define FILE_AT   "/tmp/micro.pages"
#define ODD       101 /* pages to the next one, so that none comes twice and none in order */

static char *last; /* mapping */

static void *map(size_t bytes, int rights, int flags, int fd)
{
    void *p = mmap(NULL, bytes, rights, flags, fd, 0);
    micro_must(p != MAP_FAILED, "mmap() failed");
    return p;
}

/* Does the kernel take a page for one that may be written to? A byte comes there, if so. */
static int is_writable(char *page)
{
    int zero = open("/dev/zero", O_RDONLY);
    int written = read(zero, page, 1) == 1;
    close(zero);
    return written;
}

static void map_unmap(uint64_t n)
{
    char *p = NULL;
    micro_asked += n;
    for (; n != 0; n--) {
        p = map(ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
        micro_done += munmap(p, ROOM) == 0;
    }
    last = p;
}

static const char *maps(void)
{
    micro_must(!is_writable(last), "what was unmapped is there");
    last = map(ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    micro_must(is_writable(last + ROOM - 1), "what was mapped is not there");
    munmap(last, ROOM);
    return micro_end();
}

static int fd = -1;

static const char *make_file(void)
{
    micro_begin();
    fd = open(FILE_AT, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || ftruncate(fd, FILE_SIZE) != 0)
        return "no file to map";
    for (unsigned i = 0; i < FILE_SIZE / PAGE; i++)
        if (pwrite(fd, &i, sizeof i, (off_t)i * PAGE) != sizeof i)
            return "no memory for a file";
    return NULL;
}

static const char *remove_file(void)
{
    close(fd);
    unlink(FILE_AT);
    return micro_end();
}

/* What was stored must then be in the file. */
static uint32_t stored;

static void map_store(uint64_t n)
{
    uint32_t word = 0;
    micro_asked += n;
    for (; n != 0; n--) {
        char *p = map(FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
        stored++;
        for (size_t at = sizeof stored; at < PART; at += STEP)
            *(volatile uint32_t *)(p + at) = stored;
        micro_done += munmap(p, FILE_SIZE) == 0;
    }
    micro_must(pread(fd, &word, sizeof word, (PART / STEP) * STEP + sizeof word) == sizeof word &&
                   word == stored,
               "a store did not come into the file");
}

static char *pages;

static const char *make_page(void)
{
    micro_begin();
    pages = map(PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    if (micro_trouble == NULL)
        *(volatile char *)pages = 1;
    return micro_trouble;
}

static const char *remove_page(void)
{
    munmap(pages, PAGE);
    return micro_end();
}

/* Read-only, and back: the last call leaves it writable. */
static void protect(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--)
        micro_done += mprotect(pages, PAGE, n & 1 ? PROT_READ | PROT_WRITE : PROT_READ) == 0;
    *(volatile char *)pages = 2;
}

/* What is read-only after a call that says so takes no byte of a file. */
static const char *protects(void)
{
    micro_must(mprotect(pages, PAGE, PROT_READ) == 0 && !is_writable(pages),
               "a page that is protected can be written to");
    return remove_page();
}

static uint64_t faults;

/* n pages that nobody has touched, and after the touches as many faults at least. */
static void map_fresh(uint64_t n)
{
    pages = map((n + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    faults = limpet_memory().faults;
}

static void touch_4k(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        *(volatile char *)(pages + i * PAGE) = 1;
}

static void count_faults(uint64_t n, uint64_t page)
{
    faults = limpet_memory().faults - faults;
    micro_must(faults >= n, "not every touch was a fault");
    micro_asked += n;
    for (uint64_t i = 0; i < n; i++)
        micro_done += pages[i * page] == 1 && pages[i * page + 1] == 0;
}

static void unmap_fresh(uint64_t n)
{
    count_faults(n, PAGE);
    munmap(pages, (n + 1) * PAGE);
}

/* Linux gives such pages where it likes, and none to a machine with less than 512 MiB for itself.
 */
static const char *no_2m(void)
{
    char *page = limpet_map(PAGE_2M, PAGE_2M);
    if (page == NULL)
        return "no memory for it";
    *(volatile char *)page = 1;
    uint64_t before = limpet_memory().faults;
    *(volatile char *)(page + PAGE_2M - 1) = 1;
    uint64_t more = limpet_memory().faults - before;
    limpet_unmap(page);
    return more != 0 ? "this system did not give a page of 2 MiB for the asking" : NULL;
}

static void map_2m(uint64_t n)
{
    pages = limpet_map(n * PAGE_2M, PAGE_2M);
    micro_must(pages != NULL, "no memory for pages of 2 MiB");
    faults = limpet_memory().faults;
}

static void touch_2m(uint64_t n)
{
    for (uint64_t i = 0; i < n && pages != NULL; i++)
        *(volatile char *)(pages + i * PAGE_2M) = 1;
}

static void unmap_2m(uint64_t n)
{
    if (pages == NULL)
        return;
    count_faults(n, PAGE_2M);
    limpet_unmap(pages);
}

/* The file's pages in no order: each holds its number. */
static void map_file(uint64_t n)
{
    (void)n;
    pages = map(FILE_SIZE, PROT_READ, MAP_SHARED, fd);
    madvise(pages, FILE_SIZE, MADV_RANDOM); /* Linux then maps none around */
}

static uint64_t sum;

static void touch_file(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        sum += *(volatile uint32_t *)(pages + i * ODD % (FILE_SIZE / PAGE) * PAGE);
}

static void unmap_file(uint64_t n)
{
    uint64_t wanted = 0;
    for (uint64_t i = 0; i < n; i++)
        wanted += i * ODD % (FILE_SIZE / PAGE);
    micro_must(sum == wanted, "other pages were read than were asked for");
    sum = 0;
    munmap(pages, FILE_SIZE);
}

const struct benchmark micro_pages[] = {
    {"mmap, munmap", .call = map_unmap, .calls = MICRO_CALLS, .setup = micro_begin, .check = maps,
     .note = "1 MiB that nobody touches"},
    {"mmap, store, munmap", .call = map_store, .calls = MICRO_FEW / 5, .setup = make_file,
     .check = remove_file, .note = "8 MiB of a file, a store each 16 KiB of its first tenth"},
    {"mprotect", .call = protect, .calls = MICRO_CALLS, .setup = make_page, .check = protects,
     .note = "a page, read-only or back"},
    {"page fault, 4 KiB", .ready = map_fresh, .call = touch_4k, .undo = unmap_fresh, .calls = PAGES,
     .setup = micro_begin, .check = micro_end, .note = "zeroed memory"},
    {"page fault, 2 MiB", .ready = map_2m, .call = touch_2m, .undo = unmap_2m, .calls = HUGE,
     .none = no_2m, .setup = micro_begin, .check = micro_end, .note = "zeroed memory"},
    {"page fault, file", .ready = map_file, .call = touch_file, .undo = unmap_file, .calls = PAGES,
     .setup = make_file, .check = remove_file, .note = "4 KiB of a mapped file, in no order"},
    {.name = NULL},
};
