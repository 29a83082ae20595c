/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes as letters, by which a guest hands files to the host tool: RFC 4648, section 4. */
#ifndef KERNEL_BASE64_H
#define KERNEL_BASE64_H

#include <stddef.h>
#include <stdint.h>

/* Letters for n bytes. */
#define BASE64_LETTERS(n) (((n) + 2) / 3 * 4)

/* Writes the letters of n bytes, without a NUL; returns how many. */
size_t base64(const uint8_t *bytes, size_t n, char *out);

#endif
