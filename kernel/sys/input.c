/* SPDX-License-Identifier: BSD-2-Clause */
/* Standard input: see input.h. */
#include "sys/input.h"
#include "sys/wait.h"
#include "sched/interruption.h"
#include "sched/mutex.h"
#include "base/platform.h"
#include "base/time.h"
#include <errno.h>

#define EOT     4                   /* the control character that ends an input, as on a terminal */
#define LOOK_NS 1000000u            /* how often, where no interrupt tells */
#define TENTH   UINT64_C(100000000) /* of a second, in ns */

bool input_terminal = true, output_terminal = true, input_framed;
struct input_mode input_mode;

static struct mutex mutex;
static char came[4096]; /* from the platform, out of its frame, not yet read: from … to */
static size_t from, to;
static bool ended;
static enum { BEFORE, BEFORE_ESCAPE, INSIDE, INSIDE_ESCAPE, BEHIND } frame;
static struct wait_list waiting;

void input_arrived(void) { wait_list_wake(&waiting); }

/* One byte of the frame. True: it is one of the stream. */
static bool unframe(uint8_t c)
{
    bool escape = c == FRAME_ESCAPE;
    switch (frame) {
    case BEFORE:
        if (escape)
            frame = BEFORE_ESCAPE;
        return false;
    case BEFORE_ESCAPE:
        frame = c == FRAME_START ? INSIDE : escape ? BEFORE_ESCAPE : BEFORE;
        return false;
    case INSIDE:
        if (escape)
            frame = INSIDE_ESCAPE;
        return !escape;
    case INSIDE_ESCAPE:
        frame = c == FRAME_END ? BEHIND : INSIDE;
        return frame == INSIDE;
    case BEHIND:
        break;
    }
    return false;
}

/* Takes what has come. False: nothing is there now, nor has the stream ended. */
static bool fill(void)
{
    while (from == to && !ended) {
        long n = platform->console_read(came, sizeof came);
        if (n <= 0) {
            ended = n < 0;
            break;
        }
        from = to = 0;
        for (long i = 0; i < n; i++)
            if (input_terminal || !input_framed || unframe((uint8_t)came[i]))
                came[to++] = came[i];
        ended = frame == BEHIND;
    }
    return from != to || ended;
}

/* As it is read. */
static char translated(char c)
{
    return c == '\r' && input_terminal && !input_mode.keep_returns ? '\n' : c;
}

/* Up to n bytes of a terminal's line. EOT ends this read, or the next when it follows others. */
static size_t take_line(char *buf, size_t n)
{
    size_t got = 0;
    while (got < n && !ended && fill() && from != to) {
        char c = came[from++];
        if (c == EOT) {
            ended = true;
            break;
        }
        buf[got++] = translated(c);
        if (buf[got - 1] == '\n')
            break;
    }
    return got;
}

static size_t take_bytes(char *buf, size_t n)
{
    size_t got = 0;
    while (got < n && fill() && from != to)
        buf[got++] = translated(came[from++]);
    return got;
}

/* Does an interrupt tell what comes? */
static bool is_told(void)
{
    static enum { UNKNOWN, YES, NO } told;
    if (told == UNKNOWN)
        told = platform->console_listen != 0 && platform->console_listen() ? YES : NO;
    return told == YES;
}

uint64_t input_look_again(void) { return is_told() ? NO_DEADLINE : time_now() + LOOK_NS; }

/* The mutex dropped until something may have come, or that time. -EINTR: a signal's handler ran. */
static int wait(uint64_t limit)
{
    uint32_t event = 0;
    struct waiter w = {.event = &event};
    uint64_t deadline = input_look_again();
    if (limit < deadline)
        deadline = limit;
    wait_list_add(&waiting, &w);
    bool ready = fill(); /* what came before it was in the list */
    mutex_unlock(&mutex);
    int error = ready ? 0 : futex_wait_interruptible(&event, 0, deadline);
    wait_list_remove(&w);
    bool ended_by_signal = error == -EINTR && thread_interruption();
    mutex_lock(&mutex);
    return ended_by_signal ? -EINTR : 0;
}

int64_t input_read(char *buf, size_t n, bool at_once)
{
    size_t got = 0;
    int error = 0;
    bool lines = input_terminal && !input_mode.raw;
    uint64_t limit = NO_DEADLINE;
    if (input_terminal && input_mode.may_be_empty)
        limit = time_now() + input_mode.tenths * TENTH;
    mutex_lock(&mutex);
    while (n > 0 && error == 0) {
        got = lines ? take_line(buf, n) : take_bytes(buf, n);
        if (got > 0 || ended || (limit != NO_DEADLINE && time_now() >= limit))
            break;
        error = at_once ? -EAGAIN : wait(limit);
    }
    if (got == 0 && n > 0 && input_terminal && error == 0)
        ended = false; /* told; a terminal may bring more */
    mutex_unlock(&mutex);
    return error != 0 ? error : (int64_t)got;
}

void input_drop(void)
{
    mutex_lock(&mutex);
    while (fill() && from != to)
        from = to;
    mutex_unlock(&mutex);
}

bool input_ready(struct waiter *w)
{
    mutex_lock(&mutex);
    if (w != 0) {
        is_told(); /* from now on */
        wait_list_add(&waiting, w);
    }
    bool ready = fill();
    mutex_unlock(&mutex);
    return ready;
}

uint64_t input_available(void)
{
    mutex_lock(&mutex);
    fill();
    uint64_t n = to - from;
    mutex_unlock(&mutex);
    return n;
}
