/* SPDX-License-Identifier: BSD-2-Clause */
/* GDB's remote serial protocol: see rsp.h. */
#include "rsp.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ESCAPE      '}'
#define ESCAPE_BIT  0x20
#define CTRL_C      3
#define SIGNAL_INT  "02" /* GDB's numbers */
#define SIGNAL_TRAP "05"
#define FAULT       "E14" /* EFAULT */
#define WRONG       "E22" /* EINVAL */

/* Leaves text behind the digits. */
static bool take_number(const char **text, uint64_t *value)
{
    const char *t = *text;
    *value = 0;
    for (; rsp_digit(*t) >= 0 && t - *text < 16; t++)
        *value = *value << 4 | (uint64_t)rsp_digit(*t);
    bool good = t != *text && rsp_digit(*t) < 0;
    *text = t;
    return good;
}

static void keep(struct rsp_packet *p, uint8_t byte)
{
    if (p->n < RSP_BYTES)
        p->bytes[p->n++] = byte;
    else
        p->too_long = true;
}

static enum rsp_event complete(struct rsp_packet *p, int digit)
{
    p->state = RSP_BETWEEN;
    p->bytes[p->n] = '\0';
    if (digit < 0 || (p->told << 4 | digit) != p->sum)
        return RSP_BROKEN;
    return p->too_long ? RSP_IMPOSSIBLE : RSP_PACKET;
}

enum rsp_event rsp_take(struct rsp_packet *p, uint8_t byte)
{
    int digit = rsp_digit((char)byte);
    if (p->state == RSP_SUM || p->state == RSP_SUM_2) {
        if (p->state == RSP_SUM_2 || digit < 0)
            return complete(p, digit);
        p->told = (uint8_t)digit;
        p->state = RSP_SUM_2;
    } else if (byte == '$' && p->state != RSP_ESCAPED) {
        *p = (struct rsp_packet){.state = RSP_INSIDE};
    } else if (p->state == RSP_BETWEEN) {
        return byte == CTRL_C ? RSP_INTERRUPT : byte == '-' ? RSP_MISSED : RSP_NOTHING;
    } else if (byte == '#' && p->state == RSP_INSIDE) {
        p->state = RSP_SUM;
    } else {
        bool escaped = p->state == RSP_ESCAPED;
        p->sum = (uint8_t)(p->sum + byte);
        p->state = byte == ESCAPE && !escaped ? RSP_ESCAPED : RSP_INSIDE;
        if (p->state == RSP_INSIDE)
            keep(p, escaped ? byte ^ ESCAPE_BIT : byte);
    }
    return RSP_NOTHING;
}

void rsp_begin(struct rsp_answer *a) { a->n = (size_t)(a->text[0] = '$', 1); }

/* More text, as far as it fits. */
static void add(struct rsp_answer *a, const char *text, size_t n)
{
    size_t room = 1 + RSP_BYTES - a->n;
    memcpy(a->text + a->n, text, n < room ? n : room);
    a->n += n < room ? n : room;
}

