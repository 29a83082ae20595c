/* A result: runs, rows and what was skipped, as JSON ("limpet-result-2").
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/results.h"
#include "results/audit.h"
#include "results/busy.h"
#include "host/host.h"
#include "vm/image.h"
#include "base/msg.h"
#include "tools/version.h"
#include "base/file.h"
#include "vm/platforms.h"
#include "results/rows.h"
#include "host/place.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define RESULTS_MAX (1ul << 30)

static json_t *now_utc(void)
{
    char text[32];
    time_t t = time(NULL);

    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime(&t));
    return json_string(text);
}

json_t *json_any_text(const char *text)
{
    json_t *j = json_string(text);
    char *copy;

    if (j || !text)
        return j;
    copy = xstrdup(text);
    for (char *c = copy; *c; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    j = json_string(copy);
    free(copy);
    return j;
}

json_t *results_new(const char *command, unsigned long long seed)
{
    return json_pack("{s:s,s:o,s:s,s:o,s:I,s:o,s:[],s:[],s:[]}", "schema", RESULTS_SCHEMA,
                     "created", now_utc(), "tool", "limpet " LIMPET_VERSION, "command",
                     json_any_text(command), "seed", (json_int_t)seed, "host", host_facts(), "runs",
                     "rows", "skipped");
}

json_t *results_run(const char *suite, const struct vm_config *c, const char *image,
                    const char *hash)
{
    const struct platform *p = c->platform;
    const char *slash = strrchr(image, '/'),
               *emulated = p->hardware ? place()->emulated_by : "QEMU TCG";
    json_t *h = host_facts(), *run;

    run = json_pack("{s:s,s:s,s:s,s:i,s:b,s:s?,s:O,s:O,s:i,s:i,s:o,s:s,s:o}", "suite", suite,
                    "platform", p->name, "mode", place()->lab ? "lab" : "native", "nesting",
                    place()->nesting + p->hardware, "emulated", emulated != NULL, "emulated_by",
                    emulated, "kernel", json_object_get(h, "kernel"), "cpu_model",
                    json_object_get(h, "cpu_model"), "vcpus", (int)(c->smp ? c->smp : 1), "mem_mib",
                    (int)(c->mem_mib ? c->mem_mib : VM_DEFAULT_MEM_MIB), "image",
                    json_any_text(slash ? slash + 1 : image), "image_sha256", hash, "started",
                    now_utc());
    json_decref(h);
    return run;
}

void results_complete(json_t *run, const struct vm_result *vm, const struct report *report)
{
    busy_add(run, vm);
    json_object_update(run, vm->facts);
    json_object_set_new(run, "command_line", json_any_text(vm->command_line));
    json_object_set_new(run, "status", json_integer(vm->status));
    json_object_set_new(run, "ending", json_any_text(vm->own ? "exit" : vm->text));
    json_object_update(run, report->facts);
}

void results_add(json_t *result, json_t *run, json_t *rows)
{
    json_t *runs = json_object_get(result, "runs"), *row;
    size_t i;

    for (i = 0; (row = json_array_get(rows, i)); i++) {
        json_object_set(row, "platform", json_object_get(run, "platform"));
        json_object_set_new(row, "run", json_integer((json_int_t)json_array_size(runs)));
        json_array_append(json_object_get(result, "rows"), row);
    }
    json_array_append_new(runs, run);
}

void results_skip(json_t *result, const char *suite, const char *platform, const char *reason)
{
    json_array_append_new(json_object_get(result, "skipped"),
                          json_pack("{s:s,s:s,s:o}", "suite", suite, "platform", platform, "reason",
                                    json_any_text(reason)));
}

void results_merge(json_t *result, json_t *other)
{
    json_int_t base = (json_int_t)json_array_size(json_object_get(result, "runs"));
    json_t *row;
    size_t i;

    for (i = 0; (row = json_array_get(json_object_get(other, "rows"), i)); i++)
        json_object_set_new(row, "run",
                            json_integer(base + json_integer_value(json_object_get(row, "run"))));
    json_array_extend(json_object_get(result, "runs"), json_object_get(other, "runs"));
    json_array_extend(json_object_get(result, "rows"), json_object_get(other, "rows"));
    json_array_extend(json_object_get(result, "skipped"), json_object_get(other, "skipped"));
}

const char *json_text(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

const char *unit_text(const char *unit) { return strcmp(unit, "us") ? unit : "µs"; }

static bool has(json_t *object, const char *key, const char *value)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text && !strcmp(text, value);
}

/* The first element of result[list] with this suite, platform and, unless NULL, name. */
static json_t *find(json_t *result, const char *list, const char *suite, const char *name,
                    const char *platform)
{
    json_t *element;
    size_t i;

    for (i = 0; (element = json_array_get(json_object_get(result, list), i)); i++)
        if (has(element, "suite", suite) && has(element, "platform", platform) &&
            (!name || has(element, "name", name)))
            return element;
    return NULL;
}

