/* A result: runs, rows and what was skipped, as JSON ("limpet-result-1").
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results.h"
#include "host.h"
#include "image.h"
#include "limpet.h"
#include "platforms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static json_t *now_utc(void)
{
    char text[32];
    time_t t = time(NULL);

    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime(&t));
    return json_string(text);
}

static json_t *distribution(void)
{
    size_t n = 0;
    char *text = file_read("/etc/os-release", 1 << 16, &n);
    const char *p = text ? strstr(text, "PRETTY_NAME=\"") : NULL;
    json_t *name = json_string("unknown");

    if (p) {
        json_decref(name);
        p += 13;
        name = json_stringn(p, strcspn(p, "\"\n"));
    }
    free(text);
    return name;
}

static json_t *host(void)
{
    struct utsname u;
    char *cpuinfo = cpuinfo_read(), *model = cpuinfo_model(cpuinfo);
    json_t *h;

    uname(&u);
    h = json_pack("{s:s,s:s,s:o,s:b}", "cpu_model", model, "kernel", u.release, "distribution",
                  distribution(), "virtualized", cpuinfo_flag(cpuinfo, "hypervisor"));
    free(cpuinfo);
    free(model);
    return h;
}

json_t *results_new(void)
{
    return json_pack("{s:s,s:o,s:s,s:o,s:[],s:[],s:[]}", "schema", RESULTS_SCHEMA, "created",
                     now_utc(), "tool", "limpet " LIMPET_VERSION, "host", host(), "runs", "rows",
                     "skipped");
}

json_t *results_run(const char *suite, const struct vm_config *c, const char *image,
                    const char *hash)
{
    const struct platform *p = c->platform;
    const char *slash = strrchr(image, '/'), *lab = getenv("LIMPET_LAB"),
               *nesting = getenv("LIMPET_NESTING");
    const char *emulated = p->hardware ? getenv("LIMPET_EMULATED") : "QEMU TCG";
    json_t *h = host(), *run;

    run = json_pack("{s:s,s:s,s:s,s:i,s:b,s:s?,s:O,s:O,s:i,s:i,s:s,s:s,s:o}", "suite", suite,
                    "platform", p->name, "mode", lab ? "lab" : "native", "nesting",
                    (nesting ? atoi(nesting) : 0) + p->hardware, "emulated", emulated != NULL,
                    "emulated_by", emulated, "kernel", json_object_get(h, "kernel"), "cpu_model",
                    json_object_get(h, "cpu_model"), "vcpus", (int)(c->smp ? c->smp : 1), "mem_mib",
                    (int)(c->mem_mib ? c->mem_mib : VM_DEFAULT_MEM_MIB), "image",
                    slash ? slash + 1 : image, "image_sha256", hash, "started", now_utc());
    json_decref(h);
    return run;
}

void results_add(json_t *result, json_t *run, const struct vm_result *vm,
                 const struct report *report)
{
    json_t *runs = json_object_get(result, "runs"), *rows = json_object_get(result, "rows"), *row;
    size_t i, index = json_array_size(runs);

    json_object_update(run, vm->facts);
    json_object_set_new(run, "command_line", json_string(vm->command_line));
    json_object_set_new(run, "status", json_integer(vm->status));
    json_object_set_new(run, "ending", json_string(vm->own ? "exit" : vm->text));
    json_object_update(run, report->facts);
    for (i = 0; (row = json_array_get(report->rows, i)); i++) {
        json_object_set(row, "platform", json_object_get(run, "platform"));
        json_object_set_new(row, "run", json_integer((json_int_t)index));
        json_array_append(rows, row);
    }
    json_array_append_new(runs, run);
}

void results_skip(json_t *result, const char *suite, const char *platform, const char *reason)
{
    json_array_append_new(
        json_object_get(result, "skipped"),
        json_pack("{s:s,s:s,s:s}", "suite", suite, "platform", platform, "reason", reason));
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

int results_write(json_t *result, const char *path)
{
    char *beside = xasprintf("%s.%d.tmp", path, (int)getpid());
    FILE *f = fopen(beside, "w");
    int failed = !f || json_dumpf(result, f, JSON_INDENT(1) | JSON_REAL_PRECISION(12)) ||
                 fputc('\n', f) == EOF;

    if (f && (fflush(f) || fsync(fileno(f))))
        failed = 1;
    if (f && fclose(f))
        failed = 1;
    if (!failed && rename(beside, path))
        failed = 1;
    if (failed) {
        warn("cannot write %s: %s", path, strerror(errno));
        unlink(beside);
    }
    free(beside);
    return failed ? -1 : 0;
}

json_t *results_read(const char *path)
{
    json_error_t error;
    json_t *result = json_load_file(path, 0, &error);

    if (result && has(result, "schema", RESULTS_SCHEMA))
        return result;
    warn("%s is no result of limpet: %s", path, result ? "another schema" : error.text);
    json_decref(result);
    return NULL;
}
