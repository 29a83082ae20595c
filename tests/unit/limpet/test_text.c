/* Host tool: words, statistics, hashes, tables, option values.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <math.h>

#include "host/host.h"
#include "cmd/options.h"
#include "vm/platforms.h"
#include "base/sha256.h"
#include "stats/stats.h"
#include "show/text.h"
#include "base/msg.h"
#include "base/quote.h"
#include "base/random.h"

static void quoting(void **state)
{
    static const struct {
        const char *word, *quoted;
    } cases[] = {
        {"plain", "plain"},     {"", "\"\""},           {"a b", "\"a b\""}, {"a\"b", "\"a\\\"b\""},
        {"a\\b", "\"a\\\\b\""}, {"it's", "it's"},       {"\t", "\"\t\""},   {"a,b=c", "a,b=c"},
        {"\\", "\"\\\\\""},     {"env.A=1", "env.A=1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf line = {0};
        struct args back = {0};

        quote_word(&line, cases[i].word);
        assert_string_equal(line.data, cases[i].quoted);
        assert_int_equal(quote_split(line.data, &back), 0);
        assert_int_equal(back.n, 1);
        assert_string_equal(back.v[0], cases[i].word);
        buf_free(&line);
        args_free(&back);
    }
}

static void guest_line(void **state)
{
    struct args env = {0}, kernel = {0};
    struct buf line = {0};
    char *argv[] = {"env.X=1", "--", "a b"};

    (void)state;
    quote_guest_line(&line, &kernel, &env, argv, 0);
    assert_string_equal(line.data, "");
    args_add(&kernel, "heap=2m");
    args_add(&env, "A=b c");
    args_add(&env, "E=");
    quote_guest_line(&line, &kernel, &env, argv, 3);
    assert_string_equal(line.data, "limpet.heap=2m env.A=\"b c\" env.E= -- env.X=1 -- \"a b\"");
    buf_clear(&line);
    args_free(&kernel);
    args_free(&env);
    quote_guest_line(&line, &kernel, &env, argv, 1);
    assert_string_equal(line.data, "-- env.X=1");
    buf_free(&line);
}

static void splitting(void **state)
{
    struct args out = {0};

    (void)state;
    assert_int_equal(quote_split("  a  b\\ c \"d e\"f \"\" ", &out), 0);
    assert_int_equal(out.n, 4);
    assert_string_equal(out.v[1], "b c");
    assert_string_equal(out.v[2], "d ef");
    assert_string_equal(out.v[3], "");
    assert_int_equal(quote_split("\"open", &out), -1);
    args_free(&out);
}

static void shell_words(void **state)
{
    struct buf line = {0};

    (void)state;
    quote_shell(&line, "a=b,c/d.e");
    buf_str(&line, " ");
    quote_shell(&line, "it's $x");
    assert_string_equal(line.data, "a=b,c/d.e 'it'\\''s $x'");
    buf_free(&line);
}

static struct stats stats_of_numbers(const double *numbers, size_t n)
{
    struct value values[200];

    for (size_t i = 0; i < n; i++)
        values[i] = (struct value){numbers[i], 1};
    return stats_of(values, n, 0);
}

static void percentiles(void **state)
{
    double samples[100], one[] = {7}, four[] = {4, 1, 3, 2};
    struct value pairs[] = {{9, 1}, {2, 5}, {9, 3}, {1, 11}};
    struct stats s;

    (void)state;
    for (int i = 0; i < 100; i++)
        samples[i] = 100 - i;
    s = stats_of_numbers(samples, 100);
    assert_true(s.min == 1 && s.p50 == 50.5 && s.p95 == 95 && s.p99 == 99 && s.max == 100);
    assert_true(s.p999 == 100 && s.mean > 50.499 && s.mean < 50.501);
    assert_true(!s.two_modes && !s.low && !s.high);
    s = stats_of_numbers(samples, 20);
    assert_true(s.p95 == 99);
    s = stats_of_numbers(one, 1);
    assert_true(s.min == 7 && s.p50 == 7 && s.p95 == 7 && s.p99 == 7 && s.max == 7);
    assert_true(s.ci[0] == 7 && s.ci[1] == 7 && s.coverage == 0);
    s = stats_of_numbers(four, 4);
    assert_true(s.p50 == 2.5 && s.p95 == 4 && s.coverage == 0.875);
    assert_true(s.ci[0] == 1 && s.ci[1] == 4);
    assert_int_equal(stats_of(NULL, 0, 0).n, 0);
    assert_int_equal(values_merge(pairs, 4), 3);
    assert_true(pairs[2].v == 9 && pairs[2].n == 4 && stats_percentile(pairs, 3, 50) == 1);
    assert_true(stats_middle(pairs, 3) == 1); /* eleven of 20 are 1 */
    pairs[0].n--;
    pairs[1].n++;
    assert_true(stats_middle(pairs, 3) == 1.5);
    assert_true(stats_bears(200, 95) && !stats_bears(199, 95));
    assert_true(stats_bears(1000, 99) && !stats_bears(999, 99));
    assert_true(stats_bears(10000, 99.9) && !stats_bears(9999, 99.9));
}