json_t *results_row(json_t *result, const char *suite, const char *name, const char *platform)
{
    return find(result, "rows", suite, name, platform);
}

json_t *results_find_run(json_t *result, const char *suite, const char *platform)
{
    return find(result, "runs", suite, NULL, platform);
}

const char *results_reason(json_t *result, const char *suite, const char *platform)
{
    return json_string_value(
        json_object_get(find(result, "skipped", suite, NULL, platform), "reason"));
}

static bool alike(json_t *x, json_t *y, const char *const keys[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!json_equal(json_object_get(x, keys[i]), json_object_get(y, keys[i])))
            return false;
    return true;
}

/* Where among runs the one like the i-th of others stands; of several like it, the one as far down
 * as that. Behind the last, where there is none. */
static size_t place_of(json_t *runs, json_t *others, size_t i)
{
    static const char *const keys[] = {"suite", "platform", "image"};
    json_t *run = json_array_get(others, i);
    size_t place = 0, before = 0;

    for (size_t k = 0; k < i; k++)
        before += alike(json_array_get(others, k), run, keys, 3);
    while (place < json_array_size(runs) &&
           (!alike(json_array_get(runs, place), run, keys, 3) || before--))
        place++;
    return place;
}

/* One more run, or more guests of a known one. */
static void join_run(json_t *runs, size_t place, json_t *run)
{
    json_t *known = json_array_get(runs, place), *started = json_object_get(known, "started");
    json_int_t count = json_integer_value(json_object_get(known, "count"));

    if (!known) {
        json_array_append(runs, run);
        return;
    }
    json_incref(started);
    busy_join(run, known);
    json_object_update(known, run);
    json_object_set_new(known, "started", started);
    json_object_set_new(known, "count",
                        json_integer(count + json_integer_value(json_object_get(run, "count"))));
}

/* Did a skip end this row, which the other part has not? */
static bool is_lost(json_t *row, json_t *result, json_t *part, json_t *other)
{
    const char *suite = json_text(row, "suite"), *platform = json_text(row, "platform");

    return (results_reason(result, suite, platform) || results_reason(part, suite, platform)) &&
           !results_row(other, suite, json_text(row, "name"), platform);
}

/* Appends those elements that the list has not. */
static void add_new(json_t *list, json_t *others)
{
    json_t *other;

    for (size_t i = 0, k; (other = json_array_get(others, i)); i++) {
        for (k = 0; k < json_array_size(list) && !json_equal(json_array_get(list, k), other);)
            k++;
        if (k == json_array_size(list))
            json_array_append(list, other);
    }
}

void results_join(json_t *result, json_t *part)
{
    json_t *runs = json_object_get(result, "runs"), *more = json_object_get(part, "runs");
    json_t *rows = json_object_get(result, "rows"), *row;
    size_t i, n = json_array_size(more), *places = xrealloc(NULL, (n + 1) * sizeof *places);

    for (i = 0; i < n; i++) {
        places[i] = place_of(runs, more, i);
        join_run(runs, places[i], json_array_get(more, i));
    }
    for (i = json_array_size(rows); i-- > 0;)
        if (is_lost(json_array_get(rows, i), result, part, part))
            json_array_remove(rows, i);
    for (i = 0; (row = json_array_get(json_object_get(part, "rows"), i)); i++) {
        json_t *known = results_row(result, json_text(row, "suite"), json_text(row, "name"),
                                    json_text(row, "platform"));
        size_t run = (size_t)json_integer_value(json_object_get(row, "run"));

        if (known) {
            tally_join(known, row);
        } else if (!is_lost(row, result, part, result)) {
            json_object_set_new(row, "run", json_integer((json_int_t)places[run]));
            json_array_append(rows, row);
        }
    }
    add_new(json_object_get(result, "skipped"), json_object_get(part, "skipped"));
    free(places);
}

