/* One guest in one QEMU: start it and watch it to its end.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm.h"
#include "cleanup.h"
#include "limpet.h"
#include "proc.h"
#include "qmp.h"
#include "words.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GRACE_S     2.0 /* from the guest's last line to QEMU's end */
#define REGISTERS_S 1.0 /* QEMU's answer about a hanging processor */

const char *vm_cpu(const struct vm_config *c)
{
    if (c->cpu)
        return c->cpu;
    if (!c->kvm)
        return "max";
    /* QEMU's SVM lets a guest's XSETBV pass KVM by, which then keeps undoing it at every entry. */
    return getenv("LIMPET_EMULATED") ? "host,-xsave" : "host";
}

void vm_arguments(const struct vm_config *c, const char *image, const char *line,
                  const char *modules, struct args *out)
{
    args_add(out, c->qemu ? c->qemu : VM_DEFAULT_QEMU);
    args_add(out, "-nodefaults");
    args_add(out, "-no-user-config");
    args_add(out, "-no-reboot");
    args_add(out, "-S"); /* until QMP listens and says cont, lest an early reset go unnoticed */
    args_add(out, "-accel");
    args_add(out, c->kvm ? "kvm" : "tcg");
    args_add(out, "-machine");
    args_add(out, c->machine ? c->machine : VM_DEFAULT_MACHINE);
    args_add(out, "-cpu");
    args_add(out, vm_cpu(c));
    args_add(out, "-smp");
    args_addf(out, "%u", c->smp ? c->smp : 1);
    args_add(out, "-m");
    args_addf(out, "%u", c->mem_mib ? c->mem_mib : VM_DEFAULT_MEM_MIB);
    args_add(out, "-display");
    args_add(out, "none");
    args_add(out, "-device");
    args_add(out, "isa-debug-exit,iobase=0xf4,iosize=0x04");
    args_add(out, "-chardev");
    args_add(out, "stdio,id=console,signal=off");
    args_add(out, "-serial");
    args_add(out, "chardev:console");
    args_add(out, "-chardev");
    args_addf(out, "socket,id=qmp,fd=%d", PROC_EXTRA_FD);
    args_add(out, "-mon");
    args_add(out, "chardev=qmp,mode=control");
    args_add(out, "-kernel");
    args_add(out, image);
    if (line[0]) {
        args_add(out, "-append");
        args_add(out, line);
    }
    if (modules[0]) {
        args_add(out, "-initrd");
        args_add(out, modules);
    }
}

/* A link to path in a folder, under a name that needs no quoting anywhere; the name is the caller's
 * to free. */
static char *link_plain(const char *dir, const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    const char *slash = strrchr(path, '/');
    char *name = xstrdup(slash ? slash + 1 : path), *full;

    for (char *p = name; *p; p++)
        if (!strchr(plain, *p))
            *p = '_';
    full = xasprintf("%s/%s", dir, name);
    if (symlink(path, full)) {
        free(name);
        name = NULL;
    }
    free(full);
    return name;
}

/* One module of -initrd: "N/NAME ARGUMENTS", commas doubled. Returns 0 or -errno. */
static int add_module(const char *dir, size_t number, const char *module, struct buf *out)
{
    char *file = xstrdup(module), *path = realpath(file, NULL), *sub, *name;
    size_t used = strlen(module);

    if (!path && strchr(file, ' ')) {
        used = strcspn(file, " ");
        file[used] = '\0';
        path = realpath(file, NULL);
    }
    free(file);
    if (!path)
        return -errno;
    sub = xasprintf("%s/%zu", dir, number);
    name = mkdir(sub, 0700) ? NULL : link_plain(sub, path);
    if (name)
        buf_printf(out, "%s%zu/%s", number ? "," : "", number, name);
    for (const char *p = module + used; *p && name; p++)
        buf_add(out, *p == ',' ? ",," : p, *p == ',' ? 2 : 1);
    used = name ? 0 : (size_t)errno;
    free(name);
    free(sub);
    free(path);
    return -(int)used;
}

