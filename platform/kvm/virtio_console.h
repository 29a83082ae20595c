/* SPDX-License-Identifier: BSD-2-Clause */
/* A virtio console on microvm's memory-mapped transports: a request for a page, not for 16 bytes.
 */
#ifndef PLATFORM_KVM_VIRTIO_CONSOLE_H
#define PLATFORM_KVM_VIRTIO_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

/* Is there one, and does it answer? Looks once, and starts it. */
bool virtio_console_found(void);

/* Once it was found; as in struct platform. */
void virtio_console_write(const char *text, size_t n);
long virtio_console_read(char *buf, size_t n);
bool virtio_console_listen(void);
void virtio_console_event(void);

#endif