/* Reads a line of results; a message names what is wrong with it. */
static json_t *read_line(const char *path, unsigned number, const char *line, size_t n)
{
    json_error_t error;
    json_t *result = json_loadb(line, n, 0, &error);

    if (has(result, "schema", RESULTS_SCHEMA) && json_is_array(json_object_get(result, "runs")) &&
        json_is_array(json_object_get(result, "rows")) &&
        json_is_array(json_object_get(result, "skipped")))
        return result;
    if (result)
        warn("%s:%u: not a result of this limpet (\"schema\" is not \"%s\", or a part is missing)",
             path, number, RESULTS_SCHEMA);
    else
        warn("%s:%u: no JSON at column %d: %s", path, number, error.position, error.text);
    json_decref(result);
    return NULL;
}

/* All results of a text, NULL with a message. */
static json_t *read_lines(const char *path, const char *text, size_t n)
{
    json_t *all = json_array(), *result;
    unsigned number = 0;

    for (size_t at = 0, end; at < n; at = end + 1) {
        const char *newline = memchr(text + at, '\n', n - at);

        end = newline ? (size_t)(newline - text) : n;
        number++;
        result = newline ? read_line(path, number, text + at, end - at) : NULL;
        if (!newline)
            warn("%s:%u: the line is cut off: every result ends with a newline", path, number);
        if (!result || json_array_append_new(all, result)) {
            json_decref(all);
            return NULL;
        }
    }
    return all;
}

json_t *results_load(const char *path)
{
    size_t n, i;
    char *text = file_read(path, RESULTS_MAX, &n);
    json_t *all = text ? read_lines(path, text, n) : NULL, *result;

    if (!text)
        warn("cannot read %s: %s", path, strerror(errno));
    if (all && !json_array_size(all)) {
        warn("%s is empty", path);
        json_decref(all);
        all = NULL;
    }
    for (i = 0; (result = json_array_get(all, i)); i++)
        audit_result(result, path);
    free(text);
    return all;
}

json_t *results_read(const char *path)
{
    json_t *all = results_load(path);
    json_t *last = json_incref(json_array_get(all, all ? json_array_size(all) - 1 : 0));

    json_decref(all);
    return last;
}

/* What the file holds now; "" when there is none. NULL with a message. */
static char *contents(const char *path, size_t *n)
{
    char *text = file_read(path, RESULTS_MAX, n);
    json_t *all;

    if (!text && errno == ENOENT) {
        *n = 0;
        return xstrdup("");
    }
    all = text ? read_lines(path, text, *n) : NULL;
    if (!text)
        warn("cannot read %s: %s", path, strerror(errno));
    else if (!all)
        warn("%s is left as it is: give another file", path);
    if (all || !text) {
        json_decref(all);
        return text;
    }
    free(text);
    return NULL;
}

/* The folder of a file, open; -1 with a message. */
static int open_folder(const char *path)
{
    char *copy = xstrdup(path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        warn("cannot write %s: its folder: %s", path, strerror(errno));
    free(copy);
    return fd;
}

bool results_can_append(const char *path)
{
    size_t n;
    int folder = output_replaces(path) ? open_folder(path) : -1;
    char *text = folder < 0 ? NULL : contents(path, &n), *copy = xstrdup(path);
    bool good = text != NULL;

    if (good && access(dirname(copy), W_OK)) {
        warn("cannot write %s: its folder: %s", path, strerror(errno));
        good = false;
    }
    if (folder >= 0)
        close(folder);
    free(copy);
    free(text);
    return good;
}

int results_append(json_t *result, const char *path)
{
    return results_append_all(&result, 1, path);
}

int results_append_all(json_t *const results[], size_t n, const char *path)
{
    char *behind = realpath(path, NULL); /* a link stays one */
    int folder = open_folder(behind ? behind : path);
    struct buf all = {0};
    char *text = NULL;
    bool good = false;
    size_t size = 0;

    if (folder >= 0 && flock(folder, LOCK_EX))
        warn("cannot write %s: cannot lock its folder: %s", path, strerror(errno));
    else if (folder >= 0)
        text = contents(path, &size);
    if (text) {
        good = true;
        buf_add(&all, text, size);
        for (size_t i = 0; i < n && good; i++) {
            char *line = json_dumps(results[i], JSON_COMPACT | JSON_REAL_PRECISION(12));

            good = line != NULL;
            buf_printf(&all, "%s\n", line ? line : "");
            free(line);
        }
        good = good && !output_file(path, all.data, all.len);
        (void)fsync(folder); /* some file systems cannot */
    }
    free(behind);
    buf_free(&all);
    free(text);
    if (folder >= 0)
        close(folder);
    return good ? 0 : -1;
}
