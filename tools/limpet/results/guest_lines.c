/* What a guest reports in its JSON lines.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/guest_lines.h"
#include "base/clock.h"
#include "results/json.h"
#include "vm/console.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char mark[] = "{\"limpet\":";

void guest_lines_init(struct guest_lines *g) { *g = (struct guest_lines){.facts = facts_new()}; }

static void ledger_free(struct ledger *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->stages[i].name);
    free(l->stages);
    *l = (struct ledger){0};
}

void guest_lines_free(struct guest_lines *g)
{
    rows_free(&g->rows);
    facts_free(g->facts);
    ledger_free(&g->ledger);
    free(g->ticks);
    buf_free(&g->said);
    *g = (struct guest_lines){0};
}

/* The row's samples, from "8428 25 48x3 …": steps from value to value, each with how often. Returns
 * false when it is not of that form. */
static bool take_steps(struct row *row, const char *steps)
{
    unsigned long long value = 0;

    row->histogram = true;
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
        if (!good || (*end && *end != ' ') || value > UINT32_MAX || count > UINT32_MAX)
            return false;
        row_add_sample(row, (double)value, count);
        steps = end + (*end == ' ');
    }
    return true;
}

static bool take_row(struct guest_lines *g, json_t *object)
{
    json_t *suite = json_object_get(object, "bench"), *steps = json_object_get(object, "steps");
    struct row *row;

    if (!json_is_string(suite) || !json_is_string(json_object_get(object, "name")) ||
        !json_is_number(json_object_get(object, "value")))
        return false;
    row = row_of_json(object);
    row_set_text(&row->suite, json_string_value(suite));
    if (row->wrong ||
        (steps && (!json_is_string(steps) || !take_steps(row, json_string_value(steps))))) {
        row_free(row);
        return false;
    }
    rows_append(&g->rows, row);
    return true;
}

/* A tick is worth what the host's clock says on its arrival. */
static bool take_tick(struct guest_lines *g, json_t *object)
{
    json_t *tsc = json_object_get(object, "tsc");
    double host = now_s();

    if (!json_is_integer(tsc))
        return false;
    g->ticks = list_grown(g->ticks, g->tick_count, sizeof *g->ticks);
    g->ticks[g->tick_count++] = (struct tick){json_number_value(tsc), host};
    return true;
}

/* A name that comes again is that of the later one. */
static void take_stage(struct ledger *l, const char *name, double us)
{
    size_t i = 0;

    while (i < l->n && strcmp(l->stages[i].name, name) != 0)
        i++;
    if (i == l->n) {
        l->stages = list_grown(l->stages, l->n, sizeof *l->stages);
        l->stages[l->n++].name = xstrdup(name);
    }
    l->stages[i].us = us;
}

/* Is known only when it is usable. */
static void take_ledger(struct ledger *l, json_t *object)
{
    json_t *list = json_object_get(object, "stages"), *stage;
    long long before = 0;
    bool has_main = false;
    size_t i;

    ledger_free(l);
    l->tsc_hz = json_number_value(json_object_get(object, "tsc_hz"));
    for (i = 0; l->tsc_hz > 0 && (stage = json_array_get(list, i)); i++) {
        const char *name = json_string_value(json_object_get(stage, "name"));
        long long tsc = json_integer_value(json_object_get(stage, "tsc"));

        if (!name)
            return;
        if (i == 0 && !strcmp(name, "stub"))
            l->stub = tsc;
        else if (i == (l->stub != 0))
            l->door = tsc;
        else
            take_stage(l, name, ledger_us(l, tsc - before));
        if (!strcmp(name, "main")) {
            l->main = tsc;
            has_main = true;
        }
        before = tsc;
    }
    l->known = has_main && l->main >= l->door;
}

/* As facts: the name under which a line is kept, or a list of such. */
static void take_facts(struct guest_lines *g, const char *kind, json_t *object)
{
    const struct facts *facts = facts_of_json(object);

    if (!strcmp(kind, "clock") || !strcmp(kind, "valid") || !strcmp(kind, "ruler"))
        facts_set(g->facts, kind, facts);
    else
        facts_add(g->facts, "info", facts);
}

/* A program of Linux is entered by nobody's door: the two stamps are one. */
static void tell_no_door(struct guest_lines *g)
{
    struct facts *none = facts_new();

    facts_set_text(none, "limpet", "none");
    facts_set_text(none, "row", "door to main");
    facts_set_text(none, "why", "a program of Linux has no door of its own");
    if (g->ledger.known && g->ledger.main == g->ledger.door)
        facts_add(g->facts, "info", none);
    facts_free(none);
}

static bool take(struct guest_lines *g, json_t *object)
{
    const char *kind = json_string_value(json_object_get(object, "limpet"));

    if (!kind)
        return false;
    if (!strcmp(kind, "row"))
        return take_row(g, object);
    if (!strcmp(kind, "tick"))
        return take_tick(g, object);
    if (strcmp(kind, "ledger") != 0) {
        take_facts(g, kind, object);
        return true;
    }
    take_ledger(&g->ledger, object);
    tell_no_door(g);
    return true;
}

/* But for the kernel's last line. */
static void keep(struct guest_lines *g, const char *line, size_t n)
{
    struct last_line last = {0};

    last_line_parse(line, n, &last);
    if (last.kind == LAST_LINE_NONE) {
        g->said_bytes += n + 1;
        if (g->said_bytes <= GUEST_LINES_SAID) {
            buf_add(&g->said, line, n);
            buf_str(&g->said, "\n");
        }
    }
    free(last.reason);
}

void guest_lines_take(void *guest_lines, const char *line, size_t n)
{
    struct guest_lines *g = guest_lines;
    json_t *object;

    if (n < sizeof mark - 1 || memcmp(line, mark, sizeof mark - 1)) {
        if (g->keeps)
            keep(g, line, n);
        return;
    }
    object = json_loadb(line, n, 0, NULL);
    if (!object || !take(g, object))
        g->bad++;
    json_decref(object);
}

double ledger_us(const struct ledger *ledger, long long ticks)
{
    return (double)ticks / ledger->tsc_hz * 1e6;
}
