/* SPDX-License-Identifier: BSD-2-Clause */
/* A row in JSON: what is read of the recorded files is written again, key by key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "results/json.h"

/* As json_equal(), but 26 is 26.0. */
static bool same(json_t *a, json_t *b)
{
    const char *key;
    json_t *value;

    if (json_is_number(a) && json_is_number(b))
        return json_number_value(a) == json_number_value(b);
    if (json_is_array(a) && json_array_size(a) == json_array_size(b)) {
        for (size_t i = 0; i < json_array_size(a); i++)
            if (!same(json_array_get(a, i), json_array_get(b, i)))
                return false;
        return true;
    }
    if (json_is_object(a) && json_object_size(a) == json_object_size(b)) {
        json_object_foreach(a, key, value) if (!same(value, json_object_get(b, key))) return false;
        return true;
    }
    return json_equal(a, b);
}

/* today: the file is of this version; of an older one, what is written says the same again. */
static void recorded(const char *path, bool today)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t room = 0, i, rows = 0;

    assert_non_null(f);
    while (getline(&line, &room, f) > 0) {
        json_t *result = json_loads(line, 0, NULL), *j;

        for (i = 0; (j = json_array_get(json_object_get(result, "rows"), i)); i++, rows++) {
            struct row *row = row_of_json(j), *copy = row_copy(row);
            json_t *again = row_to_json(copy), *third;
            struct row *written = row_of_json(again);

            third = row_to_json(written);
            assert_null(row->wrong);
            if (!same(today ? j : third, again))
                fail_msg("%s: %s is not the same", path, row->name);
            json_decref(again);
            json_decref(third);
            row_free(written);
            row_free(copy);
            row_free(row);
        }
        json_decref(result);
    }
    assert_true(rows > 20);
    free(line);
    fclose(f);
}

static void round_trip(void **state)
{
    (void)state;
    recorded("tests/data/report.jsonl", false);
    recorded("tests/data/figures.jsonl", true);
    recorded("tests/data/result.jsonl", false);
}

/* What is not of its type is not there; a list of it is told. */
static void hostile(void **state)
{
    static const struct {
        const char *text, *wrong;
    } cases[] = {
        {"{\"runs\":[1,\"2\"]}", "its runs are no numbers"},
        {"{\"parts\":[null]}", "its parts are no numbers"},
        {"{\"least\":[[]]}", "its least loops are no numbers"},
        {"{\"samples\":[1,{}]}", "its samples are no numbers"},
        {"{\"histogram\":[[1,2],3]}", "its histogram lacks counts"},
        {"{\"histogram\":[[1,-2]]}", "its histogram lacks counts"},
        {"{\"value\":\"x\",\"name\":7,\"run\":-1,\"stage\":-3,\"stats\":[],\"exits\":4}", NULL},
        {"{\"run\":\"0\",\"begin\":0.5,\"end\":1,\"ci\":[1],\"coverage\":1}", NULL},
        {"[]", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *j = json_loads(cases[i].text, 0, NULL);
        struct row *row = row_of_json(j);

        assert_non_null(j);
        if (cases[i].wrong)
            assert_string_equal(row->wrong, cases[i].wrong);
        else
            assert_null(row->wrong);
        assert_string_equal(row->name, "");
        assert_true(isnan(row->value) && isnan(row->stats.p50) && row->run == ROW_NO_RUN);
        assert_true(!row->stage && !row->spans && !row->exits.known && !(row->coverage > 0));
        row_free(row);
        json_decref(j);
    }
}

/* A copy grows by itself. */
static void grows(void **state)
{
    struct row *row = row_new("basic", "getpid", "cycles"), *copy;

    (void)state;
    for (size_t i = 0; i < 100; i++) {
        copy = row_copy(row);
        for (size_t k = i; k < 2 * i; k++) {
            numbers_add(&copy->runs, (double)k);
            row_add_sample(copy, (double)k, 1);
        }
        assert_int_equal(copy->runs.n, 2 * i);
        for (size_t k = 0; k < copy->runs.n; k++)
            assert_true(copy->runs.v[k] == (double)k && copy->samples[k].v == (double)k);
        row_free(copy);
        numbers_add(&row->runs, (double)i);
        row_add_sample(row, (double)i, 1);
    }
    row_free(row);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(hostile),
        cmocka_unit_test(grows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
