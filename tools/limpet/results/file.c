/* Files of results ("limpet-result-2"): read, checked, and appended to.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/file.h"
#include "base/msg.h"
#include "results/audit.h"
#include "results/json.h"
#include "results/results.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define RESULTS_MAX (1ul << 30)

static const char *const lists[] = {"runs", "rows", "skipped"};
#define LISTS (sizeof lists / sizeof *lists)

static bool is_result(json_t *j)
{
    const char *schema = json_string_value(json_object_get(j, "schema"));
    bool whole = schema && !strcmp(schema, RESULTS_SCHEMA);

    for (size_t i = 0; i < LISTS; i++)
        whole &= json_is_array(json_object_get(j, lists[i]));
    return whole;
}

static const char *text_of(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

struct result *result_of_json(json_t *j)
{
    struct result *result = xrealloc(NULL, sizeof *result);
    json_t *run, *row, *skip;
    size_t i;

    *result = (struct result){0};
    for (i = 0; (run = json_array_get(json_object_get(j, "runs"), i)); i++)
        results_add(result, facts_copy(facts_of_json(run)), &(struct rows){0});
    for (i = 0; (row = json_array_get(json_object_get(j, "rows"), i)); i++)
        rows_append(&result->rows, row_of_json(row));
    for (i = 0; (skip = json_array_get(json_object_get(j, "skipped"), i)); i++)
        results_skip(result, text_of(skip, "suite"), text_of(skip, "platform"),
                     text_of(skip, "reason"));
    for (i = 0; i < LISTS; i++)
        json_object_del(j, lists[i]);
    result->facts = facts_copy(facts_of_json(j));
    return result;
}

/* A result as a line of a file; caller frees. */
static char *line_of(const struct result *result)
{
    json_t *runs = json_array(), *rows = json_array(), *skipped = json_array(), *j;
    char *line;

    for (size_t i = 0; i < result->run_count; i++)
        json_array_append(runs, facts_to_json(result->runs[i]));
    for (size_t i = 0; i < result->rows.n; i++)
        json_array_append_new(rows, row_to_json(result->rows.v[i]));
    for (size_t i = 0; i < result->skip_count; i++)
        json_array_append_new(skipped, json_pack("{s:s,s:s,s:s}", "suite", result->skips[i].suite,
                                                 "platform", result->skips[i].platform, "reason",
                                                 result->skips[i].reason));
    j = json_copy(facts_to_json(result->facts));
    json_object_set_new(j, "runs", runs);
    json_object_set_new(j, "rows", rows);
    json_object_set_new(j, "skipped", skipped);
    line = json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(12));
    json_decref(j);
    return line;
}

/* Reads a line of results; a message names what is wrong with it. */
static struct result *read_line(const char *path, unsigned number, const char *line, size_t n)
{
    json_error_t error;
    json_t *j = json_loadb(line, n, 0, &error);
    struct result *result = is_result(j) ? result_of_json(j) : NULL;

    if (j && !result)
        warn("%s:%u: not a result of this limpet (\"schema\" is not \"%s\", or a part is missing)",
             path, number, RESULTS_SCHEMA);
    else if (!j)
        warn("%s:%u: no JSON at column %d: %s", path, number, error.position, error.text);
    json_decref(j);
    return result;
}

/* All results of a text, none with a message. */
static struct results read_lines(const char *path, const char *text, size_t n)
{
    struct results all = {0};
    struct result *result;
    unsigned number = 0;

    for (size_t at = 0, end; at < n; at = end + 1) {
        const char *newline = memchr(text + at, '\n', n - at);

        end = newline ? (size_t)(newline - text) : n;
        number++;
        result = newline ? read_line(path, number, text + at, end - at) : NULL;
        if (!newline)
            warn("%s:%u: the line is cut off: every result ends with a newline", path, number);
        if (!result) {
            results_free_all(&all);
            break;
        }
        all.v = list_grown(all.v, all.n, sizeof(struct result *));
        all.v[all.n++] = result;
    }
    return all;
}

struct results results_load(const char *path)
{
    size_t n;
    char *text = file_read(path, RESULTS_MAX, &n);
    struct results all = {0};

    if (!text)
        warn("cannot read %s: %s", path, strerror(errno));
    else
        all = read_lines(path, text, n);
    if (text && !n)
        warn("%s is empty", path);
    free(text);
    for (size_t i = 0; i < all.n; i++)
        audit_result(all.v[i], path);
    return all;
}

struct result *results_read(const char *path)
{
    struct results all = results_load(path);
    struct result *last = all.n ? all.v[--all.n] : NULL;

    results_free_all(&all);
    return last;
}

/* What the file holds now; "" when there is none. NULL with a message. */
static char *contents(const char *path, size_t *n)
{
    char *text = file_read(path, RESULTS_MAX, n);
    struct results all;

    if (!text && errno == ENOENT) {
        *n = 0;
        return xstrdup("");
    }
    if (!text) {
        warn("cannot read %s: %s", path, strerror(errno));
        return NULL;
    }
    all = read_lines(path, text, *n);
    if (!all.n && *n) {
        warn("%s is left as it is: give another file", path);
        free(text);
        text = NULL;
    }
    results_free_all(&all);
    return text;
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

int results_append(const struct result *result, const char *path)
{
    return results_append_all((struct result *const[]){(struct result *)result}, 1, path);
}

int results_append_all(struct result *const results[], size_t n, const char *path)
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
            char *line = line_of(results[i]);

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
