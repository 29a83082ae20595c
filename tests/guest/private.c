/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables of a guest whose memory is encrypted, or that is told so (limpet-vmm --sev): every
 * entry for memory has the C-bit. Without an argument it looks through all of them, with "thread"
 * when there was another thread too, which a KVM that interprets cannot have. With another argument
 * it takes the bit from an entry of that level (1: a page's … 4) that leads to a variable, or, for
 * "text", from that of code, after which nothing but the end may come. Built without vector
 * instructions, which a KVM that interprets does not know.
 */
#include <limpet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Page-table entries: Intel SDM vol. 3A, 4.5. */
#define PRESENT  0x001ull
#define UNCACHED 0x010ull
#define LARGE    0x080ull
#define ADDRESS  0x000ffffffffff000ull

static uint64_t bit; /* the C-bit, as CPUID 0x8000001f has it (AMD APM vol. 3, E.4.17); 0: none */
static unsigned with, without, wrong;

static uint64_t ask_c_bit(void)
{
    uint32_t a = 0x80000000, b = 0, c = 0, d = 0;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    if (a < 0x8000001f)
        return 0;
    a = 0x8000001f;
    c = 0;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return a & 2 ? 1ull << (b & 63) : 0;
}

/* stdio has vector instructions. */
static void say(const char *text) { (void)!write(STDOUT_FILENO, text, strlen(text)); }

static void say_number(uint64_t n)
{
    char digits[21] = "", *p = digits + sizeof digits - 1;
    do
        *--p = (char)('0' + n % 10);
    while ((n /= 10) != 0);
    say(p);
}

static uint64_t cr3(void)
{
    uint64_t v;
    __asm__ volatile("mov %%cr3, %0" : "=r"(v));
    return v;
}

static uint64_t *table_of(uint64_t entry) { return (uint64_t *)(entry & ADDRESS & ~bit); }

static void look(uint64_t table, int level)
{
    const uint64_t *e = table_of(table);
    for (int i = 0; i < 512; i++) {
        if (!(e[i] & PRESENT))
            continue;
        int is_page = level == 1 || (level < 4 && e[i] & LARGE);
        int device = is_page && e[i] & UNCACHED;
        with += (e[i] & bit) != 0;
        without += (e[i] & bit) == 0;
        wrong += bit != 0 && ((e[i] & bit) != 0) == device;
        if (!is_page)
            look(e[i], level - 1);
    }
}

static void *in_thread(void *p)
{
    volatile char frames[40000]; /* pages of the stack */
    for (size_t i = 0; i < sizeof frames; i += 4096)
        frames[i] = 1;
    return p;
}

/* Memory of every kind, each page of it touched. */
static int touch(int with_thread)
{
    static const size_t sizes[] = {4096, 2097152};
    pthread_t t;
    for (int i = 0; i < 2; i++) {
        volatile char *p = limpet_map(3 * sizes[i], sizes[i]);
        if (p == NULL)
            return 0;
        for (size_t at = 0; at < 3 * sizes[i]; at += sizes[i])
            p[at] = 1;
    }
    char *heap = sbrk(100000);
    if (heap == (char *)-1)
        return 0;
    memset(heap, 1, 100000);
    return !with_thread ||
           (pthread_create(&t, NULL, in_thread, NULL) == 0 && pthread_join(t, NULL) == 0);
}

/* The entry of a level for an address. */
static uint64_t *entry_of(uint64_t va, int level)
{
    uint64_t *e = NULL, next = cr3();
    for (int l = 4; l >= level; l--) {
        e = &table_of(next)[va >> (12 + 9 * (l - 1)) & 511];
        next = *e;
    }
    return e;
}

__attribute__((aligned(4096), noinline)) static int code(void)
{
    __asm__ volatile("");
    return 5;
}

static volatile int variable __attribute__((aligned(4096))) = 7;

static int forget(const char *what)
{
    int text = strcmp(what, "text") == 0;
    uint64_t va = text ? (uint64_t)code : (uint64_t)&variable;
    *entry_of(va, text ? 1 : atoi(what)) &= ~bit;
    uint64_t cr4; /* global pages too are forgotten when CR4.PGE changes */
    __asm__ volatile("mov %%cr4, %0; btr $7, %0; mov %0, %%cr4; bts $7, %0; mov %0, %%cr4"
                     : "=&r"(cr4)
                     :
                     : "memory");
    int got = text ? code() : variable;
    say("survived: ");
    say_number((uint64_t)got);
    say("\n");
    return 97;
}

int main(int argc, char **argv)
{
    bit = limpet_confidential().active[0] == 'n' ? 0 : ask_c_bit();
    int with_thread = argc > 1 && strcmp(argv[1], "thread") == 0;
    if (argc > 1 && !with_thread)
        return forget(argv[1]);
    if (!touch(with_thread))
        return 98;
    struct limpet_confidential c = limpet_confidential();
    say("possible: ");
    say(c.possible);
    say(", active: ");
    say(c.active);
    say("\n");
    look(cr3(), 4);
    say(bit == 0 ? "no C-bit: " : cr3() & bit ? "C-bit, CR3 has it: " : "C-bit, CR3 lacks it: ");
    say_number(with);
    say(" entries with it, ");
    say_number(without);
    say(" without, wrong: ");
    say_number(wrong);
    say("\n");
    return wrong != 0;
}
