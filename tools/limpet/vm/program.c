/* One guest in one VMM that is a program of its own, looked for in PATH: start it and watch it to
 * its end.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/program.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/proc.h"
#include "host/host.h"
#include "tools/status.h"
#include "vm/child.h"
#include "vm/image.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_MAX  (1u << 20)
#define PROBE_S  10.0 /* for it to tell its version */
#define ELF_HEAD 4096 /* of a program, with its program headers */

bool program_version_is(const char *version, unsigned major, unsigned minor)
{
    unsigned a, b;

    return sscanf(version, "%u.%u", &a, &b) == 2 && (a > major || (a == major && b >= minor));
}

char *program_version(const struct program *p, const char *said)
{
    const char *at = strstr(said, p->behind);

    at = at ? at + strlen(p->behind) : "";
    if (at[0] == 'v')
        at++;
    return xasprintf("%.*s", (int)strcspn(at, " \r\n"), at);
}

char *program_line_trouble(const struct program *p, const char *line)
{
    size_t n = strlen(line);

    for (const unsigned char *c = (const unsigned char *)line; *c; c++)
        if (*c < ' ' || *c > '~')
            return xasprintf("%s takes printable ASCII only on a guest's command line, and byte "
                             "%zu of it is 0x%02x",
                             p->title, (size_t)(c - (const unsigned char *)line) + 1, *c);
    return n > p->line_max ? xasprintf("the guest's command line, quoted, has %zu bytes; %s takes "
                                       "%zu at most",
                                       n, p->title, p->line_max)
                           : NULL;
}

bool program_is_static(const char *path)
{
    union {
        unsigned char bytes[ELF_HEAD];
        Elf64_Ehdr header;
    } head;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, head.bytes, sizeof head.bytes);
    const Elf64_Ehdr *e = &head.header;
    Elf64_Phdr segment;
    bool good = n >= (ssize_t)sizeof *e && !memcmp(e->e_ident, ELFMAG, SELFMAG) &&
                e->e_ident[EI_CLASS] == ELFCLASS64 && e->e_machine == EM_X86_64 &&
                e->e_phentsize == sizeof segment;

    for (size_t i = 0; good && i < e->e_phnum; i++) {
        if (e->e_phoff > sizeof head.bytes || e->e_phoff + (i + 1) * sizeof segment > (size_t)n) {
            good = false;
        } else {
            memcpy(&segment, head.bytes + e->e_phoff + i * sizeof segment, sizeof segment);
            good = segment.p_type != PT_INTERP;
        }
    }
    if (fd >= 0)
        close(fd);
    return good;
}

bool program_is_here(const struct program *p)
{
    char *path = proc_program(p->name);
    bool here = path != NULL;

    free(path);
    return here;
}

/* What the program at a path tells of its version; caller frees. */
static char *ask_version(const struct program *p, const char *path)
{
    char *argv[] = {(char *)path, (char *)p->version, NULL}, *version;
    struct buf said = {0};

    buf_str(&said, "");
    proc_run(argv, NULL, PROBE_S, &said, NULL);
    version = program_version(p, said.data);
    buf_free(&said);
    return version;
}

/* Without hardware virtualization here the kvm lab has it, where only a static program runs. */
enum offer program_probe(const struct program *p, struct buf *why)
{
    char *path = proc_program(p->name), *version;
    enum offer offer = OFFER_NO;

    if (path) {
        version = ask_version(p, path);
        buf_printf(why, "%s %s, ", p->title, version[0] ? version : "(version unknown)");
        free(version);
        if (kvm_probe(why))
            offer = OFFER_NATIVE;
        else if (program_is_static(path))
            offer = OFFER_LAB;
        else
            buf_printf(why, ", and %s is not linked statically, as it must be for the lab",
                       p->name);
    } else {
        buf_printf(why, "no %s in PATH: get %s", p->name, p->get);
    }
    if (!p->tried)
        buf_printf(why, "; untried: we have read its source only, %s", p->source);
    free(path);
    return offer;
}

