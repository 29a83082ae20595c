/* A result: runs, rows and what was skipped.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/results.h"
#include "host/host.h"
#include "host/place.h"
#include "results/busy.h"
#include "tools/version.h"
#include "vm/doors.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void set_now(struct facts *facts, const char *name)
{
    char text[32];
    time_t t = time(NULL);

    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime(&t));
    facts_set_text(facts, name, text);
}

struct result *results_new(const char *command, unsigned long long seed)
{
    struct result *result = xrealloc(NULL, sizeof *result);
    struct facts *f = facts_new(), *host = host_facts();

    facts_set_text(f, "schema", RESULTS_SCHEMA);
    set_now(f, "created");
    facts_set_text(f, "tool", "limpet " LIMPET_VERSION);
    facts_set_text(f, "command", command);
    facts_set_count(f, "seed", (long long)seed);
    facts_set(f, "host", host);
    facts_free(host);
    *result = (struct result){.facts = f};
    return result;
}

void results_partial(struct result *result, const char *why)
{
    facts_set_text(result->facts, "partial", why);
}

void results_label(struct result *result, const char *label)
{
    if (label)
        facts_set_text(result->facts, "label", label);
}

void results_free(struct result *result)
{
    if (!result)
        return;
    for (size_t i = 0; i < result->run_count; i++)
        facts_free(result->runs[i]);
    for (size_t i = 0; i < result->skip_count; i++) {
        free(result->skips[i].suite);
        free(result->skips[i].platform);
        free(result->skips[i].reason);
    }
    facts_free(result->facts);
    free(result->runs);
    rows_free(&result->rows);
    free(result->skips);
    free(result);
}

void results_free_all(struct results *results)
{
    for (size_t i = 0; i < results->n; i++)
        results_free(results->v[i]);
    free(results->v);
    *results = (struct results){0};
}

struct facts *results_run(const char *suite, const struct vm_config *c, const char *image,
                          const char *hash)
{
    const struct platform *p = c->platform;
    const char *slash = strrchr(image, '/'), *emulated = p->process    ? NULL
                                                         : p->hardware ? place()->emulated_by
                                                                       : "QEMU TCG";
    unsigned cpus = c->smp ? c->smp : 1, mem_mib = c->mem_mib ? c->mem_mib : VM_DEFAULT_MEM_MIB;
    struct facts *host = host_facts(), *run = facts_new();

    if (p->process) { /* which has all that the machine has */
        cpus = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
        mem_mib = (unsigned)(sysconf(_SC_PHYS_PAGES) / (1048576 / sysconf(_SC_PAGESIZE)));
    }
    facts_set_text(run, "suite", suite);
    facts_set_text(run, "platform", p->name);
    if (door_used(p, c->door))
        facts_set_text(run, "door", door_used(p, c->door));
    facts_set_text(run, "mode", place()->lab ? "lab" : "native");
    facts_set_count(run, "nesting", place()->nesting + p->hardware);
    facts_set_truth(run, "emulated", emulated != NULL);
    facts_set_text(run, "emulated_by", emulated);
    facts_set_text(run, "kernel", facts_text(host, "kernel"));
    facts_set_text(run, "cpu_model", facts_text(host, "cpu_model"));
    facts_set_count(run, "vcpus", cpus);
    facts_set_count(run, "mem_mib", mem_mib);
    facts_set_text(run, "image", slash ? slash + 1 : image);
    facts_set_text(run, "image_sha256", hash);
    set_now(run, "started");
    facts_free(host);
    return run;
}

void results_complete(struct facts *run, const struct vm_result *vm,
                      const struct guest_lines *lines)
{
    busy_add(run, vm);
    facts_set(run, NULL, vm->facts);
    if (vm->command_line) /* a guest that could not start has none */
        facts_set_text(run, "command_line", vm->command_line);
    facts_set_count(run, "status", vm->status);
    facts_set_text(run, "ending", vm->own ? "exit" : vm->text);
    facts_set(run, NULL, lines->facts);
}

static void add_run(struct result *result, struct facts *run)
{
    result->runs = list_grown(result->runs, result->run_count, sizeof(struct facts *));
    result->runs[result->run_count++] = run;
}

