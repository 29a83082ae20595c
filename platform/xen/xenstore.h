/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of xenstore (docs/misc/xenstore.txt, xen/io/xs_wire.h): the tree in which domain 0 keeps
 * what it knows of domains. Paths without a leading slash are below the domain's own node. A
 * request stops this machine until its answer is there; a domain without a xenstore gets -ENODEV.
 */
#ifndef PLATFORM_XEN_XENSTORE_H
#define PLATFORM_XEN_XENSTORE_H

#include <stddef.h>
#include <stdint.h>

#define XENSTORE_VALUE_LEAST 16 /* bytes; an error's name must fit, too */

/*
 * Copies at most size - 1 bytes of the node's value and a NUL. Returns the value's whole length, or
 * -errno: -ENOENT no such node, -EACCES not for us, -EINVAL size below XENSTORE_VALUE_LEAST, -EIO
 * anything else.
 */
long xenstore_read(const char *path, char *value, size_t size);

/* Writes a node, making it where it is not. 0, or -errno. */
int xenstore_write(const char *path, const char *value);

/* The same, but does not wait to hear whether it worked: last words. */
void xenstore_tell(const char *path, const char *value);

/* From now on calls wanted() out of xenstore_event() when domain 0 asks the domain to shut down. */
void xenstore_watch_shutdown(void (*wanted)(void));

/* The event channel port has rung. */
void xenstore_event(uint32_t port);

#endif
