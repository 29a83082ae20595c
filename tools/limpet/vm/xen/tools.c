/* Xen's dom0 by its commands, for where the library cannot be loaded: slower, and no clock.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/proc.h"
#include "vm/xen/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_MS 200 /* xl list takes longer than this on a slow machine; events come at once */

/* The output of `xl WORD WORD`, or NULL: at once, should xl wait in vain for xenstored. */
static char *xl(struct xen_host *h, const char *a, const char *b)
{
    char *argv[] = {"xl", (char *)a, (char *)b, NULL};

    return xen_store_answers(&h->store) ? proc_output(argv) : NULL;
}

static int tools_find(struct xen_host *h, const char *uuid)
{
    char *listing = xl(h, "list", "-v");
    int domid = listing ? xen_list_find(listing, uuid) : -1;

    free(listing);
    return domid;
}

static bool tools_unpause(struct xen_host *h, int domid)
{
    char *id = xasprintf("%d", domid), *out = xl(h, "unpause", id);

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
        seen->paused = state[2] == 'p';
        if (state[3] != 's')
            return XEN_RUNNING;
        seen->reason = sscanf(line, "%*s %*d %*d %*d %*s %*s %*s %x", &code) == 1 ? (int)code : -1;
        return XEN_SHUT_DOWN;
    }
    return XEN_GONE;
}

int xen_list_find(const char *listing, const char *uuid)
{
    for (const char *line = listing; line && *line; line = strchr(line, '\n')) {
        char found[XEN_UUID_SIZE], state[8];
        int id;

        line += *line == '\n';
        if (sscanf(line, "%*s %d %*d %*d %7s %*s %36s", &id, state, found) == 3 &&
            !strcmp(found, uuid) && !strchr(state, 'd'))
            return id;
    }
    return -1;
}

static enum xen_state tools_state(struct xen_host *h, int domid, struct xen_seen *seen)
{
    char *listing = xl(h, "list", "-v");
    enum xen_state state =
        listing && listing[0] ? xen_list_state(listing, domid, seen) : XEN_RUNNING;

    free(listing);
    return state;
}

static bool tools_cpu(struct xen_host *h, int domid, struct xen_cpu *cpu)
{
    (void)h, (void)domid, (void)cpu;
    return false;
}

void xen_tools_open(struct xen_host *h)
{
    h->poll_ms = LOOK_MS;
    h->find = tools_find;
    h->unpause = tools_unpause;
    h->state = tools_state;
    h->cpu = tools_cpu;
}
