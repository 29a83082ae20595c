/* limpet boot: times any kernel under QEMU to a line of its console, beside hello.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/cleanup.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/random.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "measure/kernel_boot.h"
#include "measure/kernel_count.h"
#include "results/estimate.h"
#include "results/results.h"
#include "show/tables.h"
#include "show/text.h"
#include "tools/status.h"
#include "vm/platforms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_RUNS 5
#define TAIL_LINES   12 /* of a console that did not say what was waited for */

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

/* Can the result be written where it is wanted, and is that none of the files that are read?
 * Returns 0 or a status with a message. */
static int check_output(const struct options *o, const struct kernel_boot *b)
{
    char *inputs[] = {b->subjects[0].image, b->subjects[1].image, (char *)o->initrd,
                      (char *)o->vm.qemu};

    if (!output_spares(o->output, inputs, sizeof inputs / sizeof *inputs))
        return ST_USAGE;
    return !o->output || results_can_append(o->output) ? 0 : ST_FAILED;
}

/* A least or greatest time beside the median. */
static void stat_cell(struct sheet *s, const struct row *row, const struct estimate *median,
                      const char *key)
{
    double value;

    if (estimate_stat(row, key, &value))
        sheet_beside(s, median, value);
    else
        sheet_none(s);
}

/* One event's times: the rows of all subjects with this index. */
static void add_lines(const struct kernel_boot *b, struct sheet *s, size_t index)
{
    double hello = estimate_value(rows_at(&b->subjects[1].rows, index)).value;

    for (int i = 0; i < b->count; i++) {
        const struct subject *subject = &b->subjects[i];
        const struct row *row = rows_at(&subject->rows, index);
        struct estimate e = estimate_value(row);

        if (!row)
            continue;
        sheet_cell(s, "%s", subject->what);
        sheet_cell(s, index ? "\"%s\"" : "first byte", subject->until);
        sheet_estimate(s, CELL_COUNT, &e);
        stat_cell(s, row, &e, "min");
        sheet_estimate(s, CELL_VALUE, &e);
        sheet_estimate(s, CELL_INTERVAL, &e);
        stat_cell(s, row, &e, "max");
        if (hello > 0)
            sheet_cell(s, "%.3g", e.value / hello);
        else
            sheet_none(s);
    }
}

static void show(const struct kernel_boot *b, const struct platform *platform)
{
    static const char *const heads[] = {"boot",          "until", "runs",    "min", "median",
                                        "95 % interval", "max",   "× hello", NULL};
    struct sheet s = {0};
    struct buf out = {0};

    sheet_begin(&s, heads, 1 << 1);
    add_lines(b, &s, 0);
    if (b->subjects[0].until[0])
        add_lines(b, &s, 1);
    buf_printf(&out,
               "ms since the start of QEMU; %s, machine %s; × hello: of hello's median there\n\n",
               platform->title, b->subjects[0].config.machine);
    sheet_text(&s, &out);
    output_text(&out);
    fflush(stdout);
    sheet_free(&s);
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

/* Which platform: 0, or a status with a message. */
static int choose_platform(const struct options *o, const struct platform **out)
{
    const struct platform *qemu = platform_find("qemu"), *p = platform_find("kvm");
    struct buf why = {0};
    int status = 0;

    if (o->platforms && platform_list(o->platforms, &p, 1) != 1)
        return ST_USAGE;
    if (o->count && !o->platforms)
        p = qemu;
    else if (!o->platforms && p->probe(&why) != OFFER_NATIVE)
        p = qemu;
    buf_clear(&why);
    if (p->run != qemu->run || p->variant != qemu->variant) {
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

/* Counts the kernel, and shows it. */
static int count(struct kernel_boot *b, const struct platform *platform, struct result *result,
                 const char *output)
{
    struct buf out = {0};
    struct view view;
    int status;

    if (platform->hardware) {
        warn("--count: the platform qemu alone counts");
        return ST_USAGE;
    }
    status = kernel_count(b, platform, result);
    if (status)
        return status;
    view_init(&view, result, output);
    tables_format(&view, &out);
    output_text(&out);
    buf_free(&out);
    return output && results_append(result, output) ? ST_FAILED : ST_OK;
}

/* Everything but the options. */
static int boot(const struct options *o, const char *command)
{
    struct kernel_boot_plan plan = {.vm = o->vm,
                                    .image = o->image,
                                    .initrd = o->initrd,
                                    .append = o->append,
                                    .until = o->until,
                                    .runs = o->runs ? o->runs : DEFAULT_RUNS};
    unsigned long long seed = o->seed ? o->seed : random_seed();
    const struct platform *platform;
    struct kernel_boot b = {.count = 0};
    struct result *result = results_new(command, seed); /* of this machine as it is before */
    int status = choose_platform(o, &platform);

    results_label(result, o->label);
    if (!status)
        status = kernel_boot_prepare(&b, &plan);
    if (!status)
        status = check_output(o, &b);
    if (!status && o->count) {
        status = count(&b, platform, result, o->output);
    } else if (!status) {
        kernel_boot_measure(&b, platform, seed);
        if (interrupted)
            status = ST_INTERRUPT + interrupted;
        else if (b.subjects[0].failed)
            status = tell_failure(&b.subjects[0]);
    }
    if (!status && !o->count) {
        kernel_boot_finish(&b);
        show(&b, platform);
        if (o->output) {
            kernel_boot_result(&b, result);
            status = results_append(result, o->output) ? ST_FAILED : ST_OK;
        }
    }
    results_free(result);
    kernel_boot_free(&b);
    return status;
}

static int cmd_boot(int argc, char **argv)
{
    struct options o;
    char *command = options_command(argc, argv);
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

const struct command command_boot = {
    .name = "boot",
    .fn = cmd_boot,
    .help = "time any kernel under QEMU, to a line of its console, beside hello",
    .usage = "limpet boot --kernel FILE [--until TEXT] [OPTION…]",
    .options = OPT_BOOT,
    .notes = "\n"
             "The kernel is whatever QEMU's -kernel takes: Linux, multiboot or PVH. Each\n"
             "machine is ended as soon as its console holds TEXT (without --until: anything).\n"
             "hello runs in turn with it, in random order, on the same machine and on the\n"
             "leanest microvm, until it greets.\n"
             "Linux gets console=ttyS0, which it opens late: earlyprintk=serial with --append\n"
             "shows its first words.\n"
             "Without --initrd, Linux gets initrd.img-V beside vmlinuz-V, or else one of a few\n"
             "bytes whose /init powers the machine off.\n"
             "Exit status: 0, or that of limpet run for a boot that failed; 1 when it ended\n"
             "before TEXT.\n",
    .example = "limpet boot --kernel /boot/vmlinuz-$(uname -r) --until \"Run /init\"",
};
