/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of a number in the opposite order, as in glibc. */
#ifndef LIMPET_BYTESWAP_H
#define LIMPET_BYTESWAP_H

#define bswap_16(x) __builtin_bswap16(x)
#define bswap_32(x) __builtin_bswap32(x)
#define bswap_64(x) __builtin_bswap64(x)

#endif