__attribute__((format(printf, 2, 3))) static void addf(struct rsp_answer *a, const char *format,
                                                       ...)
{
    char text[200];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    add(a, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

void rsp_end(struct rsp_answer *a)
{
    uint8_t sum = 0;
    for (size_t i = 1; i < a->n; i++)
        sum = (uint8_t)(sum + (uint8_t)a->text[i]);
    a->n += (size_t)snprintf(a->text + a->n, 4, "#%02x", sum);
}

void rsp_stopped(const struct rsp *s, struct rsp_answer *a)
{
    const struct rsp_hardware *h = &s->hardware[s->stop.slot];
    bool watch = s->stop.why == STOP_HARDWARE && h->kind != RSP_Z_EXECUTE;
    addf(a, "T%sthread:%x;", s->stop.why == STOP_ASKED ? SIGNAL_INT : SIGNAL_TRAP, s->stop.cpu + 1);
    if (watch)
        addf(a, "%s:%lx;", h->kind == RSP_Z_WRITE ? "watch" : "awatch", h->address);
    else if (s->tells_breaks && s->stop.why == STOP_BREAKPOINT)
        addf(a, "swbreak:;");
    else if (s->tells_breaks && s->stop.why == STOP_HARDWARE)
        addf(a, "hwbreak:;");
}

void rsp_exited(int status, struct rsp_answer *a) { addf(a, "W%02x", (unsigned)status & 0xff); }

/* A thread's number: the processor's, from 1 on; 0 and -1, any or all, stand for the selected. */
static bool take_thread(const struct rsp *s, const char **text, unsigned *cpu, bool *all)
{
    uint64_t number;
    *all = strncmp(*text, "-1", 2) == 0;
    *cpu = s->selected;
    if (*all) {
        *text += 2;
        return true;
    }
    if (!take_number(text, &number) || number > s->cpus)
        return false;
    *all = number == 0;
    if (number != 0)
        *cpu = (unsigned)number - 1;
    return true;
}

static bool read_registers(struct rsp *s, const char *text, struct rsp_answer *a)
{
    char digits[RSP_REGISTER_DIGITS];
    struct rsp_state state;
    uint64_t number = 0;
    bool one = text[-1] == 'p';
    if (one && (!take_number(&text, &number) || number >= rsp_register_count()))
        return false;
    if (!s->machine->state(s->selected, &state))
        return false;
    unsigned end = one ? (unsigned)number + 1 : rsp_register_count();
    for (unsigned i = (unsigned)number; i < end; i++)
        add(a, digits, rsp_register_text(&state, i, digits));
    return true;
}

/* G: all from the first on; P: NUMBER=DIGITS. */
static bool write_registers(struct rsp *s, const char *text)
{
    struct rsp_state state;
    uint64_t number = 0;
    if (text[-1] == 'P' && (!take_number(&text, &number) || *text++ != '='))
        return false;
    if (number >= rsp_register_count() || !s->machine->state(s->selected, &state))
        return false;
    do {
        size_t n = rsp_register_set(&state, (unsigned)number++, text);
        if (n == 0)
            return false;
        text += n;
    } while (*text != '\0');
    return s->machine->set_state(s->selected, &state);
}

static bool take_range(const char **text, uint64_t *address, uint64_t *n)
{
    return take_number(text, address) && *(*text)++ == ',' && take_number(text, n);
}

/* m: as many as there are. */
static bool read_memory(struct rsp *s, const char *text, struct rsp_answer *a)
{
    uint8_t bytes[RSP_BYTES / 2];
    uint64_t address, n;
    if (!take_range(&text, &address, &n))
        return false;
    n = s->machine->read(s->selected, address, bytes, n < sizeof bytes ? n : sizeof bytes);
    for (uint64_t i = 0; i < n; i++)
        addf(a, "%02x", bytes[i]);
    return n != 0;
}

/* M: in digits; X: as they are. */
static bool write_memory(struct rsp *s, const struct rsp_packet *p)
{
    const char *text = (const char *)p->bytes + 1, *end = (const char *)p->bytes + p->n;
    uint8_t bytes[RSP_BYTES];
    uint64_t address, n;
    bool plain = p->bytes[0] == 'X';
    if (!take_range(&text, &address, &n) || *text++ != ':' || n > RSP_BYTES)
        return false;
    if ((uint64_t)(end - text) != (plain ? n : 2 * n))
        return false;
    for (uint64_t i = 0; i < n && !plain; i++) {
        int high = rsp_digit(text[2 * i]), low = rsp_digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    if (plain)
        memcpy(bytes, text, n);
    return s->machine->write(s->selected, address, bytes, n) == n;
}

/* Z and z: KIND,ADDRESS,BYTES, put and taken away. Returns its answer. */
static const char *change_break(struct rsp *s, const char *text)
{
    uint64_t kind, address, bytes;
    bool put = text[-1] == 'Z';
    if (!take_number(&text, &kind) || *text++ != ',' || !take_range(&text, &address, &bytes))
        return WRONG;
    if (kind == RSP_Z_CODE)
        return s->machine->set_break(s->selected, address, put) ? "OK" : FAULT;
    if (kind != RSP_Z_EXECUTE && kind != RSP_Z_WRITE && kind != RSP_Z_ACCESS)
        return "";
    if ((bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8) || address % bytes != 0)
        return WRONG;
    struct rsp_hardware wanted = {address, (uint8_t)kind, (uint8_t)bytes}, *free = NULL;
    for (struct rsp_hardware *h = s->hardware; h < s->hardware + RSP_HW_MAX; h++) {
        bool same = h->kind == wanted.kind && h->address == address && h->bytes == wanted.bytes;
        if (same && !put)
            *h = (struct rsp_hardware){.kind = 0};
        if (same)
            return "OK";
        if (h->kind == 0 && free == NULL)
            free = h;
    }
    if (put && free == NULL)
        return "E28"; /* ENOSPC: all debug registers are taken */
    if (put)
        *free = wanted;
    return "OK";
}

/* vCont;ACTION[:THREAD]…: of each processor the first that is meant for it counts. */
static bool take_actions(struct rsp *s, const char *text)
{
    bool chosen[VMM_CPUS_MAX] = {false};
    for (unsigned i = 0; i < s->cpus; i++)
        s->action[i] = RSP_STAY;
    while (*text++ == ';') {
        char what = *text++;
        bool with_signal = what == 'C' || what == 'S', all = true;
        unsigned cpu = 0;
        uint64_t ignored;
        if ((what != 'c' && what != 's' && !with_signal) ||
            (with_signal && !take_number(&text, &ignored)))
            return false;
        if (*text == ':' && (text++, !take_thread(s, &text, &cpu, &all)))
            return false;
        for (unsigned i = 0; i < s->cpus; i++) {
            if (!chosen[i] && (all || i == cpu))
                s->action[i] = what == 's' || what == 'S' ? RSP_STEP : RSP_RUN;
            chosen[i] |= all || i == cpu;
        }
    }
    return text[-1] == '\0';
}

/* c, s and their forms with a signal: all run, and one of them only a step. */
static void run_all(struct rsp *s, bool step)
{
    for (unsigned i = 0; i < s->cpus; i++)
        s->action[i] = step && i == s->selected ? RSP_STEP : RSP_RUN;
}

/* qXfer:features:read:target.xml:OFFSET,BYTES */
static bool send_list(const char *text, struct rsp_answer *a)
{
    const char *list = rsp_register_list();
    uint64_t from, n, size = strlen(list);
    if (!take_range(&text, &from, &n))
        return false;
    from = from < size ? from : size;
    n = n < RSP_BYTES - 1 ? n : RSP_BYTES - 1;
    add(a, size - from > n ? "m" : "l", 1);
    add(a, list + from, size - from < n ? size - from : n);
    return true;
}

/* Does the text begin so? Then what stands behind it, else NULL. */
static const char *behind(const char *text, const char *begin)
{
    size_t n = strlen(begin);
    return strncmp(text, begin, n) == 0 ? text + n : NULL;
}

static const char *query(struct rsp *s, const char *text, struct rsp_answer *a)
{
    const char *rest;
    unsigned cpu;
    bool all;
    if (behind(text, "Supported")) {
        s->tells_breaks = strstr(text, "swbreak+") != NULL;
        addf(
            a,
            "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;swbreak+;hwbreak+;vContSupported+",
            RSP_BYTES);
    } else if ((rest = behind(text, "Xfer:features:read:target.xml:")) != NULL) {
        return send_list(rest, a) ? NULL : WRONG;
    } else if (strcmp(text, "fThreadInfo") == 0) {
        for (unsigned i = 0; i < s->cpus; i++)
            addf(a, "%c%x", i == 0 ? 'm' : ',', i + 1);
    } else if (strcmp(text, "sThreadInfo") == 0) {
        addf(a, "l");
    } else if ((rest = behind(text, "ThreadExtraInfo,")) != NULL) {
        if (!take_thread(s, &rest, &cpu, &all))
            return WRONG;
        char name[16];
        int n = snprintf(name, sizeof name, "CPU %u", cpu);
        for (int i = 0; i < n; i++)
            addf(a, "%02x", (uint8_t)name[i]);
    } else if (strcmp(text, "C") == 0) {
        addf(a, "QC%x", s->selected + 1);
    } else if (behind(text, "Attached")) {
        addf(a, "1");
    }
    return NULL;
}

/* H and T: which thread? */
static const char *choose_thread(struct rsp *s, const char *text, bool choose)
{
    unsigned cpu;
    bool all;
    if (choose && *text != 'g' && *text != 'c')
        return WRONG;
    text += choose;
    if (!take_thread(s, &text, &cpu, &all))
        return WRONG;
    if (choose)
        s->selected = cpu;
    return "OK";
}

static const char *good(bool done, const char *error) { return done ? "OK" : error; }

/* What begins with v. */
static enum rsp_next verbose(struct rsp *s, const char *text, const char **answer)
{
    const char *rest = behind(text, "Cont");
    if (rest != NULL && *rest == '?') {
        *answer = "vCont;c;C;s;S";
    } else if (rest != NULL) {
        *answer = WRONG;
        return *rest == ';' && take_actions(s, rest) ? RSP_GO : RSP_ANSWERED;
    } else if (behind(text, "Kill")) {
        *answer = "OK";
        return RSP_KILL;
    }
    return RSP_ANSWERED;
}

enum rsp_next rsp_command(struct rsp *s, const struct rsp_packet *p, struct rsp_answer *a)
{
    const char *text = (const char *)p->bytes + 1, *answer = NULL;
    enum rsp_next next = RSP_ANSWERED;
    char what = (char)p->bytes[0];
    if (p->n == 0)
        return RSP_ANSWERED;
    if (what == '?')
        rsp_stopped(s, a);
    else if (what == 'g' || what == 'p')
        answer = read_registers(s, text, a) ? NULL : WRONG;
    else if (what == 'G' || what == 'P')
        answer = good(write_registers(s, text), WRONG);
    else if (what == 'm')
        answer = read_memory(s, text, a) ? NULL : FAULT;
    else if (what == 'M' || what == 'X')
        answer = good(write_memory(s, p), FAULT);
    else if (what == 'Z' || what == 'z')
        answer = change_break(s, text);
    else if (what == 'H' || what == 'T')
        answer = choose_thread(s, text, what == 'H');
    else if (what == 'q')
        answer = query(s, text, a);
    else if (what == 'Q' && strcmp(text, "StartNoAckMode") == 0)
        answer = (s->quiet = true, "OK");
    else if (what == 'v')
        next = verbose(s, text, &answer);
    else if (what == 'c' || what == 'C' || what == 's' || what == 'S')
        next = (run_all(s, what == 's' || what == 'S'), RSP_GO);
    else if (what == 'D')
        next = (answer = "OK", RSP_DETACH);
    else if (what == 'k')
        next = RSP_KILL;
    if (answer != NULL)
        add(a, answer, strlen(answer));
    return next;
}
