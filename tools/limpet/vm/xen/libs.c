/* Xen's dom0 by its libraries, libxenctrl and libxenforeignmemory, loaded when they are there.
 * Their calls go to Xen only, which answers at once. SPDX-License-Identifier: BSD-2-Clause */
#include "base/clock.h"
#include "vm/xen/host.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <x86intrin.h>

#define LOOKS 5 /* at a processor, of which the quickest counts */

/* Bits of a domain's flags (xen/include/public/domctl.h, XEN_DOMINF_*). */
#define FLAG_DYING   1u
#define FLAG_SHUT    4u
#define FLAG_PAUSED  8u
#define REASON_SHIFT 16
#define REASON_MASK  255u

#define LOOK_MS 1000 /* should xenstored not tell of an end */

/* The beginning of struct xen_domctl_getdomaininfo, the same in 4.17 to 4.20; room for the rest,
 * of which the library knows how long it is. */
struct domain_info {
    uint16_t domid, pad;
    uint32_t flags;
    uint64_t tot_pages, unused[6];
    uint32_t vcpus, max_vcpu, ssidref;
    unsigned char uuid[16];
    uint8_t rest[932];
};
_Static_assert(offsetof(struct domain_info, uuid) == 76, "as in xen/include/public/domctl.h");

/* The functions that are used, as in xenctrl.h. */
struct functions {
    void *(*interface_open)(void *log, void *build_log, unsigned flags);
    int (*interface_close)(void *xc);
    int (*domain_unpause)(void *xc, uint32_t domid);
    int (*domain_destroy)(void *xc, uint32_t domid);
    int (*domain_getinfolist)(void *xc, uint32_t first, unsigned max, void *info);
    int (*domain_hvm_getcontext)(void *xc, uint32_t domid, uint8_t *data, uint32_t n);
};

static const struct {
    const char *name;
    size_t offset;
} names[] = {
    {"xc_interface_open", offsetof(struct functions, interface_open)},
    {"xc_interface_close", offsetof(struct functions, interface_close)},
    {"xc_domain_unpause", offsetof(struct functions, domain_unpause)},
    {"xc_domain_destroy", offsetof(struct functions, domain_destroy)},
    {"xc_domain_getinfolist", offsetof(struct functions, domain_getinfolist)},
    {"xc_domain_hvm_getcontext", offsetof(struct functions, domain_hvm_getcontext)},
};

/* And of libxenforeignmemory, without which a guest's memory stays its own (xenforeignmemory.h). */
struct memory_functions {
    void *(*open)(void *log, unsigned flags);
    int (*close)(void *memory);
    void *(*map)(void *memory, uint32_t domid, int prot, size_t pages, const uint64_t *frames,
                 int *errors);
    int (*unmap)(void *memory, void *page, size_t pages);
};

struct libs {
    struct functions f;
    struct memory_functions m;
    void *xc, *memory;
};

/* The functions, loaded once; NULL when they cannot be. libxenctrl must be that of the Xen below:
 * its calls are refused otherwise. */
static const struct functions *load(void)
{
    static struct functions f;
    static bool tried, good;
    char *version, *name;
    void *library;

    if (tried)
        return good ? &f : NULL;
    tried = true;
    version = xen_version(true);
    if (!version)
        return NULL;
    name = xasprintf("libxenctrl.so.%s", version);
    library = dlopen(name, RTLD_NOW);
    free(name);
    free(version);
    good = library != NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && good; i++) {
        void *symbol = dlsym(library, names[i].name);

        memcpy((char *)&f + names[i].offset, &symbol, sizeof symbol);
        good = symbol != NULL;
    }
    return good ? &f : NULL;
}

static int libs_find(struct xen_host *h, const char *uuid)
{
    struct libs *l = h->private;
    struct domain_info info;
    uint32_t next = 0;
    char text[XEN_UUID_SIZE];

    while (l->f.domain_getinfolist(l->xc, next, 1, &info) == 1) {
        xen_uuid_text(info.uuid, text);
        if (!strcmp(text, uuid) && !(info.flags & FLAG_DYING))
            return info.domid;
        next = info.domid + 1u;
    }
    return -1;
}

static bool libs_destroy(struct xen_host *h, int domid)
{
    struct libs *l = h->private;

    return l->f.domain_destroy(l->xc, (uint32_t)domid) == 0;
}

static bool libs_unpause(struct xen_host *h, int domid)
{
    struct libs *l = h->private;

    return l->f.domain_unpause(l->xc, (uint32_t)domid) == 0;
}

