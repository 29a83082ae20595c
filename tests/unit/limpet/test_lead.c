/* Host tool: the sentence that a report begins with.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "made.h"
#include "results/results.h"
#include "show/lead.h"

#define HERE    "\"mode\":\"native\",\"emulated\":false"
#define TCG     "\"mode\":\"native\",\"emulated\":true"
#define IN_LAB  "\"mode\":\"lab\",\"emulated\":true"
#define SIX(x)  #x "00," #x "01," #x "02," #x "03," #x "04," #x "05"
#define WIDE(x) #x "00,900," #x "01,200," #x "02,100"

/* Platforms, where their runs were, and their boots [ms]. */
static const struct {
    struct one {
        const char *platform, *run, *boots;
    } of[5];
    const char *sentence;
} cases[] = {
    {{{"kvm", HERE, SIX(1)}, {"qemu", HERE, SIX(2)}, {"vmm", HERE, SIX(4)}},
     "Boot time, start to exit: native, KVM boots fastest, 1.98 times faster than QEMU, the next "
     "of 3 (95 %: 1.92–2.03, n 6)."},
    {{{"kvm", HERE, SIX(2)}, {"qemu", HERE, SIX(1)}},
     "Boot time, start to exit: native, QEMU boots fastest, 1.98 times faster than KVM (95 %: "
     "1.92–2.03, n 6)."},
    /* Not told: too wide, or too few, and then whatever they say. */
    {{{"kvm", HERE, WIDE(1)}, {"qemu", HERE, WIDE(1)}, {"vmm", HERE, SIX(9)}},
     "Boot time, start to exit: native, KVM or QEMU boots fastest, which of them 6 boots cannot "
     "tell, and VMM is slower."},
    {{{"kvm", HERE, "1,1,1"}, {"qemu", HERE, "9,9,9"}},
     "Boot time, start to exit: native, which of KVM and QEMU boots fastest, 3 boots cannot "
     "tell."},
    /* By place. */
    {{{"qemu", TCG, SIX(1)}, {"xen-pvh", IN_LAB, SIX(3)}, {"xen-hvm", IN_LAB, SIX(6)}},
     "Boot time, start to exit: native (emulated), QEMU alone, 102.5 ms (95 %: 100.0–105.0, n 6); "
     "Xen lab (emulated), PVH boots fastest, 1.992 times faster than HVM (95 %: 1.973–2.010, n 6). "
     "Figures of different places do not compare."},
    {{{"qemu", TCG, "7"}}, "Boot time, start to exit: native (emulated), QEMU alone, 7 ms (n 1)."},
};

static struct result *made(const struct one *of)
{
    struct buf rows = {0}, runs = {0}, text = {0};
    struct result *result;

    for (int i = 0; i < 5 && of[i].platform; i++) {
        buf_printf(&runs, "%s{\"suite\":\"boot\",\"platform\":\"%s\",%s}", i ? "," : "",
                   of[i].platform, of[i].run);
        buf_printf(&rows,
                   "%s{\"suite\":\"boot\",\"platform\":\"%s\",\"name\":\"start to exit\",\"unit\":"
                   "\"ms\",\"run\":%d,\"runs\":[%s],\"samples\":[%s]}",
                   i ? "," : "", of[i].platform, i, of[i].boots, of[i].boots);
    }
    buf_printf(&text, "{\"created\":\"2026-11-21T11:06:59Z\",\"runs\":[%s],\"rows\":[%s]}",
               runs.data, rows.data);
    result = made_result(text.data);
    for (size_t i = 0; i < result->rows.n; i++)
        rows_refresh(result->rows.v[i]);
    buf_free(&rows);
    buf_free(&runs);
    buf_free(&text);
    return result;
}

static void sentences(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct result *result = made(cases[i].of);
        struct buf out = {0};

        lead_sentence(result, &out);
        assert_string_equal(out.data, cases[i].sentence);
        buf_free(&out);
        results_free(result);
    }
}

/* Of three platforms that are the same one is named, or called slower, in 5 % at most: the figure
 * of docs/method.md. */
static void false_words(void **state)
{
    static const char *const names[] = {"kvm", "qemu", "vmm"};
    unsigned long long seed = 1;
    int told = 0;

    (void)state;
    for (int i = 0; i < 400; i++) {
        struct one of[5] = {{NULL, NULL, NULL}};
        struct buf boots[3] = {{0}}, out = {0};
        struct result *result;

        for (int p = 0; p < 3; p++) {
            for (int k = 0; k < 20; k++) {
                seed = seed * 6364136223846793005 + 1442695040888963407;
                buf_printf(&boots[p], "%s%llu", k ? "," : "", 1000 + (seed >> 33) % 1000);
            }
            of[p] = (struct one){names[p], HERE, boots[p].data};
        }
        result = made(of);
        lead_sentence(result, &out);
        told += strstr(out.data, "faster than") || strstr(out.data, "slower");
        for (int p = 0; p < 3; p++)
            buf_free(&boots[p]);
        buf_free(&out);
        results_free(result);
    }
    assert_in_range(told, 0, 20);
}

/* Nothing to tell is no sentence. */
static void none(void **state)
{
    struct result *result = made_result("{}");
    struct buf out = {0};

    (void)state;
    lead_sentence(result, &out);
    assert_int_equal(out.len, 0);
    results_free(result);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences), cmocka_unit_test(false_words), cmocka_unit_test(none)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
