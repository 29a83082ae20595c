/* limpet bench: every suite on every platform, as the classic tables and as JSON.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/bench.h"
#include "base/cleanup.h"
#include "base/msg.h"
#include "cmd/cmd.h"
#include "tools/status.h"
#include "base/file.h"
#include "lab/lab.h"
#include "results/results.h"
#include "show/screen.h"
#include "show/tables.h"
#include "results/rows.h"
#include "stats/difference.h"
#include "base/quote.h"
#include "base/random.h"
#include "host/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void collect_rows(const struct suite *suite, json_t *tally, const struct vm_result *vm,
                         const struct report *report)
{
    (void)suite;
    (void)vm;
    tally_rows(tally, report->rows);
}

static void figure_ms(const struct suite *suite, json_t *tally, const char *what, double seconds)
{
    char *name = xasprintf("%s, %s", suite->app, what);

    tally_figure(tally, suite->name, name, "ms", "less", seconds * 1e3);
    free(name);
}

static void collect_life(const struct suite *suite, json_t *tally, const struct vm_result *vm,
                         const struct report *report)
{
    (void)report;
    figure_ms(suite, tally, "start to exit", vm->end_s);
}

static void collect_hello(const struct suite *suite, json_t *tally, const struct vm_result *vm,
                          const struct report *report)
{
    if (vm->started_s > 0)
        figure_ms(suite, tally, "set-up", vm->started_s);
    collect_life(suite, tally, vm, report);
}

#define GUEST(app, args, collect)                                                                  \
    {                                                                                              \
        "vmm", app, args, SUITE_VMM, collect, NULL, 5, 2, 0                                        \
    }

const struct suite suites[SUITES] = {
    {"basic", "basic", "--json", SUITE_BASIC, collect_rows, NULL, 3, 1, 0},
    {"stream", "stream", "--json", SUITE_STREAM, collect_rows, NULL, 1, 1, 0},
    {"boot", "hello", "--ledger=json", SUITE_BOOT, collect_boot, NULL, 0, 6, 0},
    {"throughput", "hello", "", SUITE_THROUGHPUT, NULL, throughput_run, 5, 1, 64},
    GUEST("hello", "", collect_hello),
    GUEST("fibonacci", "--once", collect_life),
    GUEST("matrix", "--once", collect_life),
    GUEST("characters", "--once", collect_life),
    GUEST("multiply", "--once", collect_life),
    GUEST("counter", "--once", collect_life),
    GUEST("fibonacci", "--json", collect_rows),
    GUEST("matrix", "--json", collect_rows),
    GUEST("characters", "--json", collect_rows),
    GUEST("multiply", "--json", collect_rows),
    GUEST("counter", "--json", collect_rows),
    GUEST("hypercall", "--json", collect_rows),
    {"vmm", "isolation", "--json", SUITE_VMM, NULL, isolation_run, 3, 1, 64},
};

const char *const basic_rows[] = {"fault 4 KiB fresh",
                                  "fault 4 KiB",
                                  "fault 2 MiB fresh",
                                  "fault 2 MiB",
                                  "zero 4 KiB",
                                  "zero 2 MiB",
                                  "rdtsc pair",
                                  "empty call",
                                  "getpid",
                                  "sched_yield",
                                  "thread switch",
                                  "sleep 1 ms, late by",
                                  "malloc(1 MiB)",
                                  "first page access",
                                  "second touch",
                                  "IPI round trip",
                                  "IPI to an idle CPU",
                                  "cross-CPU wake-up",
                                  "contended lock",
                                  NULL};

size_t basic_row_length(const char *list)
{
    for (size_t i = 0; basic_rows[i]; i++) {
        size_t n = strlen(basic_rows[i]);

        if (!strncmp(list, basic_rows[i], n) && (!list[n] || list[n] == ','))
            return n;
    }
    return place()->apps ? strcspn(list, ",") : 0; /* a basic of one's own may have others */
}

bool suite_first(const struct suite *suite)
{
    return suite == suites || strcmp(suite[-1].name, suite->name) != 0;
}

bool suite_has(const struct suite *suite, unsigned chosen, const struct platform *platform)
{
    return chosen & suite->bit && (!platform->boot_only || suite->bit == SUITE_BOOT);
}

unsigned bench_suites(char *const names[], int count)
{
    unsigned chosen = 0;

    for (int i = 0; i < count; i++) {
        unsigned bit = 0;

        for (size_t s = 0; s < SUITES; s++)
            if (!strcmp(names[i], suites[s].name))
                bit = suites[s].bit;
        if (!bit) {
            warn("unknown suite \"%s\"; there are basic, stream, boot, throughput and vmm",
                 names[i]);
            return 0;
        }
        chosen |= bit;
    }
    return chosen ? chosen : SUITE_BASIC | SUITE_STREAM | SUITE_BOOT;
}

