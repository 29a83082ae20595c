/* SPDX-License-Identifier: BSD-2-Clause */
/* The image's own symbol table, which tools/image/mksym makes after a first link. */
#ifndef KERNEL_SYMBOLS_H
#define KERNEL_SYMBOLS_H

#include <stdint.h>

extern const uint32_t limpet_symbol_count;
extern const uint32_t limpet_symbols[];  /* functions' addresses, ascending */
extern const char limpet_symbol_names[]; /* their names, one after the other */
extern const char limpet_image_name[];   /* "hello" of hello.elf */

/* Names the function that address lies in, and the offset in it; "?" when there is none. */
const char *symbol_name(uint64_t address, uint64_t *offset);

#endif