/* The running machine and everything that is watched of it. */
struct watch {
    struct proc proc;
    struct qmp qmp;
    struct console console;
    struct buf errors, input; /* QEMU's stderr; what the guest has not taken yet */
    struct vm_facts facts;
    struct vm_result *result;
    double timeout, deadline;
    int stdin_fd;
    bool ended;
};

static void read_console(struct watch *w)
{
    struct buf data = {0};
    struct vm_result *r = w->result;
    double now;

    proc_read(w->proc.out, &data);
    now = now_s() - w->proc.started;
    if (data.len) {
        if (r->first_byte_s <= 0)
            r->first_byte_s = now;
        r->last_line_s = now;
        console_feed(&w->console, data.data, data.len);
        w->deadline = w->proc.started + w->timeout;
        if (w->console.verdict.kind == VERDICT_EXIT && !w->console.line.len)
            w->deadline = now_s() + GRACE_S;
    }
    buf_free(&data);
}

static void forward_stdin(struct watch *w)
{
    char data[4096];
    ssize_t n = read(w->stdin_fd, data, sizeof data);

    if (n > 0)
        buf_add(&w->input, data, (size_t)n);
    else if (n == 0 || errno != EINTR) {
        buf_add(&w->input, "\4", 1); /* end of transmission: the guest's read() ends there */
        w->stdin_fd = -1;
    }
}

static void write_input(struct watch *w)
{
    ssize_t n = write(w->proc.in, w->input.data, w->input.len);

    if (n > 0) {
        w->input.len -= (size_t)n;
        memmove(w->input.data, w->input.data + n, w->input.len + 1);
    } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
        buf_clear(&w->input);
        w->stdin_fd = -1;
    }
}

/* Waits for something and takes it in. Returns false when the wait was cut short by a signal. */
static void step(struct watch *w, double until)
{
    struct pollfd f[] = {
        {.fd = w->proc.pidfd, .events = POLLIN},
        {.fd = w->proc.out, .events = POLLIN},
        {.fd = w->qmp.fd, .events = POLLIN},
        {.fd = w->proc.err, .events = POLLIN},
        {.fd = w->input.len ? w->proc.in : -1, .events = POLLOUT},
        {.fd = w->input.len ? -1 : w->stdin_fd, .events = POLLIN},
    };
    double left = until - now_s();

    if (poll(f, 6, left > 0 ? (int)ceil(left * 1000) : 0) <= 0)
        return;
    if (f[1].revents & POLLIN)
        read_console(w);
    if (f[2].revents && !qmp_receive(&w->qmp))
        w->qmp.fd = -1;
    if (f[3].revents & POLLIN)
        proc_read(w->proc.err, &w->errors);
    if (f[4].revents)
        write_input(w);
    if (f[5].revents)
        forward_stdin(w);
    if (f[0].revents) {
        w->result->end_s = now_s() - w->proc.started;
        w->ended = true;
    } else if ((f[1].revents | f[3].revents) & ~POLLIN) {
        usleep(1000); /* a closed pipe: the end is near, do not spin */
    }
}

/* Adds to a time-out's sentence where the processor was. */
static void locate_hang(struct watch *w)
{
    double until = now_s() + REGISTERS_S;

    qmp_ask_registers(&w->qmp);
    while (!w->qmp.rip[0] && w->qmp.fd >= 0 && !w->ended && !interrupted && now_s() < until)
        step(w, until);
}

static void watch(struct watch *w)
{
    w->deadline = w->proc.started + w->timeout;
    while (!w->ended && !interrupted && !w->qmp.stopped && now_s() < w->deadline)
        step(w, w->deadline);
    if (!w->ended && !interrupted && !w->qmp.stopped) {
        w->facts.lingered = w->console.verdict.kind != VERDICT_NONE;
        w->facts.timed_out = !w->facts.lingered;
        if (w->facts.timed_out)
            locate_hang(w);
    }
    w->facts.stopped = w->qmp.stopped && !w->qmp.shutdown[0] && !w->ended;
    /* What is still in the pipes belongs to the guest's last words. */
    read_console(w);
    console_finish(&w->console);
    proc_read(w->proc.err, &w->errors);
    if (w->qmp.fd >= 0)
        qmp_receive(&w->qmp);
}