/* Can the result be written where it is wanted, and is that none of the files that are read?
 * Returns 0 or a status with a message. */
static int check_output(const struct bench *b)
{
    const char *output = b->options->output;
    char *inputs[SUITES + 2] = {b->ruler.path, (char *)b->options->vm.qemu};

    for (size_t s = 0; s < SUITES; s++)
        inputs[s + 2] = b->images[s].path;
    if (!output_spares(output, inputs, SUITES + 2))
        return ST_USAGE;
    return !output || results_can_append(output) ? 0 : ST_FAILED;
}

/* Copies of the chosen suites' images in a folder: a build at the same time must not change what is
 * compared. Returns 0 or a status with a message. */
static int find_images(struct bench *b, const char *dir)
{
    int status = dir ? image_find("ruler", &b->ruler) : ST_FAILED;

    for (size_t s = 0; s < SUITES && !status; s++)
        if (b->chosen & suites[s].bit)
            status = image_find(suites[s].app, &b->images[s]);
    if (!status)
        status = check_output(b);
    if (!status)
        status = image_snapshot(&b->ruler, dir);
    for (size_t s = 0; s < SUITES && !status; s++)
        if (b->images[s].path)
            status = image_snapshot(&b->images[s], dir);
    return status;
}

/* Sorts the platforms into those that are native and those of a lab; notes why the others are not
 * there. */
static void sort(struct bench *b, struct lab_bench labs[LABS])
{
    for (int i = 0; i < b->count; i++) {
        const struct platform *p = b->platforms[i];
        struct buf why = {0};
        enum offer offer = lab_offer(p, &why);
        struct lab_bench *lab = NULL;
        char *room;

        for (int l = 0; l < LABS && offer == OFFER_LAB; l++)
            if (!strcmp(labs[l].name, p->lab))
                lab = &labs[l];
        room = lab ? lab_memory_trouble(p->lab, b->options->vm.mem_mib) : NULL;
        if (lab && !room)
            lab->platforms[lab->count++] = p;
        else if (offer == OFFER_NATIVE ||
                 (offer == OFFER_NO && b->options->vm.qemu && !p->hardware))
            b->native[b->native_count++] = p;
        else
            for (size_t s = 0; s < SUITES; s++)
                if (suite_has(&suites[s], b->chosen, p) && suite_first(&suites[s]))
                    results_skip(b->result, suites[s].name, p->name, room ? room : why.data);
        free(room);
        buf_free(&why);
    }
}

static void measure_native(struct bench *b)
{
    unsigned long long random = b->seed;
    struct side sides[BENCH_PLATFORMS];

    for (int i = 0; i < b->native_count; i++)
        sides[i] = (struct side){.platform = b->native[i],
                                 .options = b->options,
                                 .images = b->images,
                                 .ruler = &b->ruler,
                                 .result = b->result,
                                 .label = b->native[i]->title};
    rounds_check_rulers(sides, b->native_count);
    for (size_t s = 0; s < SUITES && !interrupted; s++) {
        struct side chosen[BENCH_PLATFORMS];
        int n = 0;

        for (int i = 0; i < b->native_count; i++)
            if (suite_has(&suites[s], b->chosen, b->native[i]))
                chosen[n++] = sides[i];
        if (suites[s].collect)
            rounds_run(&suites[s], chosen, n, b->options->runs, false, &random);
        for (int i = 0; i < n && suites[s].at_once && !interrupted; i++)
            suites[s].at_once(&suites[s], &chosen[i], b->options->runs);
    }
    sides_free(sides, b->native_count);
}

/* Returns false when a lab failed. */
static bool measure_part(struct bench *b)
{
    bool good = true;
    struct lab_bench labs[LABS] = {{.name = "kvm"}, {.name = "xen"}};

    sort(b, labs);
    measure_native(b);
    for (int l = 0; l < LABS && !interrupted; l++)
        if (labs[l].count)
            good &= bench_lab(b, &labs[l]);
    return good;
}

/* In how many parts so many runs are measured; a lab, which is one boot, is a part itself. */
static unsigned parts_of(unsigned runs)
{
    unsigned parts = runs / PART_RUNS < PARTS ? runs / PART_RUNS : PARTS;

    return parts >= VERDICT_LEAST_PARTS && !place()->lab ? parts : 1;
}

