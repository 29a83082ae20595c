/* Host tool: what it reads about its machine, from sound, odd and hostile texts.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "host/host.h"
#include "host/place.h"

struct parse {
    const char *text, *value; /* value: NULL for none */
};

static void expect_all(char *(*parse)(const char *), const struct parse *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *value = parse(cases[i].text);

        if (!cases[i].value != !value || (value && strcmp(value, cases[i].value) != 0))
            fail_msg("\"%s\" gave %s, not %s", cases[i].text, value ? value : "nothing",
                     cases[i].value ? cases[i].value : "nothing");
        free(value);
    }
}

#define EXPECT_ALL(parse, cases) expect_all(parse, cases, sizeof cases / sizeof *cases)

static void microcode(void **state)
{
    static const struct parse cases[] = {
        {"processor\t: 0\nmicrocode\t: 0xa0011d1\ncpu MHz\t: 1\nmicrocode\t: 0xff\n", "0xa0011d1"},
        {"microcode\t: 0x1", "0x1"},
        {"", NULL},
        {"microcode", NULL},
        {"microcode\t:", NULL},
        {"microcode\t: \n", NULL},
        {"microcode\t: 0x\n", NULL},
        {"microcode\t: 12\n", NULL},
        {"microcode\t: 0x12 34\n", NULL},
        {"microcode\t: 0x12zz\n", NULL},
        {"model name\t: microcode\t: 0x12\n", NULL},
    };

    (void)state;
    EXPECT_ALL(cpuinfo_microcode, cases);
}

static void distribution(void **state)
{
    char long_name[400] = "PRETTY_NAME=\"";
    const struct parse cases[] = {
        {"NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n",
         "Debian GNU/Linux 12 (bookworm)"},
        {"PRETTY_NAME=Alpine\n", "Alpine"},
        {"PRETTY_NAME='Void Linux'", "Void Linux"},
        {"PRETTY_NAME=\"cut", "cut"},
        {"PRETTY_NAME=\"cut\nID=x\n", "cut"},
        {"", NULL},
        {"PRETTY_NAME=", NULL},
        {"PRETTY_NAME=\n", NULL},
        {"PRETTY_NAME=\"\"\n", NULL},
        {"PRETTY_NAME=\"", NULL},
        {"# PRETTY_NAME=\"no\"\nOLD_PRETTY_NAME=\"no\"\n", NULL},
        {long_name, NULL},
    };

    (void)state;
    memset(long_name + 13, 'x', sizeof long_name - 14);
    EXPECT_ALL(os_release_name, cases);
}

static void huge_pages(void **state)
{
    static const struct parse cases[] = {
        {"always [madvise] never\n", "madvise"},
        {"[always] madvise never\n", "always"},
        {"", NULL},
        {"always madvise never\n", NULL},
        {"[]\n", NULL},
        {"[", NULL},
        {"][", NULL},
        {"[two words]", NULL},
        {"[two\nlines]", NULL},
    };

    (void)state;
    EXPECT_ALL(bracketed_word, cases);
}

static void governor(void **state)
{
    char long_word[100] = "";
    const struct parse cases[] = {
        {"performance\n", "performance"},
        {" schedutil x\n", "schedutil"},
        {"", NULL},
        {"\n\n", NULL},
        {long_word, NULL},
    };

    (void)state;
    memset(long_word, 'x', sizeof long_word - 1);
    EXPECT_ALL(first_word, cases);
}

static void smt(void **state)
{
    (void)state;
    assert_string_equal(smt_state("on\n"), "on");
    assert_string_equal(smt_state("off"), "off");
    assert_string_equal(smt_state("forceoff\n"), "off");
    assert_string_equal(smt_state("notsupported\n"), "notsupported");
    assert_string_equal(smt_state("notimplemented\n"), "notsupported");
    assert_null(smt_state(""));
    assert_null(smt_state("onion\n"));
    assert_null(smt_state("ON\n"));
}

/* Of this machine only what every machine has. */
static void facts(void **state)
{
    static const char *const keys[] = {"hostname",     "cpu_model",   "microcode", "kernel",
                                       "distribution", "virtualized", "cpus",      "smt",
                                       "governor",     "huge_pages",  "load",      "memory_mib"};
    struct facts *host = host_facts();
    struct args names = {0};

    (void)state;
    assert_non_null(host);
    facts_names(host, &names);
    assert_int_equal(names.n, sizeof keys / sizeof *keys);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_string_equal(names.v[i], keys[i]);
    assert_true(facts_number(host, "cpus") >= 1);
    assert_true(facts_number(host, "memory_mib") >= 16);
    assert_true(strlen(facts_text(host, "kernel")) > 0);
    args_free(&names);
    facts_free(host);
}

/* What is empty is not there. */
static void places(void **state)
{
    (void)state;
    setenv("LIMPET_LAB", "xen", 1);
    setenv("LIMPET_NESTING", "2", 1);
    setenv("LIMPET_APPS", "", 1);
    unsetenv("LIMPET_EMULATED");
    assert_string_equal(place()->lab, "xen");
    assert_int_equal(place()->nesting, 2);
    assert_null(place()->apps);
    assert_null(place()->emulated_by);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places),     cmocka_unit_test(microcode), cmocka_unit_test(distribution),
        cmocka_unit_test(huge_pages), cmocka_unit_test(governor),  cmocka_unit_test(smt),
        cmocka_unit_test(facts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
