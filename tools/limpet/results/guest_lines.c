/* What a guest reports in its JSON lines.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/guest_lines.h"
#include "base/clock.h"

#include <ctype.h>
#include <stdint.h>
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
    json_decref(r->ticks);
    *r = (struct report){0};
}

/* Pairs of a value and a count, from "8428 25 48x3 …": steps from value to value, each with how
 * often. NULL when it is not of that form. */
static json_t *histogram_of(const char *steps)
{
    json_t *histogram = json_array();
    unsigned long long value = 0;

    while (*steps) {
        char *end;
        unsigned long long step = strtoull(steps, &end, 10), count = 1;
        bool good = end > steps && isdigit((unsigned char)*steps);

        if (good && *end == 'x') {
            steps = end + 1;
            count = strtoull(steps, &end, 10);
            good = end > steps && isdigit((unsigned char)*steps) && count > 0;
        }
        value += step;
        if (!good || (*end && *end != ' ') || value > UINT32_MAX || count > UINT32_MAX) {
            json_decref(histogram);
            return NULL;
        }
        json_array_append_new(histogram, json_pack("[I,I]", (json_int_t)value, (json_int_t)count));
        steps = end + (*end == ' ');
    }
    return histogram;
}

/* Turns the row's steps into a histogram; or are its samples numbers? */
static bool take_samples(json_t *row)
{
    json_t *steps = json_object_get(row, "steps"), *samples = json_object_get(row, "samples");
    json_t *element, *histogram;
    size_t i;

    for (i = 0; (element = json_array_get(samples, i)); i++)
        if (!json_is_number(element))
            return false;
    if (!steps)
        return true;
    histogram = json_is_string(steps) ? histogram_of(json_string_value(steps)) : NULL;
    json_object_del(row, "steps");
    return histogram && !json_object_set_new(row, "histogram", histogram);
}

static bool take_row(struct report *r, json_t *row)
{
    json_t *suite = json_object_get(row, "bench");

    if (!json_is_string(suite) || !json_is_string(json_object_get(row, "name")) ||
        !json_is_number(json_object_get(row, "value")) || !take_samples(row))
        return false;
    json_object_set(row, "suite", suite);
    json_object_del(row, "bench");
    json_object_del(row, "limpet");
    json_array_append(r->rows, row);
    return true;
}

/* A tick is worth what the host's clock says on its arrival. */
static bool take_tick(struct report *r, json_t *tick)
{
    double host = now_s();

    if (!json_is_integer(json_object_get(tick, "tsc")))
        return false;
    if (!r->ticks)
        r->ticks = json_array();
    json_array_append_new(
        r->ticks, json_pack("[I,f]", json_integer_value(json_object_get(tick, "tsc")), host));
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
    if (!strcmp(kind, "tick"))
        return take_tick(r, object);
    if (!strcmp(kind, "clock") || !strcmp(kind, "valid") || !strcmp(kind, "ruler"))
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
