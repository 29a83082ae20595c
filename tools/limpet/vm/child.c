/* A VMM run as a child process, with one guest in it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/child.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/quote.h"

#include <poll.h>
#include <unistd.h>

int child_start(struct child *c, const struct args *args, const char *dir, double timeout_s)
{
    struct buf line = {0};
    int error;

    quote_shell_all(&line, args->v, args->n);
    c->io.result->command_line = line.data;
    error = (c->terminal ? proc_start_terminal : proc_start)(&c->proc, args->v, dir);
    if (error)
        return error;
    c->io.in = c->proc.in;
    c->io.out = c->proc.out;
    c->io.origin = c->proc.started;
    c->io.limit = c->io.origin + timeout_s;
    c->io.deadline = c->io.limit;
    vm_io_begin(&c->io);
    return 0;
}

bool child_step(struct child *c, int other, double until)
{
    struct pollfd f[3 + VM_IO_FDS] = {
        {.fd = c->proc.pidfd, .events = POLLIN},
        {.fd = c->proc.err, .events = POLLIN},
        {.fd = other, .events = POLLIN},
    };

    vm_io_poll(&c->io, f + 3);
    if (vm_io_wait(&c->io, f, 3 + VM_IO_FDS, until) <= 0)
        return false;
    vm_io_take(&c->io, f + 3);
    c->proc.in = c->io.in; /* maybe closed */
    if (f[1].revents & POLLIN)
        proc_read_end(c->proc.err, &c->errors);
    if (f[0].revents) {
        c->io.result->end_s = now_s() - c->proc.started;
        c->ended = true;
    } else if (f[1].revents & ~POLLIN) {
        usleep(1000); /* a closed pipe: the end is near, do not spin */
    }
    return f[2].revents != 0;
}

void child_overdue(struct child *c, struct end_facts *end)
{
    child_step(c, -1, 0); /* we may have been held up ourselves */
    if (c->ended)
        return;
    end->lingered = c->io.console.last_line.kind != LAST_LINE_NONE;
    end->timed_out = !end->lingered;
    end->held = proc_is_stopped(c->proc.pid);
}

void child_last_words(struct child *c)
{
    vm_io_read(&c->io);
    console_finish(&c->io.console);
    proc_read_end(c->proc.err, &c->errors);
}

int child_finish(struct child *c, struct end_facts *end)
{
    int status = proc_finish(&c->proc, !c->ended);

    c->io.result->rss_mib = c->proc.rss_mib;
    c->io.result->user_s = c->proc.user_s;
    c->io.result->system_s = c->proc.system_s;
    end->interrupted = interrupted;
    end->last_line = c->io.console.last_line;
    return status;
}

void child_free(struct child *c)
{
    buf_free(&c->errors);
    vm_io_free(&c->io);
}
