/* A process that plays xenstored at a socket: a few nodes in memory, and the watch on ended
 * domains. SPDX-License-Identifier: BSD-2-Clause */
#ifndef PLAY_XENSTORED_H
#define PLAY_XENSTORED_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum manner { ANSWERS, IS_MUTE, TALKS_NONSENSE };

#define PLAYED_NODES   32
#define PLAYED_CLIENTS 8

struct played {
    enum manner manner;
    struct {
        char path[256], value[1024];
    } node[PLAYED_NODES];
    int client[PLAYED_CLIENTS], watcher;
};

static char *played_value(struct played *p, const char *path, bool make)
{
    for (int i = 0; i < PLAYED_NODES; i++)
        if (!strcmp(p->node[i].path, path))
            return p->node[i].value;
    for (int i = 0; i < PLAYED_NODES && make; i++)
        if (!p->node[i].path[0]) {
            snprintf(p->node[i].path, sizeof p->node[i].path, "%s", path);
            return p->node[i].value;
        }
    return NULL;
}

static void played_reply(int fd, uint32_t type, uint32_t request, const void *data, size_t n)
{
    uint32_t head[4] = {type, request, 0, (uint32_t)n};

    if (write(fd, head, sizeof head) < 0 || (n && write(fd, data, n) < 0))
        _exit(1);
}

/* Names right below a path, each with its NUL. */
static size_t played_list(const struct played *p, const char *path, char *out)
{
    size_t n = 0, length = strlen(path);

    for (int i = 0; i < PLAYED_NODES; i++)
        if (!strncmp(p->node[i].path, path, length) && p->node[i].path[length] == '/')
            n += (size_t)sprintf(out + n, "%s", p->node[i].path + length + 1) + 1;
    return n;
}

/* One request (xs_wire.h): 1 directory, 2 read, 4 watch, 11 write, 13 rm; 16 is an error. */
static bool played_serve(struct played *p, int fd)
{
    uint32_t head[4];
    char data[4097] = "", list[4096], *value;

    if (recv(fd, head, sizeof head, MSG_WAITALL) != sizeof head || head[3] > 4096 ||
        (head[3] && recv(fd, data, head[3], MSG_WAITALL) != (ssize_t)head[3]))
        return false;
    if (p->manner == IS_MUTE)
        return true;
    if (p->manner == TALKS_NONSENSE) {
        memset(head, 0xff, sizeof head);
        return write(fd, head, sizeof head) > 0;
    }
    value = played_value(p, data, head[0] == 11);
    if (head[0] == 1) {
        played_reply(fd, 1, head[1], list, played_list(p, data, list));
    } else if (head[0] == 4) {
        p->watcher = fd;
        played_reply(fd, 4, head[1], "OK", 3);
        played_reply(fd, 15, 0, "@releaseDomain\0limpet", 22);
    } else if (!value) {
        played_reply(fd, 16, head[1], "ENOENT", 7);
    } else if (head[0] == 2) {
        played_reply(fd, 2, head[1], value, strlen(value));
    } else {
        if (head[0] == 11)
            snprintf(value, 1024, "%s", data + strlen(data) + 1);
        else
            value[-256] = '\0'; /* its path */
        played_reply(fd, head[0], head[1], "OK", 3);
    }
    return true;
}

/* Serves for ever; an end is told when the file "down" appears in the folder. */
static void played_loop(struct played *p, int listener, const char *down)
{
    bool told = false;

    for (;;) {
        struct pollfd f[1 + PLAYED_CLIENTS] = {{.fd = listener, .events = POLLIN}};

        for (int i = 0; i < PLAYED_CLIENTS; i++)
            f[1 + i] = (struct pollfd){.fd = p->client[i], .events = POLLIN};
        poll(f, 1 + PLAYED_CLIENTS, 10);
        for (int i = 0; i < PLAYED_CLIENTS; i++) {
            if (p->client[i] < 0 && f[0].revents) {
                p->client[i] = accept(listener, NULL, NULL);
                f[0].revents = 0;
            } else if (f[1 + i].revents && !played_serve(p, p->client[i])) {
                if (p->watcher == p->client[i])
                    p->watcher = -1;
                close(p->client[i]);
                p->client[i] = -1;
            }
        }
        if (!told && p->watcher >= 0 && !access(down, F_OK)) {
            played_reply(p->watcher, 15, 0, "@releaseDomain\0limpet", 22);
            told = true;
        }
    }
}

/* Starts it in a folder, where limpet finds its socket. Returns its process. */
static pid_t play_xenstored(const char *dir, enum manner manner)
{
    static struct played p;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    char down[256], tty[256];
    pid_t pid;

    snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", dir);
    snprintf(down, sizeof down, "%s/down", dir);
    snprintf(tty, sizeof tty, "%s/tty", dir);
    setenv("XENSTORED_PATH", address.sun_path, 1);
    unlink(address.sun_path);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 8))
        abort();
    pid = fork();
    if (pid) {
        close(listener);
        return pid;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    p = (struct played){.manner = manner, .watcher = -1};
    for (int i = 0; i < PLAYED_CLIENTS; i++)
        p.client[i] = -1;
    snprintf(played_value(&p, "/local/domain/7/console/tty", true), 1024, "%s", tty);
    played_loop(&p, listener, down);
    _exit(0);
}

static void end_xenstored(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

#endif
