/* xenstored by its socket, with a deadline for every wait.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/xen/store.h"
#include "base/clock.h"
#include "base/proc.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE_S 4.0 /* an answer takes some 20 µs, in an emulated machine some 2 ms */

/* xen/include/public/io/xs_wire.h: enum xsd_sockmsg_type, struct xsd_sockmsg, and the longest
 * message behind one. */
enum { DIRECTORY = 1, READ = 2, WATCH = 4, WRITE = 11, RM = 13, WATCH_EVENT = 15, ERROR = 16 };
struct head {
    uint32_t type, request, transaction, length;
};
#define PAYLOAD_MAX 4096

/* Where the socket is: as libxenstore looks for it. */
static void socket_path(struct sockaddr_un *address)
{
    const char *path = getenv("XENSTORED_PATH"), *dir = getenv("XENSTORED_RUNDIR");

    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (path)
        snprintf(address->sun_path, sizeof address->sun_path, "%s", path);
    else
        snprintf(address->sun_path, sizeof address->sun_path, "%s/socket",
                 dir ? dir : "/run/xenstored");
}

static bool lose(struct xen_store *s)
{
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
    return false;
}

static bool wait_for(const struct xen_store *s, short events, double until)
{
    struct pollfd f = {.fd = s->fd, .events = events};
    double left;

    while ((left = until - now_s()) > 0)
        if (poll(&f, 1, (int)(left * 1e3) + 1) > 0)
            return true;
    return false;
}

static bool send_all(struct xen_store *s, const void *data, size_t n, double until)
{
    const char *p = data;

    while (n) {
        ssize_t sent = send(s->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (sent > 0) {
            p += sent;
            n -= (size_t)sent;
        } else if (errno == EAGAIN ? !wait_for(s, POLLOUT, until) : errno != EINTR) {
            return lose(s);
        }
    }
    return true;
}

/* Takes the first message out of what was read. Returns whether there is a whole one. */
static bool next_message(struct xen_store *s, struct head *head, struct buf *payload)
{
    size_t n;

    if (s->in.len < sizeof *head)
        return false;
    memcpy(head, s->in.data, sizeof *head);
    if (head->length > PAYLOAD_MAX)
        return lose(s); /* that is no xenstored */
    n = sizeof *head + head->length;
    if (s->in.len < n)
        return false;
    buf_clear(payload);
    buf_add(payload, s->in.data + sizeof *head, head->length);
    s->in.len -= n;
    memmove(s->in.data, s->in.data + n, s->in.len + 1);
    return true;
}

/* The answer to the last request. */
static bool receive(struct xen_store *s, struct head *head, struct buf *payload, double until)
{
    for (;;) {
        while (next_message(s, head, payload))
            if (head->type != WATCH_EVENT && head->request == s->asked)
                return true;
        if (s->fd < 0 || !wait_for(s, POLLIN, until) || !proc_read(s->fd, &s->in))
            return lose(s);
    }
}

/* A request: a path with its NUL, then n bytes. Returns whether it was granted; answer may be NULL.
 */
static bool ask(struct xen_store *s, uint32_t type, const char *path, const char *data, size_t n,
                struct buf *answer)
{
    double until = now_s() + PATIENCE_S;
    struct head head = {.type = type, .request = ++s->asked};
    struct buf message = {0}, payload = {0};
    bool good;

    head.length = (uint32_t)(strlen(path) + 1 + n);
    buf_add(&message, &head, sizeof head);
    buf_add(&message, path, strlen(path) + 1);
    buf_add(&message, data, n);
    good = s->fd >= 0 && head.length <= PAYLOAD_MAX &&
           send_all(s, message.data, message.len, until) && receive(s, &head, &payload, until) &&
           head.type == type;
    if (good && answer)
        buf_add(answer, payload.data, payload.len);
    buf_free(&message);
    buf_free(&payload);
    return good;
}

char *xen_store_read(struct xen_store *s, const char *path)
{
    struct buf value = {0};

    ask(s, READ, path, "", 0, &value);
    return value.data;
}

bool xen_store_write(struct xen_store *s, const char *path, const char *text)
{
    return ask(s, WRITE, path, text, strlen(text), NULL);
}

bool xen_store_remove(struct xen_store *s, const char *path)
{
    return ask(s, RM, path, "", 0, NULL);
}

bool xen_store_list(struct xen_store *s, const char *path, struct args *names)
{
    struct buf list = {0};
    bool good = ask(s, DIRECTORY, path, "", 0, &list);

    for (size_t at = 0; at < list.len; at += strlen(list.data + at) + 1)
        args_add(names, list.data + at);
    buf_free(&list);
    return good;
}

bool xen_store_watch(struct xen_store *s, const char *path)
{
    static const char token[] = "limpet"; /* with its NUL, as the path */

    return ask(s, WATCH, path, token, sizeof token, NULL);
}

void xen_store_drain(struct xen_store *s)
{
    struct buf payload = {0};
    struct head head;

    if (s->fd >= 0 && !proc_read(s->fd, &s->in))
        lose(s);
    while (next_message(s, &head, &payload))
        ;
    buf_free(&payload);
}

bool xen_store_answers(struct xen_store *s)
{
    struct args names = {0};
    bool good = xen_store_list(s, "/", &names);

    args_free(&names);
    return good;
}

const char *xen_store_open(struct xen_store *s)
{
    struct sockaddr_un address;
    int error = 0;

    socket_path(&address);
    *s = (struct xen_store){.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&address, sizeof address))
        error = errno;
    if (!error && xen_store_answers(s))
        return NULL;
    xen_store_close(s);
    return error == EACCES                            ? "lets only root in (sudo limpet …)"
           : error == ENOENT || error == ECONNREFUSED ? "does not run"
                                                      : "does not answer";
}

void xen_store_close(struct xen_store *s)
{
    lose(s);
    buf_free(&s->in);
}
