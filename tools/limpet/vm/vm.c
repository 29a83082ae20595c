/* One guest in one virtual machine: its console both ways, its modules, its result.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/vm.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/proc.h"
#include "host/load.h"
#include "kernel/sys/input.h"
#include "tools/status.h"
#include "vm/platforms.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STALL_S   0.1 /* what is shown within that was not waited for */
#define WAIT_S    1.0
#define HELD_UP_S 1.0 /* so much longer than asked for, poll() takes only when we do not run */

bool vm_io_said_all(const struct vm_io *io) { return io->result->until_s > 0; }

bool vm_io_said_exit(const struct vm_io *io)
{
    return io->console.last_line.kind == LAST_LINE_EXIT && !io->console.line.len;
}

/* Notes when the text was first seen, though it came in parts. */
static void look_for_text(struct vm_io *io, const struct buf *data)
{
    size_t n = io->until ? strlen(io->until) : 0;

    if (!io->until || io->result->until_s > 0)
        return;
    buf_add(&io->recent, data->data, data->len);
    if (memmem(io->recent.data, io->recent.len, io->until, n)) {
        io->result->until_s = io->result->last_line_s;
    } else if (io->recent.len >= n) {
        memmove(io->recent.data, io->recent.data + io->recent.len - (n - 1), n);
        io->recent.len = n - 1;
    }
}

/* Gives out what of the bytes is the guest's. */
static void hear(struct vm_io *io, const struct buf *data, double now)
{
    struct vm_result *r = io->result;

    if (!data->len)
        return;
    r->last_line_s = now - io->origin;
    if (r->first_byte_s <= 0)
        r->first_byte_s = r->last_line_s;
    look_for_text(io, data);
    console_feed(&io->console, data->data, data->len);
}

bool vm_io_read(struct vm_io *io)
{
    struct buf data = {0}, guest = {0};
    bool any, said = vm_io_said_exit(io), open = io->out >= 0 && proc_read(io->out, &data);
    double now = now_s(), shown;

    any = data.len > 0;
    if (any) {
        firmware_end_words(&io->firmware_end, data.data, data.len, now);
        if (io->has_firmware)
            firmware_feed(&io->firmware, data.data, data.len, &guest);
        hear(io, io->has_firmware ? &guest : &data, now);
        shown = now_s();
        if (shown - now > STALL_S) { /* our reader's time is not the guest's */
            io->waited += shown - now;
            io->limit += shown - now;
        }
        said = said && vm_io_said_exit(io); /* blank lines after the last one win no time */
        if (!said)
            io->deadline = vm_io_said_exit(io) && !io->debugged ? shown + VM_GRACE_S : io->limit;
    }
    if (!open) {
        struct buf rest = {0};

        io->out = -1;
        firmware_finish(&io->firmware, &rest);
        hear(io, &rest, now);
        buf_free(&rest);
    }
    buf_free(&guest);
    buf_free(&data);
    return any;
}

static void end_input(struct vm_io *io)
{
    static const char frame[] = {FRAME_ESCAPE, FRAME_END}, eot[] = {'D' - '@'};

    if (io->end == VM_END_FRAME)
        buf_add(&io->input, frame, sizeof frame);
    else if (io->end == VM_END_EOT && io->stdin_fd >= 0)
        buf_add(&io->input, eot, sizeof eot);
    io->stdin_fd = -1;
}

void vm_io_begin(struct vm_io *io)
{
    /* A serial port loses a byte or two that come before the guest has set it up. */
    static const char start[] = {0, 0, 0, 0, FRAME_ESCAPE, FRAME_START};

    for (unsigned i = 0; i < io->lost && io->end == VM_END_FRAME; i++)
        buf_add(&io->input, "", 1);
    if (io->end == VM_END_FRAME)
        buf_add(&io->input, start, sizeof start);
    if (io->stdin_fd < 0)
        end_input(io);
}

static void forward_stdin(struct vm_io *io)
{
    char data[16384];
    ssize_t n = read(io->stdin_fd, data, sizeof data);

    for (ssize_t i = 0; i < n; i++) {
        bool twice = (io->end == VM_END_FRAME && data[i] == FRAME_ESCAPE) ||
                     (io->twice && data[i] == io->twice);

        buf_add(&io->input, (char[]){data[i], data[i]}, twice ? 2 : 1);
    }
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
        end_input(io);
}

static void write_input(struct vm_io *io)
{
    ssize_t n = write(io->in, io->input.data, io->input.len);

    if (n > 0) {
        io->input.len -= (size_t)n;
        memmove(io->input.data, io->input.data + n, io->input.len + 1);
    } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
        buf_clear(&io->input);
        io->stdin_fd = -1;
    }
}

/* By an end of the pipe, once all is in it. */
static void close_input(struct vm_io *io)
{
    if (io->end != VM_END_CLOSE || io->stdin_fd >= 0 || io->input.len || io->in < 0)
        return;
    close(io->in);
    io->in = -1;
}

void vm_io_poll(const struct vm_io *io, struct pollfd *fds)
{
    fds[0] = (struct pollfd){.fd = io->out, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = io->input.len && !io->deaf ? io->in : -1, .events = POLLOUT};
    fds[2] = (struct pollfd){.fd = io->input.len ? -1 : io->stdin_fd, .events = POLLIN};
    fds[3] = (struct pollfd){.fd = firmware_end_poll(&io->firmware_end), .events = POLLIN};
}

int vm_io_wait(struct vm_io *io, struct pollfd *fds, unsigned n, double until)
{
    double began = now_s(), wait = fmin(fmax(until - began, 0), WAIT_S), held;
    int got = poll(fds, n, (int)ceil(wait * 1000));

    held = now_s() - began - wait;
    if (held > HELD_UP_S) {
        io->waited += held;
        io->limit += held;
        io->deadline += held;
    }
    return got;
}

void vm_io_take(struct vm_io *io, const struct pollfd *fds)
{
    if (fds[3].revents)
        firmware_end_touched(&io->firmware_end, now_s());
    if (fds[0].revents)
        vm_io_read(io);
    if (fds[1].revents)
        write_input(io);
    if (fds[2].revents)
        forward_stdin(io);
    close_input(io);
}

void vm_io_free(struct vm_io *io)
{
    buf_free(&io->input);
    buf_free(&io->recent);
    firmware_end_free(&io->firmware_end);
    firmware_free(&io->firmware);
    console_free(&io->console);
}

char *vm_module_path(const char *module, const char **arguments)
{
    char *path = realpath(module, NULL), *file;
    size_t name = strcspn(module, " ");

    *arguments = module + strlen(module);
    if (path || !module[name])
        return path;
    file = xasprintf("%.*s", (int)name, module);
    path = realpath(file, NULL);
    free(file);
    *arguments = module + name;
    return path;
}

void vm_run(const struct vm_config *config, const struct vm_job *job,
            const struct console_listener *listener, struct vm_result *result)
{
    struct load_since since;

    load_begin(&since);
    config->platform->run(config, job, listener, result);
    load_end(&since, &result->busy);
    if (result->until_s > 0 && !interrupted) {
        free(result->text);
        result->text = xstrdup("ended by limpet: what was waited for was seen");
        result->own = false;
        result->status = ST_OK;
    }
}

void vm_result_free(struct vm_result *result)
{
    free(result->text);
    free(result->command_line);
    free(result->details);
    facts_free(result->facts);
    *result = (struct vm_result){0};
}