/* What intervals of so many samples cover, by drawing samples whose median is known: half. The
 * distribution does not matter, so that numbers of 0 to 1 will do. */
static void intervals(void **state)
{
    static const struct {
        size_t n, low, high; /* published tables of the sign test have these */
        double coverage;
    } cases[] = {{1, 1, 1, 0},          {2, 1, 2, 0.5},        {3, 1, 3, 0.75},
                 {5, 1, 5, 0.9375},     {6, 1, 6, 0.96875},    {9, 2, 8, 0.9609375},
                 {20, 6, 15, 0.958611}, {50, 18, 33, 0.96716}, {1001, 469, 533, 0.95}};
    unsigned long long random = 7;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = cases[i].n, low, high;
        unsigned tries = n < 100 ? 20000 : 2000, held = 0;
        double coverage = stats_median_ranks(n, 0.95, &low, &high);

        assert_true(low == cases[i].low && high == cases[i].high);
        assert_true(coverage > cases[i].coverage - 1e-5 && coverage < cases[i].coverage + 1e-5);
        for (unsigned t = 0; t < tries; t++) {
            size_t below = 0; /* samples less than the median */

            for (size_t k = 0; k < n; k++)
                below += random_next(&random) < 1ull << 63;
            held += below >= low && below < high;
        }
        assert_true(fabs((double)held / tries - coverage) < (n < 100 ? 0.01 : 0.02));
    }
}

/* Two heaps are told from one, from a long tail and from the ruler's own steps. */
static void modes_and_outliers(void **state)
{
    double two[60], tail[60], steps[60];
    struct value ticks[3] = {{98, 39}, {122, 704}, {147, 241}};
    unsigned long long random = 1;
    struct stats s;

    (void)state;
    for (int i = 0; i < 60; i++) {
        double noise = (double)(random_next(&random) % 1000) / 1000;

        two[i] = (i % 3 ? 99 : 117) + 2 * noise;
        tail[i] = 10 / (0.02 + noise);
        steps[i] = 50 + 10 * noise + 10 * (double)(random_next(&random) % 1000) / 1000;
    }
    s = stats_of_numbers(two, 60);
    assert_true(s.two_modes && s.modes[0] > 98 && s.modes[0] < 102 && s.modes[1] > 116);
    s = stats_of_numbers(tail, 60);
    assert_false(s.two_modes);
    assert_true(s.high > 0 && s.extreme_count > 0 && s.extremes[0] == s.max);
    s = stats_of_numbers(steps, 60);
    assert_true(!s.two_modes && !s.high && !s.low);
    s = stats_of(ticks, 3, 50);
    assert_false(s.two_modes);
    two[59] = 100000;
    s = stats_of_numbers(two, 60);
    assert_true(s.two_modes && s.high == 1 && s.extremes[0] == 100000 && s.max == 100000);
    for (int i = 0; i < 60; i++) /* a heap of few, far out */
        two[i] = (i % 7 ? 99 : 199) + (double)(random_next(&random) % 1000) / 500;
    s = stats_of_numbers(two, 60);
    assert_true(s.two_modes && s.modes[0] < 102 && s.modes[1] > 198 && !s.high && !s.low);
    for (int i = 0; i < 60; i++) /* those far out by distance, whichever side */
        two[i] = i == 0 ? 10 : i < 4 ? 120 + i : 99 + (double)(random_next(&random) % 1000) / 500;
    s = stats_of_numbers(two, 60);
    assert_true(s.low == 1 && s.high == 3 && s.extremes[0] == 10 && s.extremes[1] == 123);
}

