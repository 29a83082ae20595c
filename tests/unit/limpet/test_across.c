/* Host tool: results of several files side by side.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "made.h"
#include "show/across.h"

#define MOST 4

/* Results with one figure each. */
struct made {
    struct result *results[MOST];
    struct view views[MOST];
    size_t n;
};

static void add(struct made *m, const char *file, const char *head, const char *version,
                double figure)
{
    char *text = xasprintf(
        "{\"tool\": \"limpet 0.1\"%s, \"runs\": [{\"suite\": \"basic\", \"platform\": \"qemu\", "
        "\"mode\": \"native\", \"vmm\": \"qemu\", \"vmm_version\": \"%s\"}], \"rows\": "
        "[{\"suite\": \"basic\", \"platform\": \"qemu\", \"name\": \"getpid\", \"unit\": "
        "\"cycles\", \"runs\": [%g], \"value\": %g, \"run\": 0}], \"skipped\": []}",
        head, version, figure, figure);

    m->results[m->n] = made_result(text);
    view_init(&m->views[m->n], m->results[m->n], file);
    m->n++;
    free(text);
}

static void drop(struct made *m)
{
    while (m->n)
        results_free(m->results[--m->n]);
}

#define HOST(name) ", \"host\": {\"hostname\": \"" name "\", \"cpu_model\": \"A CPU\"}"

/* What the columns are by, and their titles. */
static void columns(void **state)
{
    static const struct {
        const char *heads[3], *versions[3], *by, *is_by, *titles[4];
    } cases[] = {
        {{HOST("a"), HOST("b"), HOST("a")}, {"1 (x)", "1", "1"}, NULL, "host", {"a", "b"}},
        {{HOST("a"), HOST("a"), HOST("a")},
         {"1 (x)", "2", "1"},
         NULL,
         "version",
         {"qemu 1", "qemu 2"}},
        {{HOST("a"), HOST("b"), HOST("a")},
         {"1", "2", "2"},
         NULL,
         "host and version",
         {"a, qemu 1", "b, qemu 2", "a, qemu 2"}},
        {{HOST("a"), HOST("a"), HOST("a")}, {"1", "1", "1"}, NULL, "file", {"x", "y", "z"}},
        {{HOST("a") ", \"label\": \"old\"", HOST("b") ", \"label\": \"new\"",
          HOST("b") ", \"label\": \"new\""},
         {"1", "2", "3"},
         NULL,
         "label",
         {"old", "new"}},
        {{HOST("a") ", \"label\": \"old\"", HOST("b"), HOST("b")},
         {"1", "1", "1"},
         NULL,
         "host",
         {"a", "b"}},
        {{HOST("a") ", \"label\": \"old\"", HOST("b"), HOST("b")},
         {"1", "1", "1"},
         "label",
         "label",
         {"old", "no label"}},
        {{HOST("a"), HOST("b"), HOST("b")}, {"1", "1", "1"}, "file", "file", {"x", "y", "z"}},
        {{", \"host\": {\"cpu_model\": \"Old\"}", HOST("b"), HOST("b")},
         {"1", "1", "1"},
         NULL,
         "host",
         {"Old", "b"}},
        {{HOST("a"), HOST("b") ", \"side\": \"A\"", HOST("a")},
         {"1", "2", "1"},
         NULL,
         "file",
         {"x", "z"}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static const char *const files[] = {"x", "y", "z"};
        struct made m = {.n = 0};
        struct across a;
        size_t k = 0;

        for (int j = 0; j < 3; j++)
            add(&m, files[j], cases[i].heads[j], cases[i].versions[j], 5);
        a = across_of(m.views, m.n, cases[i].by);
        assert_string_equal(a.by, cases[i].is_by);
        for (; k < a.n && cases[i].titles[k]; k++)
            assert_string_equal(a.v[k].title, cases[i].titles[k]);
        assert_true(k == a.n && !cases[i].titles[k]);
        across_free(&a);
        drop(&m);
    }
}

static void one_file_has_no_columns(void **state)
{
    struct made m = {.n = 0};
    struct across a;

    (void)state;
    add(&m, "x", HOST("a"), "1", 5);
    a = across_of(m.views, m.n, NULL);
    assert_int_equal(a.n, 0);
    across_free(&a);
    drop(&m);
}

/* A column of several has the median of their figures; of one the result's own. */
static void figures(void **state)
{
    struct made m = {.n = 0};
    struct estimate e;
    struct across a;

    (void)state;
    add(&m, "x", HOST("a"), "1", 30);
    add(&m, "y", HOST("a"), "1", 10);
    add(&m, "z", HOST("b"), "1", 7);
    add(&m, "w", HOST("a"), "1", 20);
    a = across_of(m.views, m.n, NULL);
    e = across_figure(&a.v[0], "basic", "getpid", "qemu");
    assert_true(e.known && e.value == 20 && e.n == 3 && e.low == 10 && e.high == 30 &&
                e.coverage == 0.75);
    e = across_figure(&a.v[1], "basic", "getpid", "qemu");
    assert_true(e.known && e.value == 7 && e.n == 1 && !strcmp(e.unit, "cycles"));
    assert_false(across_figure(&a.v[1], "basic", "getpid", "kvm").known);
    across_free(&a);
    drop(&m);
}

static void contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in:\n%s", part, text);
}

/* What differs stands once, by column; what is the same does not. */
static void differences(void **state)
{
    struct made m = {.n = 0};
    struct buf out = {0};
    struct across a;

    (void)state;
    add(&m, "x", HOST("a"), "1", 30);
    add(&m, "y", HOST("b"), "1", 10);
    add(&m, "z", HOST("b"), "2", 7);
    a = across_of(m.views, m.n, "host");
    across_format(&a, &out);
    contains(out.data, "\nhost, hostname     a  b\n");
    contains(out.data, "\nQEMU, vmm version  1  1; 2\n");
    contains(out.data, "\nsystem call (getpid) [cycles]  ");
    contains(out.data, "3 results, columns by host.");
    assert_null(strstr(out.data, "cpu model"));
    buf_free(&out);
    across_free(&a);
    drop(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns),
        cmocka_unit_test(one_file_has_no_columns),
        cmocka_unit_test(figures),
        cmocka_unit_test(differences),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
