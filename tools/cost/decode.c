// SPDX-License-Identifier: BSD-2-Clause
// What the plugin must know of an x86 instruction.

#include "decode.h"

#include <string.h>

// In 32-bit code 40…4f are no prefixes but whole instructions: nothing follows them, so they need
// no telling apart.
enum kind decode(const unsigned char *p, size_t size, bool *repeated)
{
    const unsigned char *limit = p + size;
    *repeated = false;
    for (; p < limit; p++) {
        if (*p == 0xf2 || *p == 0xf3)
            *repeated = true;
        else if (!memchr("\x26\x2e\x36\x3e\x64\x65\x66\x67\xf0", *p, 9) && (*p & 0xf0) != 0x40)
            break;
    }
    if (p == limit)
        return PLAIN;
    if (*p == 0x0f) {
        int second = p + 1 < limit ? p[1] : -1;
        return second == 0xa2 ? CPUID : second == 0x30 ? WRMSR : second == 0x32 ? RDMSR : PLAIN;
    }
    if ((*p >= 0xe4 && *p <= 0xe7) || (*p >= 0xec && *p <= 0xef))
        return PORT;
    switch (*p & 0xfe) {
    case 0x6c:
        return INS;
    case 0x6e:
        return OUTS;
    case 0xa4:
        return MOVS;
    case 0xa6:
        return CMPS;
    case 0xaa:
        return STOS;
    case 0xac:
        return LODS;
    case 0xae:
        return SCAS;
    default:
        return PLAIN;
    }
}
