/* A section of an ELF file, whose bytes may be anything.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_SECTION_H
#define LIMPET_SECTION_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>

/* Reads the header of section i of a file with the header e. False: it, or what it names, does not
 * lie in the file. Pure. */
bool section_at(const char *data, size_t n, const Elf64_Ehdr *e, unsigned i, Elf64_Shdr *s);

#endif
