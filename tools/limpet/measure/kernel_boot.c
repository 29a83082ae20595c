/* Any kernel's boots under QEMU, timed to a line of its console, beside hello's.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/kernel_boot.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/random.h"
#include "measure/foreign.h"
#include "results/results.h"
#include "results/rows.h"
#include "tools/status.h"
#include "vm/image.h"
#include "vm/platforms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_MACHINE "q35"
#define KERNEL_MAX      (1u << 30)
#define HELLO_SAYS      "Hello from Limpet!"
#define TAIL_BYTES      4096

static void keep_tail(void *ctx, const char *data, size_t n)
{
    struct buf *tail = ctx;

    buf_add(tail, data, n);
    buf_keep_end(tail, TAIL_BYTES);
}

static struct subject *add_subject(struct kernel_boot *b, const char *image, const char *sha256,
                                   const char *machine)
{
    struct subject *s = &b->subjects[b->count++];

    s->config = b->plan->vm;
    s->config.machine = machine;
    s->image = xstrdup(image);
    memcpy(s->sha256, sha256, SHA256_HEX_SIZE);
    s->prefix = "";
    s->until = "";
    return s;
}

/* A file with what foreign_minimal_initrd makes. Returns its path (caller frees), or NULL with a
 * message.
 */
static char *write_minimal(const char *dir)
{
    char *path = xasprintf("%s/minimal.cpio", dir);
    FILE *f = fopen(path, "w");
    struct buf data = {0};
    bool good;

    foreign_minimal_initrd(&data);
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
static int choose_initrd(struct kernel_boot *b, struct subject *s, bool linux_kernel)
{
    char *path = NULL;

    if (b->plan->initrd) {
        path = realpath(b->plan->initrd, NULL);
        if (!path)
            warn("cannot read the initrd %s: %s", b->plan->initrd, strerror(errno));
    } else if (linux_kernel) {
        path = foreign_initrd(b->plan->image);
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
static int add_kernel(struct kernel_boot *b)
{
    const struct kernel_boot_plan *o = b->plan;
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
    linux_kernel = foreign_is_linux(data, n);
    free(data);
    s = add_subject(b, path, sha256, o->vm.machine ? o->vm.machine : DEFAULT_MACHINE);
    free(path);
    s->what = xstrdup(basename(o->image));
    s->until = o->until ? o->until : "";
    s->line = xasprintf("%s%s%s", linux_kernel ? "console=ttyS0" : "",
                        linux_kernel && o->append ? " " : "", o->append ? o->append : "");
    return choose_initrd(b, s, linux_kernel);
}

/* hello on the kernel's machine, and on the default one unless that is the same. */
static int add_hello(struct kernel_boot *b)
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

static void take_times(struct subject *s)
{
    char *first = xasprintf("%sstart to first byte", s->prefix),
         *until = xasprintf("%sstart to \"%s\"", s->prefix, s->until);

    rows_figure(&s->rows, "kernel", first, "ms", "less", s->last.first_byte_s * 1e3);
    if (s->until[0])
        rows_figure(&s->rows, "kernel", until, "ms", "less", s->last.until_s * 1e3);
    free(first);
    free(until);
}

static void boot_once(struct kernel_boot *b, struct subject *s, const struct platform *platform)
{
    struct console_listener listener = {.ctx = &s->tail, .bytes = keep_tail, .show_exit = true};
    struct vm_job job = {.image = s->image,
                         .line = s->line,
                         .modules = &s->modules,
                         .stdin_fd = -1,
                         .until = s->until};

    progress("boot %u of %u: %s …", s->boots + 1, b->plan->runs, s->what);
    s->config.platform = platform;
    if (!s->run) {
        s->run = results_run("kernel", &s->config, s->image, s->sha256);
        facts_remove(s->run, "door"); /* which one QEMU finds in a kernel, it does not tell */
    }
    vm_result_free(&s->last);
    buf_clear(&s->tail);
    vm_run(&s->config, &job, &listener, &s->last);
    s->boots++;
    s->failed = s->last.until_s <= 0;
    if (!s->failed)
        take_times(s);
}

void kernel_boot_measure(struct kernel_boot *b, const struct platform *platform,
                         unsigned long long seed)
{
    int order[SUBJECTS] = {0, 1, 2};
    struct subject *s;

    for (unsigned round = 0; round < b->plan->runs; round++) {
        random_shuffle(order, b->count, &seed);
        for (int i = 0; i < b->count && !interrupted && !b->subjects[0].failed; i++) {
            s = &b->subjects[order[i]];
            if (!s->failed)
                boot_once(b, s, platform);
        }
    }
    progress("%s", "");
}

int kernel_boot_prepare(struct kernel_boot *b, const struct kernel_boot_plan *plan)
{
    int status;

    *b = (struct kernel_boot){.plan = plan, .dir = cleanup_tmpdir()};
    if (!b->dir)
        return ST_FAILED;
    status = add_kernel(b);
    return status ? status : add_hello(b);
}

void kernel_boot_finish(struct kernel_boot *b)
{
    for (int i = 0; i < b->count; i++)
        rows_finish(&b->subjects[i].rows);
}

void kernel_boot_result(struct kernel_boot *b, struct result *result)
{
    for (int i = 0; i < b->count; i++) {
        struct subject *s = &b->subjects[i];
        struct guest_lines lines;

        if (!s->rows.n)
            continue;
        guest_lines_init(&lines);
        results_complete(s->run, &s->last, &lines);
        facts_set_count(s->run, "count", s->boots);
        results_add(result, s->run, &s->rows);
        s->run = NULL;
        guest_lines_free(&lines);
    }
}

void kernel_boot_free(struct kernel_boot *b)
{
    for (int i = 0; i < b->count; i++) {
        struct subject *s = &b->subjects[i];

        free(s->what);
        free(s->image);
        free(s->line);
        args_free(&s->modules);
        facts_free(s->run);
        rows_free(&s->rows);
        vm_result_free(&s->last);
        buf_free(&s->tail);
    }
    if (b->dir)
        cleanup_remove(b->dir);
    free(b->dir);
}