/* Measures everything; returns 0, ST_LAB when a lab failed, or an interruption's status. */
static int measure(struct bench *b)
{
    unsigned parts = parts_of(b->options->runs);
    bool good = true;

    for (unsigned i = 0; i < parts && good && !interrupted; i++) {
        struct options o = *b->options;
        struct bench part = *b;

        part.options = &o;
        part.seed = b->seed + i;
        part.result = i ? results_new("", part.seed) : b->result;
        o.runs = o.runs * (i + 1) / parts - o.runs * i / parts;
        o.exits = o.exits && !i;
        progress_part(i + 1, parts);
        good = measure_part(&part);
        if (i) {
            results_join(b->result, part.result);
            json_decref(part.result);
        }
    }
    progress("%s", "");
    if (interrupted)
        return ST_INTERRUPT + interrupted;
    return good ? 0 : ST_LAB;
}

/* Is there more than one suite on one platform? That fits on no screen with all its figures. */
static bool has_several(const struct bench *b)
{
    unsigned suites_chosen = 0;

    for (size_t s = 0; s < SUITES; s++)
        suites_chosen += suite_first(&suites[s]) && b->chosen & suites[s].bit;
    return suites_chosen > 1 || b->count > 1;
}

static int show(const struct bench *b)
{
    const char *output = b->options->output;
    struct buf out = {0};
    struct view view;
    unsigned failed;

    view_init(&view, b->result, output);
    failed = tables_format(&view, &out);

    if (has_several(b)) {
        buf_clear(&out);
        screen_format(b->result, &out);
    }
    output_text(&out);
    buf_free(&out);
    if (failed)
        warn("%u cell%s could not be measured", failed, failed > 1 ? "s" : "");
    if (output && failed && !b->options->partial)
        warn("%s was not written (--partial writes it all the same)", output);
    else if (output && results_append(b->result, output))
        return ST_FAILED;
    else if (output && has_several(b)) {
        quote_shell(&out, output);
        printf("\nAll figures: limpet report --md %s\n", out.data);
    }
    buf_free(&out);
    return failed ? ST_FAILED : ST_OK;
}

/* What is to be measured on what. Returns -1 to go on, or ST_USAGE with a message. */
static int choose(struct bench *b)
{
    const struct options *o = b->options;
    bool any = false;

    b->chosen = bench_suites(o->rest, o->rest_count);
    if (!b->chosen)
        return ST_USAGE;
    b->count = platform_list(o->platforms ? o->platforms : "all", b->platforms, BENCH_PLATFORMS);
    for (int i = 0; i < b->count; i++) {
        if (!platform_accepts(b->platforms[i], &o->vm, NULL))
            return ST_USAGE;
        any |= !b->platforms[i]->boot_only || b->chosen & SUITE_BOOT;
    }
    if (b->count > 0 && !any)
        warn("%s: only the suite boot is measured there", b->platforms[0]->name);
    return any ? -1 : ST_USAGE;
}

char *bench_command(int argc, char **argv)
{
    struct buf words = {0};

    buf_str(&words, "limpet");
    quote_shell_all(&words, argv, (size_t)argc);
    return words.data;
}

static int cmd_bench(int argc, char **argv)
{
    struct options o;
    struct bench b = {.options = &o};
    char *dir = NULL, *command = bench_command(argc, argv);
    int status = options_parse(OPT_BENCH, argc, argv, &o);

    if (status < 0 && (status = choose(&b)) < 0) {
        options_to_args(OPT_BENCH, &o, &b.travelling);
        dir = cleanup_tmpdir();
        status = find_images(&b, dir);
        if (!status) {
            b.seed = o.seed ? o.seed : random_seed();
            b.result = results_new(command, b.seed);
            status = measure(&b);
        }
        if (!interrupted && b.result) {
            int shown = show(&b);

            status = status ? status : shown;
        }
        json_decref(b.result);
    }
    for (size_t s = 0; s < SUITES; s++)
        image_free(&b.images[s]);
    image_free(&b.ruler);
    if (dir)
        cleanup_remove(dir);
    free(dir);
    args_free(&b.travelling);
    free(command);
    options_free(&o);
    return status;
}

const struct command command_bench = {
    .name = "bench",
    .fn = cmd_bench,
    .help = "measure: basic, stream and boot on every platform",
    .usage = "limpet bench [SUITE…] [OPTION…]",
    .options = OPT_BENCH,
    .notes = "\n"
             "Suites: basic (cycles per call), stream (memory bandwidth), boot (time to boot);\n"
             "these by default. And throughput (boots a second, 1, 2, 4 … guests at once); and\n"
             "vmm (a published VMM's guests: cycles, exits, whole lives).\n"
             "One suite on one platform is shown with all its figures; more than that on one\n"
             "screen: what is left out there, limpet report shows of a file (-o).\n"
             "A cell that could not be measured is SKIP, its reason stands below, and the exit\n"
             "status is 1.\n",
    .example = "limpet bench basic boot -p qemu,kvm -n 20 -o result.json",
    .words = WORDS_SUITES,
};