/* The hashes of FIPS 180-4's examples and of lengths around the padding's edges (made with
 * sha256sum). */
static void hashes(void **state)
{
    static const struct {
        size_t n;
        const char *hex;
    } cases[] = {
        {0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
        {56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"},
        {63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"},
        {64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
        {1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    };
    char *data = malloc(1000000), hex[SHA256_HEX_SIZE];

    (void)state;
    memset(data, 'a', 1000000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sha256_hex(data, cases[i].n, hex);
        assert_string_equal(hex, cases[i].hex);
    }
    free(data);
    sha256_hex("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void tables(void **state)
{
    struct sheet t = {.columns = 3};
    struct buf out = {0};

    (void)state;
    sheet_cell(&t, "%s", "");
    sheet_cell(&t, "KVM");
    sheet_cell(&t, "QEMU");
    sheet_cell(&t, "getpid [µs]");
    sheet_cell(&t, "%d", 9);
    sheet_cell(&t, "%d", 12200);
    sheet_cell(&t, "short");
    sheet_cell(&t, "SKIP");
    sheet_text(&t, &out);
    assert_string_equal(out.data, "              KVM   QEMU\n"
                                  "getpid [µs]     9  12200\n"
                                  "short        SKIP\n");
    buf_free(&out);
    sheet_free(&t);
}

static void option_values(void **state)
{
    unsigned n = 77;

    (void)state;
    assert_true(parse_number("16", 1, 16, &n) && n == 16);
    assert_false(parse_number("17", 1, 16, &n));
    assert_false(parse_number("-1", 0, 16, &n));
    assert_false(parse_number("1x", 0, 16, &n));
    assert_false(parse_number("", 0, 16, &n));
    assert_false(parse_number("99999999999999999999", 0, 16, &n));
    assert_int_equal(n, 16);
    assert_true(parse_mem("20G", &n) && n == 20480);
    assert_true(parse_mem("32M", &n) && n == 32);
    assert_true(parse_mem("0", &n) && n == 0);
    assert_false(parse_mem("M", &n));
    assert_false(parse_mem("1K", &n));
    assert_false(parse_mem("1GB", &n));
}

static void cpuinfo(void **state)
{
    static const char text[] =
        "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nflags\t\t: fpu svm_lock "
        "xsvm svm\nvmx flags\t: vnmi\n";
    char *model = cpuinfo_model(text);

    (void)state;
    assert_string_equal(model, "Some CPU @ 2 GHz");
    free(model);
    assert_true(cpuinfo_flag(text, "svm"));
    assert_true(cpuinfo_flag(text, "fpu"));
    assert_false(cpuinfo_flag(text, "vmx"));
    assert_false(cpuinfo_flag(text, "vnmi"));
    assert_false(cpuinfo_flag(text, "lock"));
    assert_false(cpuinfo_flag("", "svm"));
}

static void platform_names(void **state)
{
    const struct platform *list[PLATFORMS_MAX];

    (void)state;
    assert_int_equal(platform_list("qemu,kvm", list, 8), 2);
    assert_string_equal(list[0]->name, "kvm");
    assert_string_equal(list[1]->name, "qemu");
    assert_int_equal(platform_list("xen-pvh,qemu,xen-hvm,kvm", list, 8), 4);
    assert_string_equal(list[2]->name, "xen-hvm");
    assert_string_equal(list[3]->name, "xen-pvh");
    assert_int_equal(platform_list("xen-hvm-disk", list, 8), 1);
    assert_string_equal(list[0]->name, "xen-hvm-disk");
    assert_in_range(platform_list("all", list, PLATFORMS_MAX), 10, PLATFORMS_MAX);
    assert_int_equal(list[4]->suites, ALL_SUITES);
    assert_int_equal(list[5]->suites, BOOT_ONLY);
    assert_int_equal(list[7]->suites, BOOT_USUALLY);
    assert_int_equal(platform_list("qemu,vmm,kvm", list, 8), 3);
    assert_string_equal(list[1]->name, "vmm"); /* behind kvm */
    assert_int_equal(platform_list("qemu", list, 8), 1);
    assert_int_equal(platform_list("qemuu", list, 8), -1);
    assert_int_equal(platform_list("", list, 8), -1);
}

static void plain_case(const char *text, const char *plain)
{
    struct buf once = {0}, again = {0};

    quote_plain(&once, text, strlen(text));
    assert_string_equal(once.data, plain);
    quote_plain(&again, once.data, once.len);
    assert_string_equal(again.data, plain);
    buf_free(&once);
    buf_free(&again);
}

/* What a terminal might obey is shown, not sent. */
static void plain_words(void **state)
{
    (void)state;
    plain_case("", "");
    plain_case("two\tlines\nof µs … 😀", "two\tlines\nof µs … 😀");
    plain_case("\033]0;x\007\177\b", "\\x1b]0;x\\x07\\x7f\\x08");
    plain_case("a\r\nb\rc\r", "a\nb\\x0dc\\x0d");
    plain_case("\x9b"
               "31m",
               "\\x9b31m"); /* C1's CSI as a byte … */
    plain_case("\xc2\x9b"
               "31m",
               "\\xc2\\x9b31m");                                     /* … and as a character */
    plain_case("\xc3", "\\xc3");                                     /* cut off */
    plain_case("\xc0\x9b\xe0\x80\x9b", "\\xc0\\x9b\\xe0\\x80\\x9b"); /* too long */
    plain_case("\xed\xa0\x80\xf4\x90\x80\x80", "\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80");
}

/* How much is done, and how long the rest takes: in the unit that people say it in. */
static void progress_shares(void **state)
{
    static const struct {
        double done, all, took;
        const char *text;
    } cases[] = {
        {0, 0, 9, ""},
        {3, 0, 9, ""},
        {0, 9, 9, ""},
        {1, 4, 1, "25 %: "},
        {1, 4, 3, "25 %, 9 s left: "},
        {1, 2, 300, "50 %, 5 min left: "},
        {1, 10, 3600, "10 %, 9.0 h left: "},
        {5, 4, 9, "100 %, 0 s left: "},
    };
    char text[48];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        progress_text(cases[i].done, cases[i].all, cases[i].took, text);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(quoting),        cmocka_unit_test(guest_line),
        cmocka_unit_test(splitting),      cmocka_unit_test(shell_words),
        cmocka_unit_test(plain_words),    cmocka_unit_test(percentiles),
        cmocka_unit_test(intervals),      cmocka_unit_test(modes_and_outliers),
        cmocka_unit_test(hashes),         cmocka_unit_test(tables),
        cmocka_unit_test(option_values),  cmocka_unit_test(cpuinfo),
        cmocka_unit_test(platform_names), cmocka_unit_test(progress_shares),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
