/* Xen's dom0 by its libraries, libxenstore and libxenctrl, loaded when they are there.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "limpet.h"
#include "xen_host.h"

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
#define REASON_SHIFT 16
#define REASON_MASK  255u

/* The beginning of struct xen_domctl_getdomaininfo, the same in 4.17 to 4.20; room for the rest,
 * of which the library knows how long it is. */
struct domain_info {
    uint16_t domid, pad;
    uint32_t flags;
    uint64_t tot_pages;
    uint8_t rest[1008];
};

/* The functions that are used, as in xenstore.h and xenctrl.h. */
struct functions {
    void *(*xs_open)(unsigned long flags);
    void (*xs_close)(void *xs);
    bool (*xs_watch)(void *xs, const char *path, const char *token);
    int (*xs_fileno)(void *xs);
    char **(*xs_check_watch)(void *xs);
    void *(*xs_read)(void *xs, uint32_t transaction, const char *path, unsigned *n);
    bool (*xs_write)(void *xs, uint32_t transaction, const char *path, const void *data,
                     unsigned n);
    char **(*xs_directory)(void *xs, uint32_t transaction, const char *path, unsigned *n);
    void *(*xc_interface_open)(void *log, void *build_log, unsigned flags);
    int (*xc_interface_close)(void *xc);
    int (*xc_domain_unpause)(void *xc, uint32_t domid);
    int (*xc_domain_getinfolist)(void *xc, uint32_t first, unsigned max, void *info);
    int (*xc_domain_hvm_getcontext)(void *xc, uint32_t domid, uint8_t *data, uint32_t n);
};

#define XS(name)                                                                                   \
    {                                                                                              \
#name, offsetof(struct functions, name), false                                             \
    }
#define XC(name)                                                                                   \
    {                                                                                              \
#name, offsetof(struct functions, name), true                                              \
    }
static const struct {
    const char *name;
    size_t offset;
    bool in_ctrl;
} names[] = {
    XS(xs_open),
    XS(xs_close),
    XS(xs_watch),
    XS(xs_fileno),
    XS(xs_check_watch),
    XS(xs_read),
    XS(xs_write),
    XS(xs_directory),
    XC(xc_interface_open),
    XC(xc_interface_close),
    XC(xc_domain_unpause),
    XC(xc_domain_getinfolist),
    XC(xc_domain_hvm_getcontext),
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
    void *xs, *xc, *memory;
    unsigned length; /* of what was read last: the library wants a place for it, and ends texts
                        with a NUL */
};

/* The functions, loaded once; NULL when they cannot be. libxenctrl must be that of the Xen below:
 * its calls are refused otherwise. */
static const struct functions *load(void)
{
    static struct functions f;
    static bool tried, good;
    void *store, *ctrl;
    char *version, *name;

    if (tried)
        return good ? &f : NULL;
    tried = true;
    version = xen_version(true);
    if (!version)
        return NULL;
    name = xasprintf("libxenctrl.so.%s", version);
    store = dlopen("libxenstore.so.4", RTLD_NOW);
    ctrl = dlopen(name, RTLD_NOW);
    free(name);
    free(version);
    good = store && ctrl;
    for (size_t i = 0; i < sizeof names / sizeof *names && good; i++) {
        void *symbol = dlsym(names[i].in_ctrl ? ctrl : store, names[i].name);

        memcpy((char *)&f + names[i].offset, &symbol, sizeof symbol);
        good = symbol != NULL;
    }
    return good ? &f : NULL;
}

static void libs_drain(struct xen_host *h)
{
    struct libs *l = h->private;
    char **event;

    while ((event = l->f.xs_check_watch(l->xs)))
        free(event);
}

static char *libs_read(struct xen_host *h, const char *path)
{
    struct libs *l = h->private;
    return l->f.xs_read(l->xs, 0, path, &l->length);
}

static bool libs_write(struct xen_host *h, const char *path, const char *text)
{
    struct libs *l = h->private;

    return l->f.xs_write(l->xs, 0, path, text, (unsigned)strlen(text));
}

static int libs_find(struct xen_host *h, const char *name)
{
    struct libs *l = h->private;
    unsigned n = 0;
    char **list = l->f.xs_directory(l->xs, 0, "/local/domain", &n);
    int found = -1;

    for (unsigned i = 0; list && i < n && found < 0; i++) {
        char *path = xasprintf("/local/domain/%s/name", list[i]), *value = libs_read(h, path);

        if (value && !strcmp(value, name))
            found = atoi(list[i]);
        free(value);
        free(path);
    }
    free(list);
    return found;
}

static bool libs_unpause(struct xen_host *h, int domid)
{
    struct libs *l = h->private;

    return l->f.xc_domain_unpause(l->xc, (uint32_t)domid) == 0;
}

static enum xen_state libs_state(struct xen_host *h, int domid, struct xen_seen *seen)
{
    struct libs *l = h->private;
    struct domain_info info = {0};
    int n = l->f.xc_domain_getinfolist(l->xc, (uint32_t)domid, 1, &info);

    if (n < 0)
        return XEN_RUNNING; /* cannot be told just now */
    if (n == 0 || info.domid != domid || info.flags & FLAG_DYING)
        return XEN_GONE;
    seen->mib = (double)info.tot_pages * XEN_PAGE / (1 << 20);
    if (!(info.flags & FLAG_SHUT))
        return XEN_RUNNING;
    seen->reason = (int)(info.flags >> REASON_SHIFT & REASON_MASK);
    return XEN_SHUT_DOWN;
}

/* Xen takes the guest's TSC at the beginning of this call. */
static bool libs_cpu(struct xen_host *h, int domid, struct xen_cpu *best)
{
    struct libs *l = h->private;
    int n = l->f.xc_domain_hvm_getcontext(l->xc, (uint32_t)domid, NULL, 0), got;
    uint8_t *context = n > 0 ? xrealloc(NULL, (size_t)n) : NULL;
    bool known = false;

    for (int i = 0; i < LOOKS && context; i++) {
        double began = now_s();
        struct xen_cpu cpu = {.before = (long long)__rdtsc()};

        got = l->f.xc_domain_hvm_getcontext(l->xc, (uint32_t)domid, context, (uint32_t)n);
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
    if (l->xs)
        l->f.xs_close(l->xs);
    if (l->xc)
        l->f.xc_interface_close(l->xc);
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
    *l = (struct libs){.f = *f, .xs = f->xs_open(0)};
    *h = (struct xen_host){.private = l,
                           .poll_ms = -1,
                           .drain = libs_drain,
                           .find = libs_find,
                           .read = libs_read,
                           .write = libs_write,
                           .unpause = libs_unpause,
                           .state = libs_state,
                           .cpu = libs_cpu,
                           .map = libs_map,
                           .unmap = libs_unmap,
                           .close = libs_close};
    l->xc = l->xs ? f->xc_interface_open(NULL, NULL, 0) : NULL;
    if (l->xc && f->xc_domain_getinfolist(l->xc, 0, 1, &dom0) == 1 &&
        f->xs_watch(l->xs, "@releaseDomain", "end")) {
        h->events = f->xs_fileno(l->xs);
        open_memory(l);
        return true;
    }
    libs_close(h);
    return false;
}
