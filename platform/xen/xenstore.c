/* SPDX-License-Identifier: BSD-2-Clause */
/* xenstore over the ring shared with xenstored: see xenstore.h. */
#include "xen/xenstore.h"
#include "base/lock.h"
#include "mm/vm.h"
#include "xen/xen.h"
#include <errno.h>
#include <string.h>

#define SHUTDOWN_NODE "control/shutdown" /* xen/docs/misc/xenstore-paths.pandoc */
#define PATIENCE      5000000000ull      /* ns that xenstored may take for an answer */
#define REQUEST       1                  /* the requests that are waited for carry this id */
#define UNASKED       0                  /* and those that are not, this */

static struct xenstore_domain_interface *ring; /* NULL: there is none, or nobody has looked yet */
static evtchn_port_t port;
static bool opened;
static struct lock lock;

static bool have_ring(void)
{
    if (!opened) {
        uint64_t pfn = xen_hvm_param(HVM_PARAM_STORE_PFN);
        opened = true;
        port = (evtchn_port_t)xen_hvm_param(HVM_PARAM_STORE_EVTCHN);
        if (pfn != 0 && port != 0)
            ring = vm_map_page(pfn << 12, VM_RW);
    }
    return ring != 0;
}

/* Free bytes for requests; bytes of replies. Beyond the ring's size: the index is nonsense. */
static uint32_t room(void)
{
    return XENSTORE_RING_SIZE -
           (ring->req_prod - __atomic_load_n(&ring->req_cons, __ATOMIC_ACQUIRE));
}

static uint32_t there(void)
{
    return __atomic_load_n(&ring->rsp_prod, __ATOMIC_ACQUIRE) - ring->rsp_cons;
}

/* Waits until count() is not 0. Returns it, or 0 when xenstored is silent or talks nonsense. */
static uint32_t wait_for(uint32_t (*count)(void))
{
    uint32_t n = count();
    if (n == 0) {
        uint64_t until = xen_now() + PATIENCE;
        for (xen_clear(port); (n = count()) == 0 && xen_now() < until; xen_clear(port))
            xen_wait(port, until);
    }
    return n <= XENSTORE_RING_SIZE ? n : 0;
}

static int put(const void *data, size_t n)
{
    for (const char *from = data; n > 0;) {
        uint32_t chunk = wait_for(room), at = MASK_XENSTORE_IDX(ring->req_prod);
        if (chunk == 0)
            return -EIO;
        if (chunk > n)
            chunk = (uint32_t)n;
        if (chunk > XENSTORE_RING_SIZE - at)
            chunk = XENSTORE_RING_SIZE - at;
        memcpy(ring->req + at, from, chunk);
        __atomic_store_n(&ring->req_prod, ring->req_prod + chunk, __ATOMIC_RELEASE);
        from += chunk;
        n -= chunk;
        if (n > 0)
            xen_send(port);
    }
    return 0;
}

/* Takes n bytes, the first of them, as many as there is space for, to data. */
static int take(void *data, size_t space, size_t n)
{
    for (char *to = data; n > 0;) {
        uint32_t chunk = wait_for(there), cons = ring->rsp_cons, at = MASK_XENSTORE_IDX(cons);
        if (chunk == 0)
            return -EIO;
        if (chunk > n)
            chunk = (uint32_t)n;
        if (chunk > XENSTORE_RING_SIZE - at)
            chunk = XENSTORE_RING_SIZE - at;
        size_t kept = chunk < space ? chunk : space;
        memcpy(to, ring->rsp + at, kept);
        __atomic_store_n(&ring->rsp_cons, cons + chunk, __ATOMIC_SEQ_CST);
        to += kept;
        space -= kept;
        n -= chunk;
        if (__atomic_load_n(&ring->rsp_prod, __ATOMIC_SEQ_CST) - cons >= XENSTORE_RING_SIZE)
            xen_send(port); /* the ring was full: xenstored may wait for space */
    }
    return 0;
}

