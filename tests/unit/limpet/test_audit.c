/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows whose figures do not fit together are told; those of older files are brought to today's
 * form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <math.h>

#include "results/audit.h"
#include "made.h"

#define COPY                                                                                       \
    "\"suite\":\"stream\",\"platform\":\"qemu\",\"name\":\"Copy\",\"elements\":500000,\"run\":0,"
#define NEW "\"unit\":\"MB/s\",\"sample_unit\":\"s\",\"bytes\":8000000,"

/* Each row, and what is said of it; NULL: it fits. */
static void rows(void **state)
{
    static const struct {
        const char *row, *why;
    } cases[] = {
        /* STREAM, as a guest says it: 8 MB in 4 ms are 2,000 MB/s. */
        {"{" COPY NEW "\"value\":2000,\"samples\":[0.005,0.004]}", NULL},
        {"{" COPY NEW "\"value\":1999.96,\"samples\":[0.005,0.004]}", NULL},
        {"{" COPY NEW "\"value\":2000,\"samples\":[2000,1600]}", "times the bytes"},
        {"{" COPY NEW "\"value\":2000,\"samples\":[0.004,0.003]}", "0.75 times the bytes"},
        {"{" COPY NEW "\"value\":2000,\"samples\":[]}", "shared evenly"},
        {"{" COPY "\"unit\":\"MB/s\",\"bytes\":8000000,\"value\":2000,\"samples\":[0.004]}",
         "samples in s"},
        {"{" COPY "\"unit\":\"ms\",\"sample_unit\":\"s\",\"bytes\":8000000,\"value\":2000,"
         "\"samples\":[0.004]}",
         "MB/s and"},
        {"{" COPY "\"unit\":\"MB/s\",\"sample_unit\":\"s\",\"bytes\":12000000,\"value\":3000,"
         "\"samples\":[0.004]}",
         "elements of 2 arrays"},
        /* Of a result: each run by itself. */
        {"{" COPY NEW "\"value\":1500,\"runs\":[2000,1000],\"samples\":[0.005,0.004,0.008,0.01]}",
         NULL},
        {"{" COPY NEW "\"value\":1500,\"runs\":[1000,2000],\"samples\":[0.005,0.004,0.008,0.01]}",
         "0.5 times"},
        {"{" COPY NEW "\"value\":1500,\"runs\":[2000,1000],\"samples\":[0.005,0.004,0.008]}",
         "shared evenly"},
        /* Cycles: 100 calls of 30 take 3,000; at 1 MHz 4,000 ticks are 4 ms of a life of 5 ms. */
        {"{\"value\":30,\"least\":30,\"calls\":100,\"begin\":1000,\"end\":5000}", NULL},
        {"{\"value\":41,\"least\":41,\"calls\":100,\"begin\":1000,\"end\":5000}",
         "do not fit between its begin and its end"},
        {"{\"value\":41,\"calls\":100,\"begin\":1000,\"end\":5000}", "do not fit"},
        {"{\"value\":41,\"least\":[39],\"runs\":[41],\"calls\":100,\"begin\":1000,\"end\":5000}",
         NULL},
        {"{\"value\":30,\"calls\":100,\"begin\":1000,\"end\":9000}",
         "0.008 s by the guest's clock"},
        /* Parts and whole. */
        {"{\"exits\":{\"total\":12,\"reasons\":{\"io\":10,\"npf\":2}}}", NULL},
        {"{\"exits\":{\"total\":13,\"reasons\":{\"io\":10,\"npf\":2}}}", "12, and 13 in all"},
        {"{\"value\":3,\"runs\":[1,4,3],\"parts\":[1,2]}", NULL},
        {"{\"value\":3,\"runs\":[1,4,3],\"parts\":[1,1]}", "add up to 2 runs, and there are 3"},
        {"{\"value\":2,\"runs\":[1,4,3,2]}", NULL}, /* the lower middle, as it once was */
        {"{\"value\":4,\"runs\":[1,4,3,2]}", "not the median"},
        {"{}", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct row *row = made_row(cases[i].row);
        char *why = audit_row(row, 1e6, 0.005);

        if (!why != !cases[i].why || (why && !strstr(why, cases[i].why)))
            fail_msg("%s: %s", cases[i].row, why ? why : "fits");
        free(why);
        row_free(row);
    }
}

static struct result *audited(const char *runs, const char *rows)
{
    char text[4096];
    struct result *result;

    snprintf(text, sizeof text, "{\"runs\":[%s],\"rows\":[%s],\"skipped\":[]}", runs, rows);
    result = made_result(text);
    audit_result(result, "FILE");
    return result;
}

/* Files of before: samples were rates, and the times those of one run; or only statistics in
 * seconds were kept. */
static void older_stream(void **state)
{
    struct result *result =
        audited("{}", "{" COPY "\"unit\":\"MB/s\",\"value\":1600,\"runs\":[2000,1600,1000],"
                      "\"samples\":[1000,2000,1600,800,1000,500],\"avg_s\":1000,\"min_s\":500,"
                      "\"max_s\":2000,\"stats\":{\"n\":6,\"min\":500}}");
    const struct row *row = result->rows.v[0];

    (void)state;
    assert_string_equal(row->sample_unit, "s");
    assert_true(row->bytes == 8e6 && row->value == 1600);
    assert_true(fabs(row->min_s - 0.005) < 1e-12); /* of 4, 5 and 8 ms */
    assert_true(fabs(row->max_s - 0.010) < 1e-12); /* of 8, 10 and 16 ms */
    assert_true(fabs(row->avg_s - 0.0075) < 1e-12);
    assert_true(fabs(row->stats.max - 0.016) < 1e-12);
    results_free(result);
    result = audited("{}", "{" COPY "\"unit\":\"MB/s\",\"value\":2000,\"runs\":[2000],\"min_s\":"
                           "0.004,\"stats\":{\"n\":9,\"min\":0.004}}");
    row = result->rows.v[0];
    assert_string_equal(row->sample_unit, "s");
    assert_true(row->min_s == 0.004);
    results_free(result);
    result = audited("{}", "{" COPY "\"unit\":\"MB/s\",\"value\":2000,\"runs\":[2000],"
                           "\"samples\":[4,5]}"); /* ms? nobody said so */
    assert_int_equal(result->rows.n, 0);
    assert_non_null(strstr(results_reason(result, "stream", "qemu"),
                           "Copy does not fit: its samples are neither seconds nor MB/s"));
    results_free(result);
}

#define CYCLES                                                                                     \
    "{\"suite\":\"basic\",\"platform\":\"qemu\",\"name\":\"getpid\",\"unit\":\"cycles\","          \
    "\"value\":3,\"runs\":[3],\"run\":0}"

static void clocks(void **state)
{
    struct result *result = audited("{\"clock\":{\"tsc_hz\":1.0e9},\"ruler\":{\"host_hz\":1.02e9,"
                                    "\"host_error_ppm\":20000}}",
                                    CYCLES);

    (void)state;
    assert_int_equal(result->rows.n, 1);
    results_free(result);
    result = audited("{\"clock\":{\"tsc_hz\":1.0e9},\"ruler\":{\"host_hz\":2.0e9,"
                     "\"host_error_ppm\":20}}",
                     CYCLES);
    assert_int_equal(result->rows.n, 0);
    assert_non_null(strstr(results_reason(result, "basic", "qemu"), "is not the host's, 2000 MHz"));
    results_free(result);
}

#define BOOT(name, unit, more, samples)                                                            \
    "{\"suite\":\"boot\",\"platform\":\"qemu\",\"name\":\"" name "\",\"unit\":\"" unit             \
    "\",\"runs\":" samples ",\"samples\":" samples more "}"
#define WHOLE BOOT("start to exit", "ms", "", "[5,9]") ","
#define TO_A  BOOT("to a", "us", ",\"stage\":1", "[1000,2000]") ","

/* The figures of a boot add up, boot by boot, whatever their medians. */
static void boots(void **state)
{
    static const struct {
        const char *rows;
        size_t left;
    } cases[] = {
        {WHOLE TO_A BOOT("to b", "us", ",\"stage\":2", "[4000,7000]"), 3},
        {WHOLE TO_A BOOT("to b", "us", ",\"stage\":2", "[7000,4000]"), 1},
        {WHOLE TO_A BOOT("to b", "us", ",\"stage\":2", "[4,7]"), 1},  /* in ms */
        {WHOLE TO_A BOOT("to b", "us", ",\"stage\":2", "[4000]"), 3}, /* the clocks joined once */
        {WHOLE BOOT("unpause to door", "us", "", "[100,300]") "," BOOT(
             "door to main", "us", "", "[50,60]") "," BOOT("unpause to main", "us", "",
                                                           "[150,360]"),
         4},
        {WHOLE BOOT("unpause to door", "us", "", "[100,300]") "," BOOT(
             "door to main", "us", "", "[50,60]") "," BOOT("unpause to main", "us", "",
                                                           "[150,330]"),
         3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct result *result;
        char text[4096];

        snprintf(text, sizeof text, "{\"runs\":[{}],\"rows\":[%s],\"skipped\":[]}", cases[i].rows);
        result = made_result(text);
        for (size_t k = 0; k < result->rows.n; k++) { /* the value: of two, their mean */
            struct row *row = result->rows.v[k];

            row->value = (row->runs.v[0] + row->runs.v[row->runs.n - 1]) / 2;
        }
        audit_result(result, "FILE");
        assert_int_equal(result->rows.n, cases[i].left);
        results_free(result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows), cmocka_unit_test(older_stream),
                                       cmocka_unit_test(clocks), cmocka_unit_test(boots)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
