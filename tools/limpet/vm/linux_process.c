/* The platform host: a program of the same source as an image, as a process of this machine.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/msg.h"
#include "vm/child.h"
#include "vm/doors.h"
#include "vm/image.h"
#include "vm/linux_guest.h"
#include "vm/platforms.h"
#include "tools/status.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static enum offer probe(struct buf *why)
{
    struct utsname u;

    uname(&u);
    buf_printf(why, "a process of this machine's %s %s", u.sysname, u.release);
    return OFFER_NATIVE;
}

static const char *refuse(const struct vm_config *c, const struct args *modules)
{
    if (c->machine || c->cpu || c->qemu || c->qemu_args)
        return "--machine, --cpu, --qemu and --qemu-args are for QEMU";
    if (c->smp)
        return "--smp: a process has the machine's processors";
    if (c->gdb)
        return "--gdb is for QEMU and limpet-vmm: debug the .linux program as any other";
    return modules && modules->n ? "--module: a process has none" : NULL;
}

static bool over(const struct child *c)
{
    return c->ended || interrupted || vm_io_said_all(&c->io);
}

static void watch(struct child *c)
{
    struct end_facts end = {0};

    while (!over(c) && now_s() < c->io.deadline)
        child_step(c, -1, c->io.deadline);
    if (!over(c))
        child_overdue(c, &end);
    child_last_words(c);
    process_judge(&end, child_finish(c, &end), c->io.result);
    if (c->errors.len)
        relay(c->errors.data, c->errors.len);
    child_free(c);
}

/* In an environment of its own, as a guest has it. */
static int start(struct child *c, const struct args *program, struct args *environment,
                 double timeout_s)
{
    static char *none[] = {NULL};
    char **ours = environ;
    int error;

    environ = environment->n ? environment->v : none;
    error = child_start(c, program, NULL, timeout_s);
    environ = ours;
    return error;
}

static void run(const struct vm_config *c, const struct vm_job *job,
                const struct console_listener *listener, struct vm_result *r)
{
    struct child child = {.io = {.result = r,
                                 .stdin_fd = job->stdin_fd,
                                 .end = VM_END_CLOSE,
                                 .until = job->until,
                                 .console.listener = *listener}};
    struct args program = {0}, environment = {0};
    char *path = image_wrapping(job->image, WRAPPING_LINUX);
    struct utsname u;
    int error;

    uname(&u);
    *r = (struct vm_result){.facts = facts_new(), .text = xstrdup("")};
    facts_set_text(r->facts, "vmm", "none");
    facts_set_text(r->facts, "vmm_version", u.release);
    args_add(&program, path);
    linux_words(job->line, &environment, &program);
    error =
        start(&child, &program, &environment, c->timeout_s > 0 ? c->timeout_s : VM_DEFAULT_TIMEOUT);
    if (error) {
        r->status = ST_START;
        free(r->text);
        r->text = xasprintf("%s could not start: %s", path, strerror(-error));
    } else {
        watch(&child);
    }
    args_free(&environment);
    args_free(&program);
    free(path);
}

static const char *const doors[] = {DOOR_LINUX, NULL};

const struct platform platform_host = {
    .name = "host",
    .title = "host",
    .column = 21,
    .boots = 20,
    .reference = true,
    .process = true,
    .doors = doors,
    .probe = probe,
    .run = run,
    .refuse = refuse,
};
