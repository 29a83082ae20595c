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
    config.platform = platform;
    config.timeout_s =
        (config.timeout_s > 0 ? config.timeout_s : VM_DEFAULT_TIMEOUT) * BENCH_PATIENCE;
    platform->run(&config, &job, &listener, vm);
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

    config.platform = platform;
    return results_run(suite->name, &config, image->path, image->sha256);
}

void suite_once(const struct suite *suite, const struct bench *b, const struct image *image)
{
    for (int i = 0; i < b->native_count && !interrupted; i++) {
        const struct platform *platform = b->native[i];
        struct vm_result vm;
        struct report report;
        json_t *run;
        char *why;

        if (!suite_has(suite, b, platform))
            continue;
        run = new_run(suite, b, platform, image);
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
    unsigned runs;      /* so many */
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

/* From each stage of the firmware and loader to the next, the door being the last. */
static void sample_stages(struct boots *boots, const struct ledger *ledger)
{
    const struct vm_result *vm = &boots->last;
    long long before = vm->clock.tsc;

    for (unsigned i = 0; i < vm->stage_count; i++) {
        char *row = xasprintf("to %s", vm->stages[i].name);

        sample(boots, row, "us", ledger_us(ledger, vm->stages[i].tsc - before));
        before = vm->stages[i].tsc;
        free(row);
    }
    sample(boots, "to door", "us", ledger_us(ledger, ledger->door - before));
}

/* The host's stamps of one boot, and where the guest's clock is known, both joined. */
static void sample_times(struct boots *boots, const struct ledger *ledger)
{
    const struct vm_result *vm = &boots->last;

    sample(boots, "start to exit", "ms", vm->end_s * 1e3);
    sample(boots, "start to first byte", "ms", vm->first_byte_s * 1e3);
    sample(boots, "start to last line", "ms", vm->last_line_s * 1e3);
    if (vm->started_s > 0) {
        sample(boots, "create", "ms", vm->created_s * 1e3);
        sample(boots, "unpause to exit", "ms", (vm->end_s - vm->started_s) * 1e3);
    }
    if (vm->clock.known && ledger) {
        sample(boots, "unpause to door", "us", ledger_us(ledger, ledger->door - vm->clock.tsc));
        sample(boots, "unpause to main", "us", ledger_us(ledger, ledger->main - vm->clock.tsc));
        sample(boots, "unpause, error", "us", ledger_us(ledger, vm->clock.error));
    }
    if (vm->stage_count && ledger)
        sample_stages(boots, ledger);
    if (ledger)
        sample(boots, "door to main", "us", ledger_us(ledger, ledger->main - ledger->door));
}

static void boot_once(const struct suite *suite, const struct bench *b,
                      const struct platform *platform, const struct image *image,
                      struct boots *boots)
{
    struct report report;
    struct ledger ledger = {.stages = json_object()};
    bool told;

    vm_result_free(&boots->last);
    report_init(&report);
    run_guest(suite, b, platform, image, &report, &boots->last);
    boots->why = trouble(&boots->last, &report);
    told = !boots->why && report_ledger(&report, &ledger);
    if (!boots->why)
        sample_times(boots, told ? &ledger : NULL);
    for (void *at = told ? json_object_iter(ledger.stages) : NULL; at;
         at = json_object_iter_next(ledger.stages, at)) {
        char *row = xasprintf("to %s", json_object_iter_key(at));

        sample(boots, row, "us", json_number_value(json_object_iter_value(at)));
        free(row);
    }
    json_decref(ledger.stages);
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
    unsigned most = 0;

    for (int i = 0; i < b->native_count; i++) {
        boots[i].run = new_run(suite, b, b->native[i], image);
        report_init(&boots[i].rows);
        boots[i].runs = b->options->runs ? b->options->runs : b->native[i]->boots;
        most = boots[i].runs > most ? boots[i].runs : most;
    }
    for (unsigned n = 0; n < most && !interrupted; n++)
        for (int i = 0; i < b->native_count && !interrupted; i++)
            if (!boots[i].why && n < boots[i].runs) {
                progress("boot %u of %u on %s …", n + 1, boots[i].runs, b->native[i]->title);
                boot_once(suite, b, b->native[i], image, &boots[i]);
            }
    for (int i = 0; i < b->native_count; i++)
        boots_finish(suite, b, b->native[i], &boots[i]);
}
