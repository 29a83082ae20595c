/* How a suite is measured: an app run once, or many boots in turn.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "bench.h"
#include "cleanup.h"
#include "limpet.h"
#include "report.h"
#include "results.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>

/* Runs the app on one platform; the report is filled. */
static void run_guest(const struct suite *suite, const struct bench *b,
                      const struct platform *platform, const struct image *image,
                      struct report *report, struct vm_result *vm)
{
    struct console_listener listener = {.ctx = report, .line = report_line};
    struct vm_config config = b->options->vm;
    struct vm_job job = {.image = image->path, .stdin_fd = -1};
    struct args argv = {0}, none = {0};
    struct buf line = {0};

    words_split(suite->args, &argv);
    if (b->options->stream_args && !strcmp(suite->name, "stream"))
        words_split(b->options->stream_args, &argv);
    words_guest_line(&line, &none, &none, argv.v, argv.n);
    job.line = line.data;
    config.kvm = platform->kvm;
    config.timeout_s =
        (config.timeout_s > 0 ? config.timeout_s : VM_DEFAULT_TIMEOUT) * BENCH_PATIENCE;
    vm_run(&config, &job, &listener, vm);
    args_free(&argv);
    buf_free(&line);
}

/* Why this run is no measurement (caller frees), or NULL. */
static char *trouble(const struct vm_result *vm, const struct report *report)
{
    if (!vm->own)
        return xstrdup(vm->text);
    if (vm->status)
        return xasprintf("the app ended with status %d", vm->status);
    if (report->bad)
        return xasprintf("%u of the guest's report lines could not be read", report->bad);
    return NULL;
}

static json_t *new_run(const struct suite *suite, const struct bench *b,
                       const struct platform *platform, const struct image *image)
{
    struct vm_config config = b->options->vm;

    config.kvm = platform->kvm;
    return results_run(suite->name, platform->name, &config, image->path, image->sha256);
}

void suite_once(const struct suite *suite, const struct bench *b, const struct image *image)
{
    for (int i = 0; i < b->count && !interrupted; i++) {
        const struct platform *platform = b->platforms[i];
        struct vm_result vm;
        struct report report;
        json_t *run = new_run(suite, b, platform, image);
        char *why;

        progress("%s on %s …", suite->name, platform->title);
        report_init(&report);
        run_guest(suite, b, platform, image, &report, &vm);
        why = trouble(&vm, &report);
        if (why && !interrupted)
            results_skip(b->result, suite->name, platform->name, why);
        results_add(b->result, run, &vm, &report);
        free(why);
        report_free(&report);
        vm_result_free(&vm);
    }
}

/* The samples of one platform's boots. */
struct boots {
    json_t *run;
    struct report rows; /* only its rows are used */
    struct vm_result last;
    char *why; /* NULL as long as all is well */
};

/* Adds a sample to a row, which is made at its first one. */
static void sample(struct boots *boots, const char *name, const char *unit, double value)
{
    json_t *row = NULL;
    size_t i;

    for (i = 0; (row = json_array_get(boots->rows.rows, i)); i++)
        if (!strcmp(json_string_value(json_object_get(row, "name")), name))
            break;
    if (i == json_array_size(boots->rows.rows)) {
        row =
            json_pack("{s:s,s:s,s:s,s:[]}", "suite", "boot", "name", name, "unit", unit, "samples");
        json_array_append_new(boots->rows.rows, row);
    }
    json_array_append_new(json_object_get(row, "samples"), json_real(value));
}

static void boot_once(const struct suite *suite, const struct bench *b,
                      const struct platform *platform, const struct image *image,
                      struct boots *boots)
{
    struct report report;
    json_t *stages = json_object();
    double to_main = 0;

    vm_result_free(&boots->last);
    report_init(&report);
    run_guest(suite, b, platform, image, &report, &boots->last);
    boots->why = trouble(&boots->last, &report);
    if (!boots->why) {
        sample(boots, "exec to exit", "ms", boots->last.end_s * 1e3);
        sample(boots, "exec to first byte", "ms", boots->last.first_byte_s * 1e3);
        sample(boots, "exec to last line", "ms", boots->last.last_line_s * 1e3);
        if (report_ledger(&report, &to_main, stages)) {
            sample(boots, "door to main", "us", to_main);
            for (void *at = json_object_iter(stages); at; at = json_object_iter_next(stages, at)) {
                char *row = xasprintf("to %s", json_object_iter_key(at));

                sample(boots, row, "us", json_number_value(json_object_iter_value(at)));
                free(row);
            }
        }
    }
    json_decref(stages);
    report_free(&report);
}

/* Statistics of all samples, and into the result with them. */
static void boots_finish(const struct suite *suite, const struct bench *b,
                         const struct platform *platform, struct boots *boots)
{
    json_t *row;
    size_t i;

    for (i = 0; (row = json_array_get(boots->rows.rows, i)); i++) {
        json_t *stats = report_stats(json_object_get(row, "samples"));

        json_object_set(row, "value", json_object_get(stats, "p50"));
        json_object_set_new(row, "stats", stats);
    }
    if (boots->why) {
        results_skip(b->result, suite->name, platform->name, boots->why);
        json_array_clear(boots->rows.rows);
    }
    results_add(b->result, boots->run, &boots->last, &boots->rows);
    free(boots->why);
    report_free(&boots->rows);
    vm_result_free(&boots->last);
}

void suite_boot(const struct suite *suite, const struct bench *b, const struct image *image)
{
    struct boots boots[BENCH_PLATFORMS] = {0};
    unsigned runs = b->options->runs ? b->options->runs : BENCH_RUNS;

    for (int i = 0; i < b->count; i++) {
        boots[i].run = new_run(suite, b, b->platforms[i], image);
        report_init(&boots[i].rows);
    }
    for (unsigned n = 0; n < runs && !interrupted; n++)
        for (int i = 0; i < b->count && !interrupted; i++)
            if (!boots[i].why) {
                progress("boot %u of %u on %s …", n + 1, runs, b->platforms[i]->title);
                boot_once(suite, b, b->platforms[i], image, &boots[i]);
            }
    for (int i = 0; i < b->count; i++)
        boots_finish(suite, b, b->platforms[i], &boots[i]);
}