static enum xen_state libs_state(struct xen_host *h, int domid, struct xen_seen *seen)
{
    struct libs *l = h->private;
    struct domain_info info = {0};
    int n = l->f.domain_getinfolist(l->xc, (uint32_t)domid, 1, &info);

    if (n < 0)
        return XEN_RUNNING; /* cannot be told just now */
    if (n == 0 || info.domid != domid || info.flags & FLAG_DYING)
        return XEN_GONE;
    seen->mib = (double)info.tot_pages * XEN_PAGE / (1 << 20);
    seen->paused = info.flags & FLAG_PAUSED;
    if (!(info.flags & FLAG_SHUT))
        return XEN_RUNNING;
    seen->reason = (int)(info.flags >> REASON_SHIFT & REASON_MASK);
    return XEN_SHUT_DOWN;
}

/* Xen takes the guest's TSC at the beginning of this call. */
static bool libs_cpu(struct xen_host *h, int domid, struct xen_cpu *best)
{
    struct libs *l = h->private;
    int n = l->f.domain_hvm_getcontext(l->xc, (uint32_t)domid, NULL, 0), got;
    uint8_t *context = n > 0 ? xrealloc(NULL, (size_t)n) : NULL;
    bool known = false;

    for (int i = 0; i < LOOKS && context; i++) {
        double began = now_s();
        struct xen_cpu cpu = {.before = (long long)__rdtsc()};

        got = l->f.domain_hvm_getcontext(l->xc, (uint32_t)domid, context, (uint32_t)n);
        cpu.after = (long long)__rdtsc();
        cpu.took_s = now_s() - began;
        if (got <= 0 || !xen_context_cpu(context, (size_t)n, &cpu))
            continue;
        if (!known || cpu.after - cpu.before < best->after - best->before)
            *best = cpu;
        known = true;
    }
    free(context);
    return known;
}

static void *libs_map(struct xen_host *h, int domid, unsigned long long address)
{
    struct libs *l = h->private;
    uint64_t frame = address / XEN_PAGE;
    int error = 0;
    void *page =
        l->memory ? l->m.map(l->memory, (uint32_t)domid, PROT_READ | PROT_WRITE, 1, &frame, &error)
                  : NULL;

    if (!page || !error)
        return page;
    l->m.unmap(l->memory, page, 1);
    return NULL;
}

static void libs_unmap(struct xen_host *h, void *page)
{
    struct libs *l = h->private;

    l->m.unmap(l->memory, page, 1);
}

static void open_memory(struct libs *l)
{
    void *library = dlopen("libxenforeignmemory.so.1", RTLD_NOW);
    void *open = library ? dlsym(library, "xenforeignmemory_open") : NULL;
    void *close = library ? dlsym(library, "xenforeignmemory_close") : NULL;
    void *map = library ? dlsym(library, "xenforeignmemory_map") : NULL;
    void *unmap = library ? dlsym(library, "xenforeignmemory_unmap") : NULL;

    if (!open || !close || !map || !unmap)
        return;
    memcpy(&l->m.open, &open, sizeof open);
    memcpy(&l->m.close, &close, sizeof close);
    memcpy(&l->m.map, &map, sizeof map);
    memcpy(&l->m.unmap, &unmap, sizeof unmap);
    l->memory = l->m.open(NULL, 0);
}

static void libs_close(struct xen_host *h)
{
    struct libs *l = h->private;

    if (l->memory)
        l->m.close(l->memory);
    if (l->xc)
        l->f.interface_close(l->xc);
    free(l);
}

bool xen_libs_open(struct xen_host *h)
{
    const struct functions *f = load();
    struct domain_info dom0;
    struct libs *l;

    if (!f)
        return false;
    l = xrealloc(NULL, sizeof *l);
    *l = (struct libs){.f = *f, .xc = f->interface_open(NULL, NULL, 0)};
    h->private = l;
    if (!l->xc || f->domain_getinfolist(l->xc, 0, 1, &dom0) != 1) {
        libs_close(h);
        return false;
    }
    open_memory(l);
    h->poll_ms = LOOK_MS;
    h->find = libs_find;
    h->unpause = libs_unpause;
    h->state = libs_state;
    h->cpu = libs_cpu;
    h->map = libs_map;
    h->unmap = libs_unmap;
    h->destroy = libs_destroy;
    h->close = libs_close;
    return true;
}
