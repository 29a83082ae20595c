/* xenstored by its socket, with a deadline for every wait. libxenstore has none; and without the
 * socket it asks a device of the kernel's, where a process waits for ever and not even SIGKILL
 * ends it.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_XEN_STORE_H
#define LIMPET_XEN_STORE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

struct xen_store {
    int fd;         /* readable when a watch has fired; -1 once xenstored is lost */
    uint32_t asked; /* the number of the last request */
    struct buf in;  /* the beginning of a message */
};

/* Connects and reads a key. Returns NULL, or what is wrong (words to follow "xenstored "). */
const char *xen_store_open(struct xen_store *s);
void xen_store_close(struct xen_store *s);

/* Does it answer? Once it did not in time, it is lost: all of these fail at once. */
bool xen_store_answers(struct xen_store *s);

/* The value of a node, or NULL; caller frees. */
char *xen_store_read(struct xen_store *s, const char *path);
bool xen_store_write(struct xen_store *s, const char *path, const char *text);

/* Removes a node with all below it. */
bool xen_store_remove(struct xen_store *s, const char *path);

/* Appends the names of the nodes right below one. */
bool xen_store_list(struct xen_store *s, const char *path, struct args *names);

/* From now on fd is readable after every change of the node, and once at once. A change during
 * another request is not told. */
bool xen_store_watch(struct xen_store *s, const char *path);

/* Takes in the watches that have fired. */
void xen_store_drain(struct xen_store *s);

#endif