static void conclude(struct watch *w)
{
    struct vm_result *r = w->result;
    char *text;

    w->facts.wait_status = proc_finish(&w->proc, !w->ended);
    w->facts.interrupted = interrupted;
    w->facts.verdict = w->console.verdict;
    w->facts.shutdown = w->qmp.shutdown;
    w->facts.greeted = w->qmp.version[0] != '\0';
    w->facts.errors = w->errors.data ? w->errors.data : "";
    memcpy(r->qemu_version, w->qmp.version, sizeof r->qemu_version);
    vm_judge(&w->facts, r);
    if (r->status == ST_HANG && !r->own) {
        text = xasprintf("%s (%g s)%s%s%s", r->text, w->timeout,
                         w->qmp.rip[0] ? "; its processor was at 0x" : "", w->qmp.rip,
                         w->qmp.halted ? ", halted" : "");
        free(r->text);
        r->text = text;
    }
    if (r->own && w->facts.lingered)
        warn("the guest said \"exit %d\", but did not leave: ended by force", r->status);
    if (r->own && w->errors.len)
        warn("QEMU says:\n%.*s", (int)w->errors.len - 1, w->errors.data);
    buf_free(&w->errors);
    buf_free(&w->input);
    buf_free(&w->qmp.in);
    console_free(&w->console);
}

/* Fills QEMU's folder and its arguments. Returns false with the result set. */
static bool prepare(const struct vm_config *c, const struct vm_job *job, const char *dir,
                    struct args *args, struct vm_result *r)
{
    struct buf modules = {0};
    char *image = link_plain(dir, job->image);
    int error = image ? 0 : -errno;

    buf_str(&modules, "");
    if (error)
        r->text = xasprintf("cannot link %s into %s: %s", job->image, dir, strerror(-error));
    for (size_t i = 0; !error && job->modules && i < job->modules->n; i++) {
        error = add_module(dir, i, job->modules->v[i], &modules);
        if (error)
            r->text =
                xasprintf("cannot use the module %s: %s", job->modules->v[i], strerror(-error));
    }
    if (error)
        r->status = ST_IMAGE;
    else
        vm_arguments(c, image, job->line, modules.data, args);
    free(image);
    buf_free(&modules);
    return !error;
}

static void start(const struct vm_config *c, const struct vm_job *job,
                  const struct console_listener *listener, const char *dir, struct vm_result *r)
{
    struct watch w = {.result = r, .stdin_fd = job->stdin_fd, .console.listener = *listener};
    struct args args = {0};
    struct buf line = {0};
    int error;

    if (!prepare(c, job, dir, &args, r)) {
        args_free(&args);
        return;
    }
    for (size_t i = 0; i < args.n; i++) {
        buf_str(&line, i ? " " : "");
        words_shell(&line, args.v[i]);
    }
    r->command_line = line.data;
    w.timeout = c->timeout_s > 0 ? c->timeout_s : VM_DEFAULT_TIMEOUT;
    error = proc_start(&w.proc, args.v, dir);
    args_free(&args);
    if (error) {
        r->status = ST_QEMU;
        r->text = xasprintf("QEMU could not start: %s: %s", c->qemu ? c->qemu : VM_DEFAULT_QEMU,
                            strerror(-error));
        return;
    }
    qmp_init(&w.qmp, w.proc.extra);
    watch(&w);
    conclude(&w);
}

void vm_run(const struct vm_config *config, const struct vm_job *job,
            const struct console_listener *listener, struct vm_result *result)
{
    char *dir = cleanup_tmpdir();

    *result = (struct vm_result){0};
    if (dir) {
        start(config, job, listener, dir, result);
        cleanup_remove(dir);
    } else {
        result->status = ST_FAILED;
    }
    if (!result->text)
        result->text = xstrdup(dir ? "" : "no temporary folder");
    if (!result->command_line)
        result->command_line = xstrdup("");
    free(dir);
}

void vm_result_free(struct vm_result *result)
{
    free(result->text);
    free(result->command_line);
    *result = (struct vm_result){0};
}