const char *program_refuse(const struct vm_config *c, const struct args *modules)
{
    const struct program *p = c->platform->program;
    const char *arguments = "";

    if (c->machine)
        return "--machine is for QEMU";
    if (c->cpu)
        return "--cpu is for QEMU; a guest has here what KVM offers";
    if (c->qemu)
        return "--qemu is for QEMU";
    if (c->qemu_args)
        return "--qemu-args is for QEMU";
    if (c->gdb)
        return "--gdb is for QEMU and limpet-vmm";
    if (p->cpus_max && c->smp > p->cpus_max)
        return "--smp: it has not so many processors (32 at most)";
    if (!modules || !modules->n)
        return NULL;
    if (!p->takes_module)
        return "--module: by the door that it takes it hands over none";
    if (modules->n > 1)
        return "--module: it hands over one, as an initrd";
    free(vm_module_path(modules->v[0], &arguments));
    return arguments[0] ? "--module: it hands over a file without arguments, as an initrd" : NULL;
}

/* The running machine and everything that is watched of it. */
struct watch {
    const struct program *program;
    struct child child;
    struct program_facts facts;
    struct buf events; /* what came through PROC_EXTRA_FD */
    int event_fd;      /* or -1 */
    const struct console_listener *listener;
    struct last_line said; /* the last line by which a guest ends, though another guest began */
};

static void take_bytes(void *ctx, const char *data, size_t n)
{
    const struct console_listener *l = ((struct watch *)ctx)->listener;

    if (l->bytes)
        l->bytes(l->ctx, data, n);
}

static void take_line(void *ctx, const char *line, size_t n)
{
    struct watch *w = ctx;
    struct last_line last = {0};

    if (w->listener->line)
        w->listener->line(w->listener->ctx, line, n);
    last_line_parse(line, n, &last);
    if (last.kind == LAST_LINE_EXIT)
        w->said = last;
    free(last.reason);
}

static void take_events(struct watch *w)
{
    bool open = proc_read_end(w->event_fd, &w->events);

    w->facts.reset |= w->events.len && strstr(w->events.data, w->program->reset_event);
    if (!open)
        w->event_fd = -1;
}

static bool over(const struct watch *w)
{
    return w->child.ended || interrupted || w->facts.reset || vm_io_said_all(&w->child.io);
}

static void watch(struct watch *w)
{
    struct child *c = &w->child;

    while (!over(w) && now_s() < c->io.deadline)
        if (child_step(c, w->event_fd, c->io.deadline))
            take_events(w);
    if (!over(w))
        child_overdue(c, &w->facts.end);
    if (w->facts.reset && !c->ended) /* the end, but for its next boot */
        c->io.result->end_s = now_s() - c->proc.started;
    child_last_words(c);
}

/* What it wrote to its log, behind what it said. */
static void add_log(const struct program *p, const char *dir, struct buf *errors)
{
    char *path = xasprintf("%s/" PROGRAM_LOG, dir);
    size_t n;
    char *text = p->logs ? file_read(path, LOG_MAX, &n) : NULL;

    buf_str(errors, text ? text : "");
    free(text);
    free(path);
}

static void conclude(struct watch *w, const char *dir)
{
    struct child *c = &w->child;
    struct vm_result *r = c->io.result;
    char *text;

    w->facts.wait_status = child_finish(c, &w->facts.end);
    if (w->facts.reset && w->said.kind == LAST_LINE_EXIT) /* the next boot may have said more */
        w->facts.end.last_line = w->said;
    add_log(w->program, dir, &c->errors);
    w->facts.errors = c->errors.data;
    w->facts.gave_up = w->program->gave_up && strstr(c->errors.data, w->program->gave_up);
    program_judge(&w->facts, r);
    if (r->status == ST_HANG && !r->own) {
        text = xasprintf("%s (%g s)", r->text, c->io.limit - c->io.waited - c->io.origin);
        free(r->text);
        r->text = text;
    }
    if (r->own && w->facts.end.lingered)
        warn("the guest said \"exit %d\", but did not leave: ended by force", r->status);
    child_free(c);
    buf_free(&w->events);
}

/* A file in its folder that leads to another's. Returns 0 or -errno. */
static int link_into(const char *dir, const char *name, const char *path)
{
    char *to = xasprintf("%s/%s", dir, name);
    int error = symlink(path, to) ? -errno : 0;

    free(to);
    return error;
}

/* Links the image and the module. Returns 0 or -errno with the result set. */
static int link_files(const struct vm_config *c, const struct vm_job *job, const char *dir,
                      struct vm_result *r)
{
    bool any = job->modules && job->modules->n;
    const char *rest;
    char *image = image_wrapping(job->image, door_wrapping(c->platform, c->door));
    char *module = any ? vm_module_path(job->modules->v[0], &rest) : NULL;
    int error = access(image, R_OK) ? -errno : link_into(dir, PROGRAM_IMAGE, image);

