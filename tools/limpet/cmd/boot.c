/* limpet boot: times any kernel under QEMU to a line of its console, beside hello.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/bench.h"
#include "base/cleanup.h"
#include "results/estimate.h"
#include "measure/foreign.h"
#include "base/msg.h"
#include "cmd/cmd.h"
#include "tools/status.h"
#include "base/file.h"
#include "results/results.h"
#include "show/table.h"
#include "results/rows.h"
#include "base/random.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_RUNS    5
#define DEFAULT_MACHINE "q35"
#define KERNEL_MAX      (1u << 30)
#define HELLO_SAYS      "Hello from Limpet!"
#define TAIL_LINES      12 /* of a console that did not say what was waited for */
#define TAIL_BYTES      4096

/* What boots: the kernel, and hello. */
struct subject {
    char *what;         /* in the table */
    const char *prefix; /* of its rows' names in the result */
    const char *until;  /* "": the first byte */
    struct vm_config config;
    char *image, *line; /* absolute path; arguments */
    char sha256[SHA256_HEX_SIZE];
    struct args modules;
    json_t *run, *rows;
    struct vm_result last;
    struct buf tail; /* the last boot's console, its end */
    unsigned boots;
    bool failed; /* last tells why */
};

#define SUBJECTS 3
struct boot {
    const struct options *options;
    char *dir; /* for a made initrd */
    struct subject subjects[SUBJECTS];
    int count;
    unsigned runs;
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static void keep_tail(void *ctx, const char *data, size_t n)
{
    struct buf *tail = ctx;

    buf_add(tail, data, n);
    buf_keep_end(tail, TAIL_BYTES);
}

/* The last lines of a console, on stderr. */
static void show_tail(const struct buf *tail)
{
    const char *data = tail->data ? tail->data : "";
    size_t start = tail->len;

    for (int lines = 0; start > 0; start--)
        if (data[start - 1] == '\n' && start < tail->len && ++lines == TAIL_LINES)
            break;
    if (start == tail->len) {
        warn("its console said nothing");
        return;
    }
    warn("the end of its console:");
    relay(data + start, tail->len - start);
    if (data[tail->len - 1] != '\n')
        fputc('\n', stderr);
}

static struct subject *add_subject(struct boot *b, const char *image, const char *sha256,
                                   const char *machine)
{
    struct subject *s = &b->subjects[b->count++];

    s->config = b->options->vm;
    s->config.machine = machine;
    s->image = xstrdup(image);
    memcpy(s->sha256, sha256, SHA256_HEX_SIZE);
    s->rows = json_array();
    s->prefix = "";
    s->until = "";
    return s;
}

/* A file with what initrd_minimal makes. Returns its path (caller frees), or NULL with a message.
 */
static char *write_minimal(const char *dir)
{
    char *path = xasprintf("%s/minimal.cpio", dir);
    FILE *f = fopen(path, "w");
    struct buf data = {0};
    bool good;

    initrd_minimal(&data);
    good = f && fwrite(data.data, 1, data.len, f) == data.len;
    if (f && fclose(f))
        good = false;
    buf_free(&data);
    if (good)
        return path;
    warn("cannot write %s: %s", path, strerror(errno));
    free(path);
    return NULL;
}

/* The initrd that was given, or for Linux the one that belongs to it, or a minimal one. Returns 0
 * or a status with a message. */
static int choose_initrd(struct boot *b, struct subject *s, bool linux_kernel)
{
    char *path = NULL;

    if (b->options->initrd) {
        path = realpath(b->options->initrd, NULL);
        if (!path)
            warn("cannot read the initrd %s: %s", b->options->initrd, strerror(errno));
    } else if (linux_kernel) {
        path = kernel_initrd(b->options->image);
        if (path && access(path, R_OK) == 0) {
            warn("using the initrd %s", path);
        } else {
            free(path);
            path = write_minimal(b->dir);
            warn("no --initrd: using a minimal one, whose /init powers the machine off");
        }
    } else {
        return 0;
    }
    if (!path)
        return ST_IMAGE;
    args_add(&s->modules, path);
    free(path);
    return 0;
}

/* The kernel, first of the subjects. */
static int add_kernel(struct boot *b)
{
    const struct options *o = b->options;
    size_t n = 0;
    char *path = realpath(o->image, NULL), *data = path ? file_read(path, KERNEL_MAX, &n) : NULL;
    char sha256[SHA256_HEX_SIZE];
    struct subject *s;
    bool linux_kernel;

    if (!data) {
        warn("cannot read the kernel %s: %s", o->image, strerror(errno));
        free(path);
        return ST_IMAGE;
    }
    sha256_hex(data, n, sha256);
    linux_kernel = kernel_is_linux(data, n);
    free(data);
    s = add_subject(b, path, sha256, o->vm.machine ? o->vm.machine : DEFAULT_MACHINE);
    free(path);
    s->what = xstrdup(base_name(o->image));
    s->until = o->until ? o->until : "";
    s->line = xasprintf("%s%s%s", linux_kernel ? "console=ttyS0" : "",
                        linux_kernel && o->append ? " " : "", o->append ? o->append : "");
    return choose_initrd(b, s, linux_kernel);
}

/* hello on the kernel's machine, and on the default one unless that is the same. */
static int add_hello(struct boot *b)
{
    struct image hello;
    int status = image_find("hello", &hello);

    for (int i = 0; i < 2 && !status; i++) {
        const char *machine = i ? NULL : b->subjects[0].config.machine;
        struct subject *s = add_subject(b, hello.path, hello.sha256, machine);

        s->what = xstrdup(i ? "hello, leanest microvm" : "hello, same machine");
        s->prefix = i ? "hello, leanest microvm: " : "hello, same machine: ";
        s->until = b->subjects[0].until[0] ? HELLO_SAYS : "";
        s->line = xstrdup("");
    }
    image_free(&hello);
    return status;
}

/* Can the result be written where it is wanted, and is that none of the files that are read?
 * Returns 0 or a status with a message. */
static int check_output(const struct boot *b)
{
    const struct options *o = b->options;
    char *inputs[] = {b->subjects[0].image, b->subjects[1].image, (char *)o->initrd,
                      (char *)o->vm.qemu};

    if (!output_spares(o->output, inputs, sizeof inputs / sizeof *inputs))
        return ST_USAGE;
    return !o->output || results_can_append(o->output) ? 0 : ST_FAILED;
}

static void take_times(struct subject *s)
{
    char *first = xasprintf("%sstart to first byte", s->prefix),
         *until = xasprintf("%sstart to \"%s\"", s->prefix, s->until);

    tally_figure(s->rows, "kernel", first, "ms", "less", s->last.first_byte_s * 1e3);
    if (s->until[0])
        tally_figure(s->rows, "kernel", until, "ms", "less", s->last.until_s * 1e3);
    free(first);
    free(until);
}

static void boot_once(struct boot *b, struct subject *s, const struct platform *platform)
{
    struct console_listener listener = {.ctx = &s->tail, .bytes = keep_tail, .show_exit = true};
    struct vm_job job = {.image = s->image,
                         .line = s->line,
                         .modules = &s->modules,
                         .stdin_fd = -1,
                         .until = s->until};

    progress("boot %u of %u: %s …", s->boots + 1, b->runs, s->what);
    s->config.platform = platform;
    if (!s->run)
        s->run = results_run("kernel", &s->config, s->image, s->sha256);
    vm_result_free(&s->last);
    buf_clear(&s->tail);
    vm_run(&s->config, &job, &listener, &s->last);
    s->boots++;
    s->failed = s->last.until_s <= 0;
    if (!s->failed)
        take_times(s);
}

/* All rounds, each in another order. Ends early when the kernel fails; hello may. */
static void measure(struct boot *b, const struct platform *platform, unsigned long long *random)
{
    int order[SUBJECTS] = {0, 1, 2};
    struct subject *s;

    for (unsigned round = 0; round < b->runs; round++) {
        random_shuffle(order, b->count, random);
        for (int i = 0; i < b->count && !interrupted && !b->subjects[0].failed; i++) {
            s = &b->subjects[order[i]];
            if (!s->failed)
                boot_once(b, s, platform);
        }
    }
    progress("%s", "");
}

/* A least or greatest time beside the median. */
static void stat_cell(struct table *t, json_t *row, const struct estimate *median, const char *key)
{
    struct buf text = {0};
    double value;

    if (estimate_stat(row, key, &value))
        estimate_beside(&text, median, value, NUMBER_PLAIN);
    table_cell(t, "%s", text.len ? text.data : "-");
    buf_free(&text);
}

/* One event's times: the rows of all subjects with this index. */
static void add_lines(const struct boot *b, struct table *t, size_t index)
{
    double hello = estimate_value(json_array_get(b->subjects[1].rows, index)).value;

    for (int i = 0; i < b->count; i++) {
        const struct subject *s = &b->subjects[i];
        json_t *row = json_array_get(s->rows, index);
        struct estimate e = estimate_value(row);
        struct buf text = {0}, interval = {0};

        if (!row)
            continue;
        estimate_text(&text, &e, NUMBER_PLAIN);
        estimate_interval(&interval, &e, NUMBER_PLAIN);
        table_cell(t, "%s", s->what);
        table_cell(t, index ? "\"%s\"" : "first byte", s->until);
        table_cell(t, "%zu", e.n);
        stat_cell(t, row, &e, "min");
        table_cell(t, "%s", text.data);
        table_cell(t, "%s", interval.len ? interval.data : "-");
        stat_cell(t, row, &e, "max");
        if (hello > 0)
            table_cell(t, "%.3g", e.value / hello);
        else
            table_cell(t, "-");
        buf_free(&text);
        buf_free(&interval);
    }
}

static void show(const struct boot *b, const struct platform *platform)
{
    static const char *const titles[] = {"boot",   "until", "runs", "min",
                                         "median", "p95",   "max",  "× hello"};
    struct table t = {.columns = sizeof titles / sizeof *titles, .left = 1 << 1};
    struct buf out = {0};

    for (size_t i = 0; i < t.columns; i++)
        table_cell(&t, "%s", titles[i]);
    add_lines(b, &t, 0);
    if (b->subjects[0].until[0])
        add_lines(b, &t, 1);
    buf_printf(&out,
               "ms since the start of QEMU; %s, machine %s; × hello: of hello's median there\n\n",
               platform->title, b->subjects[0].config.machine);
    table_format(&t, &out);
    output_text(&out);
    fflush(stdout);
    table_free(&t);
    buf_free(&out);
    for (int i = 1; i < b->count; i++)
        if (b->subjects[i].failed)
            warn("%s: %s", b->subjects[i].what, b->subjects[i].last.text);
}

/* The kernel did not get there: how it ended, and its last words. */
static int tell_failure(const struct subject *s)
{
    const struct vm_result *vm = &s->last;
    char *exit = xasprintf("it ended with status %d", vm->status);

    if (s->until[0])
        warn("%s: \"%s\" was never seen: %s", s->what, s->until, vm->own ? exit : vm->text);
    else
        warn("%s: its console said nothing: %s", s->what, vm->own ? exit : vm->text);
    if (s->until[0] && vm->status != ST_START)
        show_tail(&s->tail);
    free(exit);
    return vm->own || !vm->status ? ST_FAILED : vm->status;
}

static int write_result(struct boot *b, json_t *result)
{
    for (int i = 0; i < b->count; i++) {
        struct subject *s = &b->subjects[i];
        struct report report;

        if (!json_array_size(s->rows))
            continue;
        report_init(&report);
        results_complete(s->run, &s->last, &report);
        json_object_set_new(s->run, "count", json_integer(s->boots));
        results_add(result, s->run, s->rows);
        s->run = NULL;
        report_free(&report);
    }
    return results_append(result, b->options->output) ? ST_FAILED : ST_OK;
}

/* Which platform: 0, or a status with a message. */
static int choose_platform(const struct options *o, const struct platform **out)
{
    const struct platform *qemu = platform_find("qemu"), *p = platform_find("kvm");
    struct buf why = {0};
    int status = 0;

    if (o->platforms && platform_list(o->platforms, &p, 1) != 1)
        return ST_USAGE;
    if (!o->platforms && p->probe(&why) != OFFER_NATIVE)
        p = qemu;
    buf_clear(&why);
    if (p->run != qemu->run) {
        warn("limpet boot knows the platforms qemu and kvm only");
        status = ST_USAGE;
    } else if (p->probe(&why) != OFFER_NATIVE && !(o->vm.qemu && !p->hardware)) {
        warn("limpet boot runs on this machine itself only, and %s is not there: %s", p->name,
             why.data);
        status = ST_START;
    }
    buf_free(&why);
    *out = p;
    return status;
}

static void boot_free(struct boot *b)
{
    for (int i = 0; i < b->count; i++) {
        struct subject *s = &b->subjects[i];

        free(s->what);
        free(s->image);
        free(s->line);
        args_free(&s->modules);
        json_decref(s->run);
        json_decref(s->rows);
        vm_result_free(&s->last);
        buf_free(&s->tail);
    }
    if (b->dir)
        cleanup_remove(b->dir);
    free(b->dir);
}

/* Everything but the options. */
static int boot(const struct options *o, const char *command)
{
    struct boot b = {.options = o, .runs = o->runs ? o->runs : DEFAULT_RUNS};
    unsigned long long seed = o->seed ? o->seed : random_seed(), random = seed;
    const struct platform *platform;
    json_t *result = results_new(command, seed); /* of this machine as it is before */
    int status = choose_platform(o, &platform);

    if (!status)
        b.dir = cleanup_tmpdir();
    if (!status && !b.dir)
        status = ST_FAILED;
    if (!status)
        status = add_kernel(&b);
    if (!status)
        status = add_hello(&b);
    if (!status)
        status = check_output(&b);
    if (!status) {
        measure(&b, platform, &random);
        if (interrupted)
            status = ST_INTERRUPT + interrupted;
        else if (b.subjects[0].failed)
            status = tell_failure(&b.subjects[0]);
    }
    if (!status) {
        for (int i = 0; i < b.count; i++)
            tally_finish(b.subjects[i].rows);
        show(&b, platform);
        if (o->output)
            status = write_result(&b, result);
    }
    json_decref(result);
    boot_free(&b);
    return status;
}

int cmd_boot(int argc, char **argv)
{
    struct options o;
    char *command = bench_command(argc, argv);
    int status = options_parse(OPT_BOOT, argc, argv, &o);

    if (status < 0 && (!o.image || o.rest_count)) {
        warn(o.image ? "boot takes no argument; \"%s\" was given"
                     : "boot what? for instance: limpet boot --kernel FILE --until TEXT%s",
             o.image ? o.rest[0] : "");
        status = ST_USAGE;
    }
    if (status < 0 && o.until && strchr(o.until, '\n')) {
        warn("--until: one line only");
        status = ST_USAGE;
    }
    if (status < 0)
        status = boot(&o, command);
    free(command);
    options_free(&o);
    return status;
}
