/* What the report asks a result.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/view.h"
#include "show/time_line.h"

#include <stdlib.h>
#include <string.h>

double json_number(json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static void add_column(struct view *v, const char *name, const char *title, int colour)
{
    for (int i = 0; i < v->count; i++)
        if (!strcmp(v->columns[i].name, name))
            return;
    if (v->count < VIEW_COLUMNS)
        v->columns[v->count++] = (struct column){name, title, colour};
}

/* Has a result rows, runs or skips of this platform and, unless NULL, suite? */
static bool mentions(json_t *result, const char *platform, const char *suite)
{
    static const char *const lists[] = {"rows", "runs", "skipped"};
    json_t *element;

    for (size_t list = 0; list < sizeof lists / sizeof *lists; list++)
        for (size_t i = 0; (element = json_array_get(json_object_get(result, lists[list]), i)); i++)
            if (!strcmp(json_text(element, "platform"), platform) &&
                (!suite || !strcmp(json_text(element, "suite"), suite)))
                return true;
    return false;
}

void view_init(struct view *v, json_t *result, const char *file)
{
    const struct platform *known[VIEW_COLUMNS];
    int n = platform_list("all", known, VIEW_COLUMNS);
    json_t *row;
    size_t i;

    *v = (struct view){.result = result, .file = file};
    for (int k = 0; k < n; k++)
        if (mentions(result, known[k]->name, NULL))
            add_column(v, known[k]->name, known[k]->title,
                       k < VIEW_COLOURS - 1 ? k : VIEW_COLOURS - 1);
    for (i = 0; (row = json_array_get(json_object_get(result, "rows"), i)); i++)
        add_column(v, json_text(row, "platform"), json_text(row, "platform"), VIEW_COLOURS - 1);
}

int view_columns(const struct view *v, const char *suite, struct column out[VIEW_COLUMNS])
{
    int n = 0;

    for (int i = 0; i < v->count; i++)
        if (mentions(v->result, v->columns[i].name, suite))
            out[n++] = v->columns[i];
    return n;
}

json_t *view_row(const struct view *v, const char *suite, const char *name)
{
    json_t *row = NULL;

    for (int i = 0; i < v->count && !row; i++)
        row = results_row(v->result, suite, name, v->columns[i].name);
    return row;
}

const char *view_only(const struct view *v)
{
    const char *only = "";

    for (int i = 0; i < v->count && !only[0]; i++)
        only = json_text(results_find_run(v->result, "basic", v->columns[i].name), "only");
    return only;
}

void view_names(const struct view *v, const char *suite, struct args *names)
{
    json_t *row;
    size_t i, k;

    for (i = 0; (row = json_array_get(json_object_get(v->result, "rows"), i)); i++) {
        const char *name = json_text(row, "name");

        if (strcmp(json_text(row, "suite"), suite) != 0)
            continue;
        for (k = 0; k < names->n && strcmp(names->v[k], name) != 0; k++)
            ;
        if (k == names->n)
            args_add(names, name);
    }
}

const char *view_date(const struct view *v) { return json_text(v->result, "created"); }

json_t *view_run(const struct view *v, json_t *row)
{
    json_t *index = json_object_get(row, "run");

    return json_is_integer(index) && json_integer_value(index) >= 0
               ? json_array_get(json_object_get(v->result, "runs"),
                                (size_t)json_integer_value(index))
               : NULL;
}

const char *row_unit(json_t *row) { return unit_text(json_text(row, "unit")); }

/* Milliseconds per unit of a row. */
static double to_ms(json_t *row)
{
    const char *unit = json_text(row, "unit");

    return !strcmp(unit, "us") ? 1e-3 : !strcmp(unit, "s") ? 1e3 : 1;
}

/* The row of a platform's boots with this stage number, or NULL. */
static json_t *stage_row(const struct view *v, const char *platform, json_int_t stage)
{
    json_t *row;
    size_t i;

    for (i = 0; (row = json_array_get(json_object_get(v->result, "rows"), i)); i++) {
        json_t *number = json_object_get(row, "stage");

        if (json_is_integer(number) && json_integer_value(number) == stage &&
            !strcmp(json_text(row, "suite"), "boot") &&
            !strcmp(json_text(row, "platform"), platform))
            return row;
    }
    return NULL;
}

bool view_stages(const struct view *v, const char *platform, struct stages *out)
{
    json_t *total = results_row(v->result, "boot", "start to exit", platform);
    json_t *samples = json_object_get(total, "samples"), *row;

    *out = (struct stages){.boots = json_array_size(samples)};
    out->why = median_boot(v->result, platform, &out->boot);
    if (!out->boots || out->why)
        return false;
    out->total_ms = json_number_value(json_array_get(samples, out->boot)) * to_ms(total);
    for (json_int_t stage = 1; stage <= VIEW_STAGES; stage++) {
        row = stage_row(v, platform, stage);
        samples = json_object_get(row, "samples");
        if (out->boot >= json_array_size(samples))
            continue;
        out->v[out->count].name = json_text(row, "name");
        out->v[out->count].ms = json_number_value(json_array_get(samples, out->boot)) * to_ms(row);
        out->sum_ms += out->v[out->count].ms;
        if (out->v[out->count].ms > out->v[out->longest].ms)
            out->longest = out->count;
        out->count++;
    }
    return out->count && out->total_ms > 0;
}

const char *view_title(const struct view *v, json_t *object)
{
    const char *name = json_text(object, "platform");

    for (int i = 0; i < v->count; i++)
        if (!strcmp(v->columns[i].name, name))
            return v->columns[i].title;
    return name;
}

json_t *view_whole(const struct view *v)
{
    static const char *const lists[] = {"rows", "runs", "skipped"};
    json_t *whole = json_copy(v->result);

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        json_object_del(whole, lists[i]);
    return whole;
}

void view_facts(struct args *out, const char *prefix, json_t *object)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        struct buf name = {0};
        char *text = json_is_string(value) || json_is_object(value)
                         ? NULL
                         : json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));

        buf_printf(&name, "%s%s%s", prefix, prefix[0] ? ", " : "", key);
        if (json_is_object(value)) {
            view_facts(out, name.data, value);
        } else if (strcmp(key, "limpet") != 0) { /* the report line's own mark */
            args_add(out, name.data);
            args_add(out, text ? text : json_string_value(value));
        }
        free(text);
        buf_free(&name);
    }
}

bool row_two_modes(json_t *row)
{
    return json_array_size(json_object_get(json_object_get(row, "stats"), "modes")) == 2;
}
