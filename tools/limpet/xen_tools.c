/* Xen's dom0 by its commands, for where the libraries cannot be loaded: slower, and no clock.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "limpet.h"
#include "proc.h"
#include "xen_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_MS 200 /* xl list takes longer than this on a slow machine; events come at once */

struct tools {
    struct proc watch;
};

/* Runs a command of up to four words; its output without the last newline, or NULL. */
static char *ask(const char *command, const char *a, const char *b, const char *c)
{
    char *argv[] = {(char *)command, (char *)a, (char *)b, (char *)c, NULL};
    char *text = proc_output(argv);
    size_t n = text ? strlen(text) : 0;

    if (n && text[n - 1] == '\n')
        text[n - 1] = '\0';
    return text;
}

static void tools_drain(struct xen_host *h)
{
    struct tools *t = h->private;
    struct buf paths = {0};

    if (!proc_read(t->watch.out, &paths))
        h->events = -1; /* it has ended: polling is left */
    buf_free(&paths);
}

static int tools_find(struct xen_host *h, const char *name)
{
    char *text = ask("xl", "domid", name, NULL);
    int domid = text && text[0] ? atoi(text) : -1;

    (void)h;
    free(text);
    return domid;
}

static char *tools_read(struct xen_host *h, const char *path)
{
    (void)h;
    return ask("xenstore-read", path, NULL, NULL);
}

static bool tools_write(struct xen_host *h, const char *path, const char *text)
{
    char *out = ask("xenstore-write", path, text, NULL);

    (void)h;
    free(out);
    return out != NULL;
}

static bool tools_unpause(struct xen_host *h, int domid)
{
    char *id = xasprintf("%d", domid), *out = ask("xl", "unpause", id, NULL);

    (void)h;
    free(id);
    free(out);
    return out != NULL;
}

enum xen_state xen_list_state(const char *listing, int domid, struct xen_seen *seen)
{
    for (const char *line = listing; line && *line; line = strchr(line, '\n')) {
        int id, mem, vcpus;
        char state[8];
        unsigned code;

        line += *line == '\n';
        if (sscanf(line, "%*s %d %d %d %7s", &id, &mem, &vcpus, state) != 4 || id != domid)
            continue;
        if (strlen(state) < 6 || state[5] == 'd')
            return XEN_GONE;
        seen->mib = mem;
        if (state[3] != 's')
            return XEN_RUNNING;
        seen->reason = sscanf(line, "%*s %*d %*d %*d %*s %*s %*s %x", &code) == 1 ? (int)code : -1;
        return XEN_SHUT_DOWN;
    }
    return XEN_GONE;
}

static enum xen_state tools_state(struct xen_host *h, int domid, struct xen_seen *seen)
{
    char *listing = ask("xl", "list", "-v", NULL);
    enum xen_state state =
        listing && listing[0] ? xen_list_state(listing, domid, seen) : XEN_RUNNING;

    (void)h;
    free(listing);
    return state;
}

static bool tools_cpu(struct xen_host *h, int domid, struct xen_cpu *cpu)
{
    (void)h, (void)domid, (void)cpu;
    return false;
}

static void tools_close(struct xen_host *h)
{
    struct tools *t = h->private;

    if (t->watch.pid)
        proc_finish(&t->watch, true);
    free(t);
}

const char *xen_tools_open(struct xen_host *h)
{
    char *watch[] = {"xenstore-watch", "@releaseDomain", NULL};
    struct tools *t = xrealloc(NULL, sizeof *t);
    char *domains;

    *h = (struct xen_host){.private = t,
                           .events = -1,
                           .poll_ms = LOOK_MS,
                           .drain = tools_drain,
                           .find = tools_find,
                           .read = tools_read,
                           .write = tools_write,
                           .unpause = tools_unpause,
                           .state = tools_state,
                           .cpu = tools_cpu,
                           .close = tools_close};
    if (!proc_start(&t->watch, watch, NULL))
        h->events = t->watch.out;
    domains = ask("xl", "list", NULL, NULL);
    free(domains);
    if (domains)
        return NULL;
    tools_close(h);
    return "xl list fails: is xenstored running?";
}
