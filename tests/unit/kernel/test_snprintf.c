/* SPDX-License-Identifier: BSD-2-Clause */
/* snprintf against the host's: formats drawn from all that there is, and floats of all sizes. */
#include "unit.h"
#include <fenv.h>
#include <locale.h>
#include <math.h>

#define snprintf  limpet_snprintf
#define vsnprintf limpet_vsnprintf
int limpet_snprintf(char *to, size_t size, const char *format, ...);
int limpet_vsnprintf(char *to, size_t size, const char *format, va_list args);
#include "apps/libc/printf.c"
#include "apps/libc/printf_float.c"
#include "apps/libc/snprintf.c"
#undef snprintf
#undef vsnprintf

static uint64_t seed = 1;

static unsigned draw(unsigned below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % below;
}

/* Arguments are words whatever their type: that is how the x86-64 ABI passes what is no float.
 * Floats go apart. */
struct call {
    char format[200];
    long args[12];
    double reals[8];
    unsigned count, real_count;
};

static const long numbers[] = {0,          1,         -1,        9,         10,
                               99,         -100,      12345,     INT32_MAX, INT32_MIN,
                               UINT32_MAX, INT64_MAX, INT64_MIN, 0x80000000};
static const char *const texts[] = {
    "", "a", "hello", "what is longer than a vector of thirty-two bytes", "\xc3\xa4%d"};

static void add(struct call *c, const char *text) { strcat(c->format, text); }

static void add_number(struct call *c, unsigned least)
{
    char digits[12];
    if (draw(4) == 0) {
        add(c, "*");
        c->args[c->count++] = (int)draw(80) - 40;
    } else {
        sprintf(digits, "%u", least + draw(40));
        add(c, digits);
    }
}

static double draw_real(void)
{
    static const double some[] = {0,    1,   0.5,  9.5,    99.99, 1e10,     123456.5,
                                  1e-5, 0.1, 1e22, 5e-324, 1e300, INFINITY, NAN};
    uint64_t bits = (uint64_t)draw(1u << 31) << 33 | (uint64_t)draw(1u << 31) << 2;
    double d;
    memcpy(&d, &bits, sizeof d);
    return draw(3)   ? (draw(2) ? -1 : 1) * some[draw(COUNT(some))]
           : draw(2) ? d
                     : (int)draw(2000000) / 1024.0;
}

static void add_conversion(struct call *c)
{
    static const char conversions[] = "diuxXoscdusfegaFEGAp";
    static const char *const lengths[] = {"", "", "l", "ll", "z", "h", "hh", "j", "t"};
    char how[2] = {conversions[draw(sizeof conversions - 1)], 0};
    bool text = *how == 's' || *how == 'c', real = strchr("aefgAEFG", *how);
    bool general = *how == 'g' ||
                   *how == 'G'; /* whose # loses a digit in glibc 2.36 when 99.99 becomes 1.0e+02 */
    add(c, "%");
    for (unsigned i = draw(3); i > 0; i--)
        add(c, text || *how == 'p' ? "-"
                                   : (const char *[]){"-", "0", "+", " ", "#"}[draw(5 - general)]);
    if (draw(2))
        add_number(c, 1); /* 0 is a flag */
    if (draw(3) == 0 && *how != 'c' && *how != 'p') {
        add(c, ".");
        if (draw(4))
            add_number(c, 0);
    }
    add(c, text || real || *how == 'p' ? "" : lengths[draw(COUNT(lengths))]);
    add(c, how);
    if (real)
        c->reals[c->real_count++] = draw_real();
    else
        c->args[c->count++] = *how == 's' ? (long)texts[draw(COUNT(texts))]
                              : *how == 'c'
                                  ? (long)(draw(255) + 1)
                                  : (long)((unsigned long)numbers[draw(COUNT(numbers))] + draw(3));
}

static void check(const struct call *c, size_t size)
{
    char ours[3000], hosts[3000];
    const long *a = c->args;
    const double *d = c->reals;
    memset(ours, 0x5e, sizeof ours);
    memset(hosts, 0x5e, sizeof hosts);
#define ARGS                                                                                       \
    c->format, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], d[0],     \
        d[1], d[2], d[3]
    int n = limpet_snprintf(ours, size, ARGS), wanted = snprintf(hosts, size, ARGS);
#undef ARGS
    if (n != wanted || memcmp(ours, hosts, size) != 0)
        fail_msg("'%s' in %zu bytes: %d '%s', the host's %d '%s'", c->format, size, n, ours, wanted,
                 hosts);
    for (size_t i = size; i < sizeof ours; i++)
        assert_int_equal(ours[i], 0x5e);
}

static void as_the_host(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        struct call c = {.count = 0};
        for (unsigned part = draw(4); part > 0; part--) {
            add(&c, (const char *[]){"", " ", "text ", "%%"}[draw(4)]);
            add_conversion(&c);
        }
        check(&c, draw(3) ? 3000 : draw(60));
    }
}

