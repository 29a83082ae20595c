/* SPDX-License-Identifier: BSD-2-Clause */
/* What of the program lies where in memory, as unwinders of exceptions ask. */
#ifndef LINK_H
#define LINK_H

#include <elf.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ElfW(type) Elf64_##type

/* As in the System V ABI's gABI; there is one program and no shared library. */
struct dl_phdr_info {
    Elf64_Addr dlpi_addr;        /* 0: it runs where it was linked to */
    const char *dlpi_name;       /* "", as of the main program elsewhere */
    const Elf64_Phdr *dlpi_phdr; /* PT_LOAD, and PT_GNU_EH_FRAME in what limpet-c++ linked */
    Elf64_Half dlpi_phnum;
};

/* Calls FUNCTION once, and returns what it does. */
int dl_iterate_phdr(int (*function)(struct dl_phdr_info *info, size_t size, void *argument),
                    void *argument);

#ifdef __cplusplus
}
#endif

#endif
