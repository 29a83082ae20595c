/* A lab that runs a job: its console, its standard input, its end.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "lab/follow.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "lab/image.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STUCK_S       60.0 /* a lab that computes less than this so long will not go on */
#define STUCK_LEAST_S 0.02
#define POLL_MS       500
#define HELD_UP_S     1.0 /* so much longer, poll() takes only when we do not run */
#define WAKE_S        2.0 /* asleep so long, it is woken */

static bool job_started(const struct lab_job *job)
{
    char *path = xasprintf("%s/job/started", job->dir);
    bool there = !access(path, F_OK);

    free(path);
    return there;
}

/* Takes in what there is. What the lab says before the job begins is its own trouble, not the
 * guest's console. */
static void take(struct lab_follow *f)
{
    struct buf data = {0};

    proc_read(f->proc.out, &data);
    proc_read_end(f->proc.err, &f->errors);
    if (!f->started && job_started(f->job)) {
        f->started = true;
        f->deadline = now_s() + f->job->timeout_s;
    }
    if (f->started) {
        double now = now_s(), waited;

        console_feed(&f->console, data.data, data.len);
        waited = now_s() - now; /* for our reader: not the job's time */
        f->deadline += waited;
        f->busy += waited;
    } else {
        buf_add(&f->errors, data.data, data.len);
        buf_keep_end(&f->errors, PROC_KEPT);
    }
    buf_free(&data);
}

/* Standard input, to the lab: what there is to wait for, and what came of it. */
static void poll_input(const struct lab_follow *f, struct pollfd *fds)
{
    bool room = f->stdin_fd >= 0 && !f->input.len;

    fds[0] = (struct pollfd){.fd = room ? f->stdin_fd : -1, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = f->input.len ? f->proc.extra : -1, .events = POLLOUT};
}

static void forward_input(struct lab_follow *f, const struct pollfd *fds)
{
    char data[65536];
    ssize_t n;

    if (fds[0].revents) {
        n = read(f->stdin_fd, data, sizeof data);
        if (n > 0)
            buf_add(&f->input, data, (size_t)n);
        else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
            shutdown(f->proc.extra, SHUT_WR);
            f->stdin_fd = -1;
        }
    }
    if (fds[1].revents) {
        n = send(f->proc.extra, f->input.data, f->input.len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0) {
            f->input.len -= (size_t)n;
            memmove(f->input.data, f->input.data + n, f->input.len + 1);
        } else if (n < 0 && errno != EINTR && errno != EAGAIN) {
            buf_clear(&f->input); /* it has gone */
            f->stdin_fd = -1;
        }
    }
}

/* For how long its processor has slept. An idle Linux computes a little now and then. */
static double asleep_s(struct lab_follow *f)
{
    double cpu_s = proc_cpu_s(&f->proc), now = now_s();

    if (cpu_s < 0 || cpu_s - f->cpu_s > STUCK_LEAST_S || f->busy <= 0) {
        f->cpu_s = cpu_s;
        f->busy = now;
    }
    return now - f->busy;
}

/*
 * QEMU's emulated SVM can lose the interrupt that Xen sleeps for: VMRUN sets CPU_INTERRUPT_VIRQ
 * without the lock that others hold who set another bit of that word. The interrupt still waits in
 * the local APIC, and any other one brings it along: a byte for the lab's console, which nobody
 * reads.
 */
static void wake(struct lab_follow *f)
{
    if (now_s() - f->woken > WAKE_S && write(f->proc.in, "\n", 1) == 1)
        f->woken = now_s();
}

/* Why a lab that does not compute does not. */
static const char *stuck(const struct lab_follow *f)
{
    return proc_is_stopped(f->proc.pid)
               ? "its QEMU was stopped by a signal (kill -CONT lets such a process go on)"
               : "its machine has stopped, a defect of QEMU's emulation: try again";
}

/* When we are held up ourselves, as in a container that is paused, the lab most likely is too. */
static void forgive(struct lab_follow *f, double held)
{
    if (held < HELD_UP_S)
        return;
    f->deadline += held;
    if (f->busy > 0)
        f->busy += held;
}

const char *lab_follow(struct lab_follow *f)
{
    bool emulated = !lab_uses_kvm();

    f->deadline = f->proc.started + LAB_BOOT_S;
    while (!f->ended && !interrupted && now_s() < f->deadline) {
        struct pollfd fds[] = {{.fd = f->proc.pidfd, .events = POLLIN},
                               {.fd = f->proc.out, .events = POLLIN},
                               {.fd = f->proc.err, .events = POLLIN},
                               {.fd = -1},
                               {.fd = -1}};
        double began = now_s(), asleep;
        int got;

        poll_input(f, fds + 3);
        got = poll(fds, 5, POLL_MS);
        forgive(f, now_s() - began - POLL_MS / 1e3);
        if (got == 0 && emulated) {
            asleep = asleep_s(f);
            if (asleep > STUCK_S && !f->job->gdb)
                return stuck(f);
            if (asleep > WAKE_S)
                wake(f);
        }
        f->ended = fds[0].revents != 0;
        take(f);
        forward_input(f, fds + 3);
        if (!f->ended && (fds[1].revents | fds[2].revents) & ~POLLIN)
            usleep(1000); /* a closed pipe: the end is near, do not spin */
    }
    console_finish(&f->console);
    if (f->ended || interrupted)
        return NULL;
    if (proc_is_stopped(f->proc.pid))
        return stuck(f);
    return f->started ? "the job did not end in time" : "it did not boot in time";
}
