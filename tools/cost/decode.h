// SPDX-License-Identifier: BSD-2-Clause
// What the plugin must know of an x86 instruction (Intel SDM vol. 2, appendix A).
#ifndef COST_DECODE_H
#define COST_DECODE_H

#include <stdbool.h>
#include <stddef.h>

enum kind { PLAIN, PORT, CPUID, RDMSR, WRMSR, INS, OUTS, MOVS, CMPS, STOS, LODS, SCAS };

// The kind of an instruction, from its bytes; repeated: does it begin with rep or repne?
enum kind decode(const unsigned char *p, size_t size, bool *repeated);

#endif
