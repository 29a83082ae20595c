/* SPDX-License-Identifier: BSD-2-Clause */
/* COM1: a 16550 UART, as QEMU, KVM tools and PCs have it. */
#ifndef PLATFORM_KVM_UART_H
#define PLATFORM_KVM_UART_H

#include <stddef.h>

void uart_init(void);
void uart_write(const char *text, size_t n);
int uart_getc(void); /* -1: nothing there */

#endif