void results_add(struct result *result, struct facts *run, struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        row_set_text(&rows->v[i]->platform, facts_text(run, "platform"));
        rows->v[i]->run = result->run_count;
        rows_append(&result->rows, rows->v[i]);
    }
    rows->n = 0;
    rows_free(rows);
    add_run(result, run);
}

void results_skip(struct result *result, const char *suite, const char *platform,
                  const char *reason)
{
    result->skips = list_grown(result->skips, result->skip_count, sizeof *result->skips);
    result->skips[result->skip_count++] =
        (struct skip){xstrdup(suite), xstrdup(platform), facts_readable(reason)};
}

void results_merge(struct result *result, struct result *other)
{
    for (size_t i = 0; i < other->rows.n; i++) {
        struct row *row = rows_append(&result->rows, other->rows.v[i]);

        row->run += row->run == ROW_NO_RUN ? 0 : result->run_count;
    }
    for (size_t i = 0; i < other->run_count; i++)
        add_run(result, other->runs[i]);
    for (size_t i = 0; i < other->skip_count; i++)
        results_skip(result, other->skips[i].suite, other->skips[i].platform,
                     other->skips[i].reason);
    other->rows.n = other->run_count = 0;
}

const char *unit_text(const char *unit)
{
    return !strcmp(unit, "us") ? "µs" : !strcmp(unit, "us/s") ? "µs/s" : unit;
}

const struct row *results_row(const struct result *result, const char *suite, const char *name,
                              const char *platform)
{
    for (size_t i = 0; i < result->rows.n; i++) {
        const struct row *row = result->rows.v[i];

        if (!strcmp(row->name, name) && !strcmp(row->suite, suite) &&
            !strcmp(row->platform, platform))
            return row;
    }
    return NULL;
}

const struct facts *results_run_of(const struct result *result, const struct row *row)
{
    return row && row->run < result->run_count ? result->runs[row->run] : NULL;
}

const struct facts *results_find_run(const struct result *result, const char *suite,
                                     const char *platform)
{
    for (size_t i = 0; i < result->run_count; i++)
        if (!strcmp(facts_text(result->runs[i], "suite"), suite) &&
            !strcmp(facts_text(result->runs[i], "platform"), platform))
            return result->runs[i];
    return NULL;
}

const char *results_title(const struct result *result, const struct platform *p)
{
    for (size_t i = 0; i < result->run_count; i++)
        if (!strcmp(facts_text(result->runs[i], "platform"), p->name))
            return door_title(p, facts_text(result->runs[i], "door"));
    return p->title;
}

const char *results_reason(const struct result *result, const char *suite, const char *platform)
{
    for (size_t i = 0; i < result->skip_count; i++)
        if (!strcmp(result->skips[i].suite, suite) && !strcmp(result->skips[i].platform, platform))
            return result->skips[i].reason;
    return NULL;
}

const char *run_none(const struct facts *run, const char *row)
{
    for (size_t i = 0; i < facts_count(run, "info"); i++) {
        const struct facts *info = facts_element(run, "info", i);

        if (!strcmp(facts_text(info, "limpet"), "none") && !strcmp(facts_text(info, "row"), row))
            return facts_text(info, "why");
    }
    return NULL;
}

static bool in_args(const struct args *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (!strcmp(list->v[i], name))
            return true;
    return false;
}

void results_lacks(const struct result *result, const char *suite, struct args *names)
{
    for (size_t r = 0; r < result->run_count; r++) {
        const struct facts *run = result->runs[r];

        for (size_t i = 0; !strcmp(facts_text(run, "suite"), suite) && i < facts_count(run, "info");
             i++) {
            const char *name = facts_text(facts_element(run, "info", i), "row");

            if (run_none(run, name) && !in_args(names, name))
                args_add(names, name);
        }
    }
}

const char *run_confidential(const struct facts *run)
{
    const char *active = facts_text(run, "confidential.active");

    return strcmp(active, "none") != 0 ? active : "";
}

bool run_in_emulated_lab(const struct facts *run)
{
    return !strcmp(facts_text(run, "mode"), "lab") && facts_true(run, "emulated");
}
