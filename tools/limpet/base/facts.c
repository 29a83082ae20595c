/* What is recorded of a run, a guest or a machine: a JSON object, which nobody else sees.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/facts.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *json_of(const struct facts *facts) { return (json_t *)facts; }
static struct facts *facts_of(json_t *json) { return (struct facts *)json; }

struct facts *facts_new(void) { return facts_of(json_object()); }

struct facts *facts_copy(const struct facts *facts)
{
    return facts_of(json_deep_copy(json_of(facts)));
}

void facts_free(struct facts *facts) { json_decref(json_of(facts)); }

/* What a name of several parts leads to, or NULL. */
static json_t *get(const struct facts *facts, const char *name)
{
    json_t *j = json_of(facts);

    while (name && j) {
        const char *dot = strchr(name, '.');

        j = dot ? json_object_getn(j, name, (size_t)(dot - name)) : json_object_get(j, name);
        name = dot ? dot + 1 : NULL;
    }
    return j;
}

/* Takes over value. Makes what the name leads through. */
static void set(struct facts *facts, const char *name, json_t *value)
{
    json_t *j = json_of(facts);

    for (const char *dot; (dot = strchr(name, '.')); name = dot + 1) {
        size_t n = (size_t)(dot - name);

        if (!json_object_getn(j, name, n))
            json_object_setn_new(j, name, n, json_object());
        j = json_object_getn(j, name, n);
    }
    json_object_set_new(j, name, value);
}

char *facts_readable(const char *text)
{
    json_t *valid = json_string(text);
    char *copy = xstrdup(text);

    for (char *c = copy; *c && !valid; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    json_decref(valid);
    return copy;
}

void facts_set_text(struct facts *facts, const char *name, const char *text)
{
    char *readable = text ? facts_readable(text) : NULL;

    set(facts, name, readable ? json_string(readable) : json_null());
    free(readable);
}

void facts_set_number(struct facts *facts, const char *name, double number)
{
    set(facts, name, json_real(number));
}

void facts_set_count(struct facts *facts, const char *name, long long count)
{
    set(facts, name, json_integer(count));
}

void facts_set_truth(struct facts *facts, const char *name, bool truth)
{
    set(facts, name, json_boolean(truth));
}

void facts_set_list(struct facts *facts, const char *name, const double *numbers, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_real(numbers[i]));
    set(facts, name, list);
}

void facts_set(struct facts *facts, const char *name, const struct facts *more)
{
    json_t *copy = json_deep_copy(json_of(more));

    if (name) {
        set(facts, name, copy);
        return;
    }
    json_object_update(json_of(facts), copy);
    json_decref(copy);
}

void facts_add(struct facts *facts, const char *name, const struct facts *element)
{
    if (!get(facts, name))
        set(facts, name, json_array());
    json_array_append_new(get(facts, name), json_deep_copy(json_of(element)));
}

void facts_remove(struct facts *facts, const char *name) { json_object_del(json_of(facts), name); }

const char *facts_text(const struct facts *facts, const char *name)
{
    const char *text = json_string_value(get(facts, name));

    return text ? text : "";
}

double facts_number(const struct facts *facts, const char *name)
{
    return json_number_value(get(facts, name));
}

bool facts_has(const struct facts *facts, const char *name) { return get(facts, name) != NULL; }

bool facts_true(const struct facts *facts, const char *name)
{
    return json_is_true(get(facts, name));
}

bool facts_false(const struct facts *facts, const char *name)
{
    return json_is_false(get(facts, name));
}

const struct facts *facts_at(const struct facts *facts, const char *name)
{
    return facts_of(get(facts, name));
}

size_t facts_count(const struct facts *facts, const char *name)
{
    return json_array_size(get(facts, name));
}

const struct facts *facts_element(const struct facts *facts, const char *name, size_t i)
{
    return facts_of(json_array_get(get(facts, name), i));
}

bool facts_alike(const struct facts *a, const struct facts *b, const char *name)
{
    json_t *x = get(a, name), *y = get(b, name);

    return json_equal(x, y) || (!x && !y);
}

char *facts_words(const struct facts *facts, const char *name)
{
    json_t *fact = get(facts, name);

    if (!fact || json_is_null(fact))
        return xstrdup("none");
    return json_is_string(fact)
               ? xstrdup(json_string_value(fact))
               : json_dumps(fact, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(3));
}

char *facts_quoted(const struct facts *facts, const char *name)
{
    json_t *fact = get(facts, name);

    return fact ? json_dumps(fact, JSON_ENCODE_ANY) : xstrdup("none");
}

void facts_names(const struct facts *facts, struct args *names)
{
    const char *name;
    json_t *fact;

    json_object_foreach(json_of(facts), name, fact) { args_add(names, name); }
}

static void list(json_t *object, const char *prefix, struct args *out)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        char *name = xasprintf("%s%s%s", prefix, prefix[0] ? ", " : "", key);
        char *text = json_is_string(value) || json_is_object(value)
                         ? NULL
                         : json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));

        if (json_is_object(value)) {
            list(value, name, out);
        } else if (strcmp(key, "limpet") != 0) { /* a guest's line's own mark */
            args_add(out, name);
            args_add(out, text ? text : json_string_value(value));
        }
        free(text);
        free(name);
    }
}

void facts_list(const struct facts *facts, struct args *out) { list(json_of(facts), "", out); }