/* What a format has seldom. */
static void seldom(void **state)
{
    (void)state;
    static const char *const formats[] = {"%d %p",          "%d %lc",          "%d %05c",
                                          "%d %'d",         "%d %y",           "%1$d %2$d",
                                          "%2$d %1$d %2$x", "%2$*1$d",         "%d %5000d",
                                          "%d %.5000d",     "%d %m",           "%3$s|%2$lx|%1$.2d",
                                          "%Ld %d",         "%d %#.0x",        "%+p %d",
                                          "%d %hhX",        "%%%d%%",          "%d %5%",
                                          "%lld%qd",        "%12$d %3$d %1$u", "%#o %#.3o"};
    for (size_t i = 0; i < COUNT(formats); i++) {
        struct call c = {.args = {42, 77}};
        for (unsigned j = 2; j < COUNT(c.args); j++)
            c.args[j] = (long)"text";
        strcpy(c.format, formats[i]);
        check(&c, 3000);
    }
    char ours[100];
    int at[2] = {0};
    assert_int_equal(
        limpet_snprintf(ours, sizeof ours, "%d %.3f%n %s%hhn", 7, 2.5, &at[0], "x", &at[1]), 9);
    assert_string_equal(ours, "7 2.500 x");
    assert_int_equal(at[0], 7);
    assert_int_equal(at[1], 9);
    assert_int_equal(limpet_snprintf(ours, sizeof ours, "%s", (char *)0), 6);
    assert_string_equal(ours, "(null)");
    assert_int_equal(limpet_snprintf(ours, sizeof ours, "%d %", 5), -1);
    assert_int_equal(limpet_snprintf(ours, sizeof ours, "%2147483647d%d", 5, 5), -1);
    assert_int_equal(errno, EOVERFLOW);
}

/* Long doubles: all exponents, in each direction of rounding. */
static void long_doubles(void **state)
{
    (void)state;
    static const int directions[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    static char ours[20000], hosts[20000];
    for (int i = 0; i < 4000; i++) {
        char format[40];
        long double real = ldexpl((long double)draw(1u << 31) * 4294967296.0L + draw(1u << 31),
                                  (int)draw(draw(2) ? 60 : 32800) - (draw(2) ? 60 : 16500));
        if (draw(2))
            real = ldexpl(roundl(ldexpl(1, (int)draw(12)) * draw(100)), -(int)draw(8));
        unsigned flag = draw(5);
        sprintf(format, "%%%s%s.%uL%c", (const char *[]){"", "-", "0", "+", "#"}[flag],
                draw(2) ? "" : "30", draw(40), "efaEFAgG"[draw(flag == 4 ? 6 : 8)]);
        if (draw(8) == 0)
            strcpy(format, (const char *[]){"%Lg", "%Le", "%La", "%Lf"}[draw(4)]);
        real = draw(2) ? real : -real;
        fesetround(directions[draw(4)]);
        int n = limpet_snprintf(ours, sizeof ours, format, real),
            wanted = snprintf(hosts, sizeof hosts, format, real);
        fesetround(FE_TONEAREST);
        if (n != wanted || strcmp(ours, hosts) != 0)
            fail_msg("'%s' of %La: %d '%s', the host's %d '%s'", format, real, n, ours, wanted,
                     hosts);
    }
}

/* Wide characters as UTF-8. */
static void wide_characters(void **state)
{
    (void)state;
    assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
    static const wchar_t text[] = L"a\xe4\x20ac\x1f600z";
    static const char *const formats[] = {"%ls|",    "%.4ls|", "%.5ls|", "%20ls|",
                                          "%-20ls|", "%.1ls|", "%S|",    "%.9ls|"};
    for (size_t i = 0; i < COUNT(formats); i++) {
        struct call c = {.args = {(long)text}};
        strcpy(c.format, formats[i]);
        check(&c, 3000);
    }
    struct call c = {.format = "%lc%5lc%-5lc|%C", .args = {0xe4, 0x20ac, 0x1f600, 'x'}};
    check(&c, 3000);
    setlocale(LC_ALL, "C");
    struct call bad = {.format = "%ls", .args = {(long)text}};
    check(&bad, 1);
}

/* Without room, and without a buffer: the length alone. */
static void lengths_alone(void **state)
{
    (void)state;
    char one[1] = {'x'};
    assert_int_equal(limpet_snprintf(0, 0, "%s %d", "hello", -5), 8);
    assert_int_equal(limpet_snprintf(one, 1, "%s %d", "hello", -5), 8);
    assert_int_equal(one[0], '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_the_host),   cmocka_unit_test(seldom),
        cmocka_unit_test(long_doubles),  cmocka_unit_test(wide_characters),
        cmocka_unit_test(lengths_alone),
    };
    return cmocka_run_group_tests_name("snprintf", tests, 0, 0);
}
