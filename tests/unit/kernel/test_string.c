/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memcpy, memmove, memset, memcmp and strlen, the kernel's and programs', in every state of the
 * latter: all sizes up to some hundreds, all alignments and overlaps, at pages that must not be
 * touched, against what a loop over bytes does. Linked under names of their own (unit.mk).
 */
#include "unit.h"
#include <cpuid.h>
#include <sys/mman.h>

struct functions {
    void *(*copy)(void *, const void *, size_t);
    void *(*move)(void *, const void *, size_t);
    void *(*set)(void *, int, size_t);
    int (*compare)(const void *, const void *, size_t);
    size_t (*length)(const char *);
};

#define DECLARE(p)                                                                                 \
    void *p##_memcpy(void *, const void *, size_t);                                                \
    void *p##_memmove(void *, const void *, size_t);                                               \
    void *p##_memset(void *, int, size_t);                                                         \
    int p##_memcmp(const void *, const void *, size_t);                                            \
    size_t p##_strlen(const char *);                                                               \
    static const struct functions p = {p##_memcpy, p##_memmove, p##_memset, p##_memcmp, p##_strlen};
DECLARE(limpet)
DECLARE(vector)

/* What string.S keeps, and what it asks: CPUID's answer, as a boot leaves it. */
extern uint64_t vectors, long_end;
extern uint8_t patience;
uint32_t cpuid1_ecx;

enum { AVX2 = 64, NONE = 1, UNKNOWN = 0 };
enum { PAGE = 4096, PAGES = 5, MOST = 600, LONGER = 9000 };

static const struct functions *f;
static uint8_t *start, *end; /* of writable pages, with none on either side */

static uint8_t *pages(void)
{
    uint8_t *p = mmap(0, (PAGES + 2) * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(p != MAP_FAILED);
    assert_int_equal(mprotect(p + PAGE, PAGES * PAGE, PROT_READ | PROT_WRITE), 0);
    return p + PAGE;
}

static void use(const struct functions *what, uint64_t state)
{
    f = what;
    vectors = state;
    long_end = state == AVX2 ? 4096 : 0;
    patience = 0; /* for 256 calls */
}

/* Sizes: each up to MOST, then some. */
static size_t next_size(size_t n)
{
    return n < MOST ? n + 1 : n < LONGER ? n * 5 / 4 + n % 7 : n + LONGER;
}

static uint8_t pattern(size_t i) { return (uint8_t)(i * 7 + i / 251 + 1); }

/* From and to at both ends of their pages, and a little away from them. */
static void copies_at_edges(void)
{
    uint8_t *other = pages(), *other_end = other + PAGES * PAGE;
    for (size_t n = 0; n < LONGER; n = next_size(n))
        for (size_t shift = 0; shift < 36 * 4; shift++) {
            size_t away = shift / 4;
            uint8_t *from = shift & 1 ? start + away : end - away - n;
            uint8_t *to = shift & 2 ? other + away / 2 : other_end - away / 2 - n;
            size_t left = (size_t)(to - other), right = (size_t)(other_end - to) - n;
            left = left < 64 ? left : 64;
            right = right < 64 ? right : 64;
            memset(to - left, 0xee, left + n + right);
            for (size_t i = 0; i < n; i++)
                from[i] = pattern(i + shift);
            assert_ptr_equal((shift & 4 ? f->move : f->copy)(to, from, n), to);
            if (memcmp(to, from, n) != 0)
                fail_msg("%zu bytes, shift %zu", n, shift);
            for (size_t i = 0; i < left; i++)
                assert_int_equal(to[-1 - (long)i], 0xee);
            for (size_t i = 0; i < right; i++)
                assert_int_equal(to[n + i], 0xee);
        }
    munmap(other - PAGE, (PAGES + 2) * PAGE);
}

static void check_move(uint8_t *from, size_t n, long by)
{
    static uint8_t wanted[PAGES * PAGE];
    uint8_t *first = by < 0 ? from + by : from;
    size_t all = n + (size_t)(by < 0 ? -by : by);
    for (size_t i = 0; i < all; i++)
        first[i] = wanted[i] = pattern(i);
    for (size_t i = 0; i < n; i++)
        wanted[from + by - first + (long)i] = from[i];
    assert_ptr_equal(f->move(from + by, from, n), from + by);
    if (memcmp(first, wanted, all) != 0)
        fail_msg("%zu bytes moved by %ld", n, by);
}

/* Every distance up to n, both ways, against the end and the beginning of the pages. */
static void overlaps(void)
{
    for (size_t n = 0; n < LONGER; n = next_size(n)) {
        long most = n < 300 ? (long)n + 3 : 140;
        for (long by = 0; by <= most; by++) {
            check_move(start, n, by);
            check_move(end - n - by, n, by);
            check_move(start + by, n, -by);
            check_move(end - n, n, -by);
        }
        for (long by = most; by < (long)n; by = by * 3 / 2) {
            check_move(end - n - by, n, by);
            check_move(start + by, n, -by);
        }
    }
}

static void fills(void)
{
    static const int values[] = {0, 0x80, -1, 0x1234};
    for (size_t n = 0; n < LONGER; n = next_size(n))
        for (size_t shift = 0; shift < 36 * 2; shift++) {
            uint8_t *to = shift & 1 ? start + shift / 2 : end - shift / 2 - n;
            int value = values[(n + shift) % COUNT(values)];
            size_t around = shift / 2;
            uint8_t *left = to - (shift & 1 ? around : 36), *right = to + n;
            size_t after = shift & 1 ? 36 : around;
            memset(left, 0x5e, (size_t)(to - left));
            for (size_t i = 0; i < n; i++)
                to[i] = (uint8_t)~value;
            memset(right, 0x5e, after);
            assert_ptr_equal(f->set(to, value, n), to);
            for (size_t i = 0; i < n; i++)
                if (to[i] != (uint8_t)value)
                    fail_msg("byte %zu of %zu, shift %zu", i, n, shift);
            for (uint8_t *p = left; p < to; p++)
                assert_int_equal(*p, 0x5e);
            for (size_t i = 0; i < after; i++)
                assert_int_equal(right[i], 0x5e);
        }
}

static int sign(int x) { return (x > 0) - (x < 0); }

/* Equal; and with each byte in turn (of long ones some) the first that differs, and others behind
 * it. */
static void compares(void)
{
    uint8_t *other = pages(), *other_end = other + PAGES * PAGE;
    for (size_t n = 0; n < LONGER; n = next_size(n))
        for (size_t shift = 0; shift < 6; shift++) {
            uint8_t *a = shift & 1 ? start + shift * 5 : end - n - shift * 5 * (shift & 2);
            uint8_t *b = shift & 2 ? other + shift * 3 : other_end - n - shift * 3 * (shift & 1);
            for (size_t i = 0; i < n; i++)
                a[i] = b[i] = pattern(i);
            assert_int_equal(f->compare(a, b, n), 0);
            size_t step = n > 160 ? n / 40 : 1;
            for (size_t i = 0; i < n; i += i + step < n || i + 1 == n ? step : n - 1 - i) {
                uint8_t kept = b[i], behind = b[n - 1];
                if (i + 1 < n)
                    b[n - 1] ^= 0x80;
                for (int to = 0; to < 3; to++) {
                    b[i] = to == 0 ? kept ^ 0x80 : to == 1 ? kept + 1 : kept - 1;
                    int wanted = a[i] - b[i];
                    if (sign(f->compare(a, b, n)) != sign(wanted) ||
                        sign(f->compare(b, a, n)) != sign(-wanted))
                        fail_msg("%zu bytes, shift %zu, byte %zu differs", n, shift, i);
                }
                b[n - 1] = behind;
                b[i] = kept;
            }
        }
    munmap(other - PAGE, (PAGES + 2) * PAGE);
}

/* At every place in a page and at its very end; what is in front and behind is no zero, or one. */
static void lengths(void)
{
    for (size_t n = 0; n < LONGER; n = next_size(n))
        for (size_t away = 0; away < 160; away++) {
            uint8_t *text = end - n - 1 - away;
            memset(text, away & 1 ? 0xff : 0x01, n);
            text[n] = 0;
            text[-1] = away & 2 ? 0 : 1;
            memset(text + n + 1, away & 4 ? 0 : 0x80, away);
            if (f->length((char *)text) != n)
                fail_msg("%zu bytes, %zu from the end", n, away);
        }
}

static void all(const struct functions *what, uint64_t state)
{
    void (*const parts[])(void) = {copies_at_edges, overlaps, fills, compares, lengths};
    for (size_t i = 0; i < COUNT(parts); i++) {
        use(what, state);
        parts[i]();
    }
}

static void kernels(void **state)
{
    (void)state;
    all(&limpet, UNKNOWN);
}

static void without_avx2(void **state)
{
    (void)state;
    all(&vector, NONE);
    assert_int_equal(vectors, NONE);
}

static bool has_avx2(void)
{
    unsigned a, b, c, d;
    __cpuid(1, a, b, c, d);
    cpuid1_ecx = c;
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2");
}

static void with_avx2(void **state)
{
    (void)state;
    if (has_avx2())
        all(&vector, AVX2);
    else
        skip();
}

/* From nobody knows to what the CPU has, whichever function is the first. */
static void chosen(void **state)
{
    (void)state;
    uint64_t wanted = has_avx2() ? AVX2 : NONE;
    for (int which = 0; which < 5; which++) {
        static uint8_t a[500], b[500];
        use(&vector, UNKNOWN);
        patience = 3;
        for (int i = 1; i <= 3; i++) {
            assert_int_equal(vectors, UNKNOWN);
            for (size_t j = 0; j < sizeof a; j++)
                a[j] = pattern(j) | 1;
            a[400] = 0;
            switch (which) {
            case 0:
                f->copy(b, a, sizeof b);
                assert_memory_equal(a, b, sizeof b);
                break;
            case 1:
                f->move(a + 7, a, 400);
                assert_int_equal(a[7 + 399], pattern(399) | 1);
                break;
            case 2:
                f->set(a, i, sizeof a);
                assert_int_equal(a[499], i);
                break;
            case 3:
                memcpy(b, a, sizeof b);
                assert_int_equal(f->compare(a, b, sizeof b), 0);
                break;
            case 4:
                assert_int_equal(f->length((char *)a), 400);
                break;
            }
        }
        assert_int_equal(vectors, wanted);
        cpuid1_ecx &= ~(1u << 28); /* no AVX: XCR0 and leaf 7 are not asked */
        use(&vector, UNKNOWN);
        patience = 1;
        f->set(a, 1, sizeof a);
        assert_int_equal(vectors, NONE);
        has_avx2();
    }
}

/* Those that are short are copied without a choice, and without AVX: where no CPU is to be asked.
 */
static void patient(void **state)
{
    (void)state;
    static uint8_t a[64], b[64];
    use(&vector, UNKNOWN);
    for (int i = 0; i < 1000; i++)
        for (size_t n = 0; n <= 32; n++) {
            f->copy(b, a, n);
            f->set(b, i, n);
            if (n < 16)
                f->compare(a, b, n);
        }
    assert_int_equal(vectors, UNKNOWN);
    assert_int_equal(patience, 0);
}

static int set_up(void **state)
{
    (void)state;
    start = pages();
    end = start + PAGES * PAGE;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels), cmocka_unit_test(without_avx2), cmocka_unit_test(with_avx2),
        cmocka_unit_test(chosen),  cmocka_unit_test(patient),
    };
    return cmocka_run_group_tests_name("string", tests, set_up, 0);
}
