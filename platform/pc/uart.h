/* SPDX-License-Identifier: BSD-2-Clause */
/* COM1: a 16550 UART, as QEMU, KVM tools and PCs have it. */
#ifndef PLATFORM_KVM_UART_H
#define PLATFORM_KVM_UART_H

#include <stdbool.h>
#include <stddef.h>

void uart_init(void);
void uart_write(const char *text, size_t n);
long uart_read(char *buf, size_t n); /* what is there */

/* From now on input raises VECTOR_EVENT. False: this machine has no way for it. has_levels: what
 * the UART says of its FIFO's level is true, so that many bytes can be read at once. */
bool uart_listen(bool has_levels);

#endif
