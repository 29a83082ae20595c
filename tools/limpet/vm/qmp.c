/* What QEMU tells on its QMP socket.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/qmp.h"
#include "base/clock.h"
#include "base/proc.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define ANSWERS_TO_START 2           /* to qmp_init()'s commands */
#define TURN_BYTES       (64u << 10) /* taken in at once */
#define MESSAGE_BYTES                                                                              \
    (4u << 20) /* what is longer is no message; registers of 255 CPUs are less                     \
                */

static void say(struct qmp *q, const char *text)
{
    /* A peer that is gone is seen by qmp_receive. */
    if (send(q->fd, text, strlen(text), MSG_NOSIGNAL) < 0)
        return;
}

void qmp_init(struct qmp *q, int fd, bool go)
{
    *q = (struct qmp){.fd = fd};
    say(q, "{\"execute\":\"qmp_capabilities\"}\n");
    if (go)
        say(q, "{\"execute\":\"cont\"}\n");
}

static void greeting(struct qmp *q, json_t *hello)
{
    int major = 0, minor = 0, micro = 0;
    const char *package = "";

    if (!json_unpack(hello, "{s:{s:{s:i,s:i,s:i},s?s}}", "version", "qemu", "major", &major,
                     "minor", &minor, "micro", &micro, "package", &package))
        snprintf(q->version, sizeof q->version, "%d.%d.%d%s%s%s", major, minor, micro,
                 package[0] ? " (" : "", package, package[0] ? ")" : "");
}

/* Of each processor RIP, or EIP before long mode, and whether it is halted. */
static void registers(struct qmp *q, const char *text)
{
    size_t n = 0;

    q->places[0] = '\0';
    for (const char *ip = text; (ip = strstr(ip, "IP=")) && n + 32 < sizeof q->places; ip++) {
        const char *next = strstr(ip + 3, "IP="), *hlt = strstr(ip, "HLT=");
        int digits = (int)strspn(ip + 3, "0123456789abcdefABCDEF");

        n += (size_t)snprintf(q->places + n, sizeof q->places - n, "%s0x%.*s%s", n ? ", " : "",
                              digits > 16 ? 16 : digits, ip + 3,
                              hlt && hlt[4] == '1' && (!next || hlt < next) ? " (halted)" : "");
    }
}

/* QEMU's stamp of an event is of CLOCK_REALTIME. */
static double stamp(json_t *message)
{
    json_t *t = json_object_get(message, "timestamp");
    struct timespec real;

    clock_gettime(CLOCK_REALTIME, &real);
    return now_s() - ((double)real.tv_sec + (double)real.tv_nsec * 1e-9) +
           json_number_value(json_object_get(t, "seconds")) +
           json_number_value(json_object_get(t, "microseconds")) * 1e-6;
}

/* "cont" says RESUME just before the machine's clock starts, and answers when it runs. */
static void note_start(struct qmp *q, json_t *message, const char *event)
{
    if (json_object_get(message, "return") && ++q->answers == ANSWERS_TO_START)
        q->running_by = now_s();
    if (event && !strcmp(event, "RESUME") && q->resumed == 0)
        q->resumed = stamp(message);
}

void qmp_message(struct qmp *q, const char *text, size_t n)
{
    json_t *message = json_loadb(text, n, 0, NULL);
    const char *event = json_string_value(json_object_get(message, "event"));
    const char *answer = json_string_value(json_object_get(message, "return"));
    const char *reason;

    note_start(q, message, event);
    if (json_object_get(message, "QMP"))
        greeting(q, json_object_get(message, "QMP"));
    if (event && !strcmp(event, "SHUTDOWN")) {
        reason = json_string_value(json_object_get(json_object_get(message, "data"), "reason"));
        snprintf(q->shutdown, sizeof q->shutdown, "%s", reason ? reason : "unknown");
    }
    if (event && !strcmp(event, "STOP"))
        q->stopped = true;
    if (q->asked && answer)
        registers(q, answer);
    json_decref(message);
}

bool qmp_receive(struct qmp *q)
{
    bool open = proc_read_most(q->fd, &q->in, TURN_BYTES);
    char *start = q->in.data, *end;

    if (!start)
        return open;
    while ((end = memchr(start, '\n', q->in.len - (size_t)(start - q->in.data)))) {
        qmp_message(q, start, (size_t)(end - start));
        start = end + 1;
    }
    q->in.len -= (size_t)(start - q->in.data);
    memmove(q->in.data, start, q->in.len + 1);
    return open && q->in.len < MESSAGE_BYTES;
}

void qmp_ask_registers(struct qmp *q)
{
    q->asked = true;
    q->places[0] = '\0';
    say(q, "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"info "
           "registers -a\"}}\n");
}
