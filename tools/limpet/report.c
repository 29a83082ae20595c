/* What a guest reports in its JSON lines.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"
#include "limpet.h"
#include "stats.h"

#include <stdlib.h>
#include <string.h>

static const char mark[] = "{\"limpet\":";

void report_init(struct report *r)
{
    *r = (struct report){.rows = json_array(), .facts = json_object()};
}

void report_free(struct report *r)
{
    json_decref(r->rows);
    json_decref(r->facts);
    json_decref(r->ledger);
    *r = (struct report){0};
}

json_t *report_stats(json_t *samples)
{
    size_t n = json_array_size(samples);
    double *values = xrealloc(NULL, n * sizeof *values);
    struct stats s;

    for (size_t i = 0; i < n; i++)
        values[i] = json_number_value(json_array_get(samples, i));
    s = stats_of(values, n);
    free(values);
    return json_pack("{s:I,s:f,s:f,s:f,s:f,s:f,s:f}", "n", (json_int_t)s.n, "min", s.min, "p50",
                     s.p50, "p95", s.p95, "p99", s.p99, "max", s.max, "mean", s.mean);
}

/* Moves the guest's statistics into an object of their own, or makes them from the samples. */
static void collect_stats(json_t *row)
{
    static const char *const keys[] = {"n", "min", "p50", "p95", "p99", "max"};
    json_t *stats = json_object(), *samples = json_object_get(row, "samples");

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        json_t *value = json_object_get(row, keys[i]);

        if (json_is_number(value))
            json_object_set(stats, keys[i], value);
        json_object_del(row, keys[i]);
    }
    if (!json_object_get(stats, "p50") && json_array_size(samples)) {
        json_decref(stats);
        stats = report_stats(samples);
    }
    json_object_set_new(row, "stats", stats);
}

static bool take_row(struct report *r, json_t *row)
{
    json_t *suite = json_object_get(row, "bench");

    if (!json_is_string(suite) || !json_is_string(json_object_get(row, "name")) ||
        !json_is_number(json_object_get(row, "value")))
        return false;
    json_object_set(row, "suite", suite);
    json_object_del(row, "bench");
    json_object_del(row, "limpet");
    collect_stats(row);
    json_array_append(r->rows, row);
    return true;
}

static bool take(struct report *r, json_t *object)
{
    const char *kind = json_string_value(json_object_get(object, "limpet"));

    if (!kind)
        return false;
    if (!strcmp(kind, "row"))
        return take_row(r, object);
    if (!strcmp(kind, "ledger")) {
        json_decref(r->ledger);
        r->ledger = json_incref(object);
        return true;
    }
    if (!strcmp(kind, "clock") || !strcmp(kind, "valid"))
        return !json_object_set(r->facts, kind, object);
    if (!json_object_get(r->facts, "info"))
        json_object_set_new(r->facts, "info", json_array());
    return !json_array_append(json_object_get(r->facts, "info"), object);
}

void report_line(void *report, const char *line, size_t n)
{
    struct report *r = report;
    json_t *object;

    if (n < sizeof mark - 1 || memcmp(line, mark, sizeof mark - 1))
        return;
    object = json_loadb(line, n, 0, NULL);
    if (!object || !take(r, object))
        r->bad++;
    json_decref(object);
}

double ledger_us(const struct ledger *ledger, long long ticks)
{
    return (double)ticks / ledger->tsc_hz * 1e6;
}

bool report_ledger(const struct report *r, struct ledger *l)
{
    json_t *list = json_object_get(r->ledger, "stages"), *stage;
    long long before = 0;
    bool has_main = false;
    size_t i;

    l->tsc_hz = json_number_value(json_object_get(r->ledger, "tsc_hz"));
    if (l->tsc_hz <= 0 || !json_array_size(list))
        return false;
    for (i = 0; (stage = json_array_get(list, i)); i++) {
        const char *name = json_string_value(json_object_get(stage, "name"));
        long long tsc = json_integer_value(json_object_get(stage, "tsc"));

        if (!name)
            return false;
        if (i == 0)
            l->door = tsc;
        else
            json_object_set_new(l->stages, name, json_real(ledger_us(l, tsc - before)));
        if (!strcmp(name, "main")) {
            l->main = tsc;
            has_main = true;
        }
        before = tsc;
    }
    return has_main && l->main >= l->door;
}
