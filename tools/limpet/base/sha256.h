/* SHA-256 (FIPS 180-4), for the hash that names an image.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_SHA256_H
#define LIMPET_SHA256_H

#include <stddef.h>

#define SHA256_HEX_SIZE 65

/* Writes the hash as 64 lower-case hexadecimal digits and a NUL. */
void sha256_hex(const void *data, size_t n, char hex[SHA256_HEX_SIZE]);

#endif
