/* SPDX-License-Identifier: BSD-2-Clause */
/* Standard input: see input.h. */
#include "sys/input.h"
#include "sched/mutex.h"
#include "base/platform.h"
#include "base/time.h"

#define EOT     4        /* the control character that ends an input, as on a terminal */
#define LOOK_NS 1000000u /* how often, where no interrupt tells */

bool input_terminal = true, output_terminal = true, input_framed;

static struct mutex mutex;
static char came[4096]; /* from the platform, not yet looked at: from … to */
static size_t from, to;
static bool ended;
static enum { BEFORE, BEFORE_ESCAPE, INSIDE, INSIDE_ESCAPE } frame;
static uint32_t arrivals; /* futex */

void input_arrived(void)
{
    __atomic_fetch_add(&arrivals, 1, __ATOMIC_RELEASE);
    futex_wake_later(&arrivals, 1);
}

/* The next byte that came; false: there is none now, and ended says whether there will be. */
static bool next(uint8_t *byte)
{
    if (from == to) {
        long n = platform->console_read(came, sizeof came);
        ended |= n < 0;
        from = 0;
        to = n > 0 ? (size_t)n : 0;
    }
    if (from == to)
        return false;
    *byte = (uint8_t)came[from++];
    return true;
}

/* Up to n bytes of a terminal's line. EOT ends this read, or the next when it follows others. */
static size_t take_line(char *buf, size_t n)
{
    size_t got = 0;
    uint8_t c;
    while (got < n && !ended && next(&c)) {
        if (c == EOT) {
            ended = true;
        } else {
            buf[got++] = c == '\r' ? '\n' : (char)c;
            if (buf[got - 1] == '\n')
                break;
        }
    }
    return got;
}

/* One byte of the frame. True: it is one of the stream, in *c. */
static bool unframe(uint8_t *c)
{
    bool escape = *c == FRAME_ESCAPE;
    switch (frame) {
    case BEFORE:
        if (escape)
            frame = BEFORE_ESCAPE;
        return false;
    case BEFORE_ESCAPE:
        frame = *c == FRAME_START ? INSIDE : escape ? BEFORE_ESCAPE : BEFORE;
        return false;
    case INSIDE:
        if (escape)
            frame = INSIDE_ESCAPE;
        return !escape;
    case INSIDE_ESCAPE:
        frame = INSIDE;
        ended = *c == FRAME_END;
        return !ended;
    }
    return false;
}

static size_t take_bytes(char *buf, size_t n)
{
    size_t got = 0;
    uint8_t c;
    while (got < n && !ended && next(&c))
        if (!input_framed || unframe(&c))
            buf[got++] = (char)c;
    return got;
}

static void wait(uint32_t seen)
{
    static enum { UNKNOWN, YES, NO } told; /* of what comes, by an interrupt? */
    if (told == UNKNOWN) {
        told = platform->console_listen != 0 && platform->console_listen() ? YES : NO;
        return; /* something may have come before */
    }
    futex_wait(&arrivals, seen, told == YES ? NO_DEADLINE : time_now() + LOOK_NS);
}

int64_t input_read(char *buf, size_t n)
{
    size_t got = 0;
    mutex_lock(&mutex);
    while (n > 0) {
        uint32_t seen = __atomic_load_n(&arrivals, __ATOMIC_ACQUIRE);
        got = input_terminal ? take_line(buf, n) : take_bytes(buf, n);
        if (got > 0 || ended)
            break;
        wait(seen);
    }
    if (got == 0 && n > 0 && input_terminal)
        ended = false; /* told; a terminal may bring more */
    mutex_unlock(&mutex);
    return (int64_t)got;
}