    if (error)
        r->text = xasprintf("cannot use the image %s: %s", image, strerror(-error));
    else if (any && (!module || (error = link_into(dir, PROGRAM_MODULE, module))))
        r->text = xasprintf("cannot use the module %s: %s", job->modules->v[0],
                            strerror(module ? -error : errno));
    free(module);
    free(image);
    return r->text ? -1 : 0;
}

static int write_into(const char *dir, const char *name, const char *text)
{
    char *path = xasprintf("%s/%s", dir, name);
    int failed = output_file(path, text, strlen(text));

    free(path);
    return failed;
}

/* Fills the folder and the arguments. *config: what stands in its file, or NULL; the caller's.
 * Returns false with the result set. */
static bool prepare(const struct vm_config *c, const struct vm_job *job, const char *dir,
                    struct args *args, char **config, struct vm_result *r)
{
    const struct program *p = c->platform->program;
    struct program_guest guest = {
        .version = facts_text(r->facts, "vmm_version"),
        .cpus = c->smp ? c->smp : 1,
        .mem_mib = c->mem_mib ? c->mem_mib : VM_DEFAULT_MEM_MIB,
        .line = job->line,
        .module = job->modules && job->modules->n ? PROGRAM_MODULE : NULL,
    };

    const char *why = p->refuse ? p->refuse(guest.version, door_used(c->platform, c->door)) : NULL;

    r->text = why ? xstrdup(why) : program_line_trouble(p, job->line);
    r->status = why ? ST_START : r->text ? ST_USAGE : ST_IMAGE;
    if (r->text || link_files(c, job, dir, r))
        return false;
    *config = p->config ? p->config(&guest) : NULL;
    r->status = ST_FAILED;
    if ((*config && write_into(dir, PROGRAM_CONFIG, *config)) ||
        (p->logs && write_into(dir, PROGRAM_LOG, "")))
        return false;
    p->arguments(&guest, args);
    return true;
}

static void start(const struct vm_config *c, const struct vm_job *job,
                  const struct console_listener *listener, const char *dir, struct vm_result *r)
{
    const struct program *p = c->platform->program;
    struct watch w = {.program = p,
                      .event_fd = -1,
                      .facts = {.title = p->title,
                                .reset_status = p->reset_status,
                                .crash_status = p->crash_status},
                      .child = {.terminal = p->reads_terminal,
                                .io = {.result = r,
                                       .stdin_fd = job->stdin_fd,
                                       .end = job->framed ? VM_END_FRAME : VM_END_EOT,
                                       .twice = p->escape,
                                       .lost = p->lost,
                                       .until = job->until,
                                       .console.listener = {.ctx = &w,
                                                            .bytes = take_bytes,
                                                            .line = take_line,
                                                            .show_exit = listener->show_exit}}},
                      .listener = listener};
    struct args args = {0};
    char *config = NULL, *text;
    int error;

    if (prepare(c, job, dir, &args, &config, r)) {
        error =
            child_start(&w.child, &args, dir, c->timeout_s > 0 ? c->timeout_s : VM_DEFAULT_TIMEOUT);
        if (config) {
            text = xasprintf("%s\n%s", r->command_line, config);
            free(r->command_line);
            r->command_line = text;
        }
        if (error) {
            r->status = ST_START;
            r->text = xasprintf("%s could not start%s: %s: %s", p->title,
                                p->reads_terminal ? " in a terminal of its own" : "", p->name,
                                strerror(-error));
        } else {
            w.event_fd = p->reset_event ? w.child.proc.extra : -1;
            watch(&w);
            conclude(&w, dir);
        }
    }
    args_free(&args);
    free(config);
}

void program_run(const struct vm_config *c, const struct vm_job *job,
                 const struct console_listener *listener, struct vm_result *r)
{
    const struct program *p = c->platform->program;
    char *dir = cleanup_tmpdir(), *path = proc_program(p->name);
    char *version = path ? ask_version(p, path) : xstrdup("");

    *r = (struct vm_result){.facts = facts_new()};
    facts_set_text(r->facts, "vmm", p->name);
    facts_set_text(r->facts, "vmm_version", version);
    if (dir) {
        start(c, job, listener, dir, r);
        cleanup_remove(dir);
    } else {
        r->status = ST_FAILED;
    }
    if (!r->text)
        r->text = xstrdup(dir ? "" : "no temporary folder");
    if (!r->command_line)
        r->command_line = xstrdup("");
    free(version);
    free(path);
    free(dir);
}