/* A request of a path and, after its NUL, n bytes more. */
static int ask(uint32_t type, uint32_t id, const char *path, const char *more, size_t n)
{
    size_t length = strlen(path) + 1;
    struct xsd_sockmsg head = {.type = type, .req_id = id, .len = (uint32_t)(length + n)};
    if (!have_ring())
        return -ENODEV;
    if (length + n > XENSTORE_PAYLOAD_MAX)
        return -E2BIG;
    int error = put(&head, sizeof head);
    if (error == 0)
        error = put(path, length);
    if (error == 0)
        error = put(more, n);
    if (error == 0)
        xen_send(port);
    return error;
}

static bool fired; /* the watch has */
static void (*when_shut_down)(void);

/*
 * The next message: its head, and its payload as far as there is space, with a NUL. What is no
 * answer to a request is dealt with here.
 */
static int next(struct xsd_sockmsg *head, char *payload, size_t size)
{
    int error = take(head, sizeof *head, sizeof *head);
    if (error == 0 && head->len > XENSTORE_PAYLOAD_MAX)
        error = -EIO;
    if (error == 0)
        error = take(payload, size - 1, head->len);
    if (error != 0)
        return error;
    payload[head->len < size - 1 ? head->len : size - 1] = '\0';
    if (head->type == XS_WATCH_EVENT && strcmp(payload, SHUTDOWN_NODE) == 0)
        fired = true;
    return 0;
}

static int error_of(const char *name)
{
    return strcmp(name, "ENOENT") == 0 ? -ENOENT : strcmp(name, "EACCES") == 0 ? -EACCES : -EIO;
}

/* The answer to the request of this type. Returns its length, or -errno. */
static long answer(uint32_t type, char *value, size_t size)
{
    struct xsd_sockmsg head;
    do {
        int error = next(&head, value, size);
        if (error != 0)
            return error;
    } while (head.req_id != REQUEST || head.type == XS_WATCH_EVENT);
    if (head.type == XS_ERROR)
        return error_of(value);
    return head.type == type ? (long)head.len : -EIO;
}

long xenstore_read(const char *path, char *value, size_t size)
{
    if (size < XENSTORE_VALUE_LEAST)
        return -EINVAL;
    unsigned long flags = lock_take(&lock);
    long result = ask(XS_READ, REQUEST, path, 0, 0);
    if (result == 0)
        result = answer(XS_READ, value, size);
    lock_drop(&lock, flags);
    return result;
}

int xenstore_write(const char *path, const char *value)
{
    unsigned long flags = lock_take(&lock);
    int result = ask(XS_WRITE, REQUEST, path, value, strlen(value));
    if (result == 0) {
        char text[XENSTORE_VALUE_LEAST];
        long length = answer(XS_WRITE, text, sizeof text);
        result = length < 0 ? (int)length : 0;
    }
    lock_drop(&lock, flags);
    return result;
}

void xenstore_tell(const char *path, const char *value)
{
    unsigned long flags = lock_take(&lock);
    ask(XS_WRITE, UNASKED, path, value, strlen(value));
    lock_drop(&lock, flags);
}

/* The token that comes back with the event is the node's name once more. */
void xenstore_watch_shutdown(void (*wanted)(void))
{
    static const char node[] = SHUTDOWN_NODE;
    when_shut_down = wanted;
    unsigned long flags = lock_take(&lock);
    ask(XS_WATCH, UNASKED, node, node, sizeof node);
    lock_drop(&lock, flags);
}

/* A watch fires once when it is set: whether the node says something is looked up. */
void xenstore_event(uint32_t rung)
{
    struct xsd_sockmsg head;
    char text[32];
    if (ring == 0 || rung != port)
        return;
    unsigned long flags = lock_take(&lock);
    while (there() != 0 && next(&head, text, sizeof text) == 0)
        ;
    bool look = fired;
    fired = false;
    lock_drop(&lock, flags);
    if (look && xenstore_read(SHUTDOWN_NODE, text, sizeof text) > 0 &&
        strcmp(text, "suspend") != 0) {
        xenstore_write(SHUTDOWN_NODE, ""); /* acknowledge */
        when_shut_down();
    }
}
