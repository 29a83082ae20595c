/* SPDX-License-Identifier: BSD-2-Clause */
/* snprintf against the host's: formats drawn from all that it does itself, and what it leaves to
 * newlib. */
#include "unit.h"

static unsigned others;
#define snprintf  limpet_snprintf
#define vsnprintf limpet_vsnprintf
int limpet_snprintf(char *to, size_t size, const char *format, ...);
int limpet_vsnprintf(char *to, size_t size, const char *format, va_list args);
#include "apps/libc/snprintf.c"
#undef snprintf
#undef vsnprintf

static int other_format(char *to, size_t size, const char *format, va_list args)
{
    others++;
    return vsnprintf(to, size, format, args);
}

static uint64_t seed = 1;

static unsigned draw(unsigned below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % below;
}

/* Arguments are words whatever their type: that is how the x86-64 ABI passes what is no float. */
struct call {
    char format[200];
    long args[12];
    unsigned count;
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

static void add_conversion(struct call *c)
{
    static const char conversions[] = "diuxXoscdus";
    static const char *const lengths[] = {"", "", "l", "ll", "z"};
    char how[2] = {conversions[draw(sizeof conversions - 1)], 0};
    bool text = *how == 's' || *how == 'c';
    add(c, "%");
    for (unsigned i = draw(3); i > 0; i--)
        add(c, text ? "-" : (const char *[]){"-", "0", "+", " "}[draw(4)]);
    if (draw(2))
        add_number(c, 1); /* 0 is a flag */
    if (draw(3) == 0 && *how != 'c') {
        add(c, ".");
        if (draw(4))
            add_number(c, 0);
    }
    add(c, text ? "" : lengths[draw(COUNT(lengths))]);
    add(c, how);
    c->args[c->count++] = *how == 's' ? (long)texts[draw(COUNT(texts))]
                          : *how == 'c'
                              ? (long)(draw(255) + 1)
                              : (long)((unsigned long)numbers[draw(COUNT(numbers))] + draw(3));
}

static void check(const struct call *c, size_t size)
{
    char ours[1000], hosts[1000];
    const long *a = c->args;
    memset(ours, 0x5e, sizeof ours);
    memset(hosts, 0x5e, sizeof hosts);
#define ARGS c->format, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11]
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
    others = 0;
    for (int i = 0; i < 200000; i++) {
        struct call c = {.count = 0};
        for (unsigned part = draw(4); part > 0; part--) {
            add(&c, (const char *[]){"", " ", "text ", "%%"}[draw(4)]);
            add_conversion(&c);
        }
        check(&c, draw(3) ? 1000 : draw(60));
    }
    assert_int_equal(others, 0);
}

/* Whatever is not done here is newlib's, all of it, with the arguments from their first. */
static void left_to_newlib(void **state)
{
    (void)state;
    static const char *const formats[] = {"%d %p",     "%d %hd",    "%d %hhu",   "%d %#x", "%d %lc",
                                          "%d %jd",    "%d %05c",   "%d %td",    "%d %'d", "%d %",
                                          "%1$d %2$d", "%d %5000d", "%d %.5000d"};
    for (size_t i = 0; i < COUNT(formats); i++) {
        struct call c = {.args = {42, 77}};
        strcpy(c.format, formats[i]);
        others = 0;
        check(&c, 1000);
        assert_int_equal(others, 1);
    }
    char ours[100];
    others = 0;
    assert_int_equal(limpet_snprintf(ours, sizeof ours, "%d %.3f %s", 7, 2.5, "x"), 9);
    assert_string_equal(ours, "7 2.500 x");
    assert_int_equal(limpet_snprintf(ours, sizeof ours, "%s", (char *)0), 6);
    assert_string_equal(ours, "(null)");
    assert_int_equal(others, 2);
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
        cmocka_unit_test(as_the_host),
        cmocka_unit_test(left_to_newlib),
        cmocka_unit_test(lengths_alone),
    };
    return cmocka_run_group_tests_name("snprintf", tests, 0, 0);
}
