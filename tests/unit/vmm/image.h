/* SPDX-License-Identifier: BSD-2-Clause */
/* A small image as limpet-vmm takes it, for the unit tests of its loader and the fuzzer's seeds. */
#ifndef TESTS_VMM_IMAGE_H
#define TESTS_VMM_IMAGE_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "vmm/abi.h"

#define TEXT 0x100000u
#define DATA 0x104000u

/* Two segments, the second with memory behind its bytes; page tables and a GDT in it. */
struct test_image {
    Elf64_Ehdr eh;
    Elf64_Phdr text, data, note;
    struct {
        Elf64_Nhdr head;
        char owner[4];
        uint32_t entry;
    } xen;
    struct {
        Elf64_Nhdr head;
        char owner[8];
        struct vmm_note note;
    } __attribute__((packed)) limpet;
    uint8_t bytes[64];
} __attribute__((packed));

static inline void make_image(struct test_image *i)
{
    *i = (struct test_image){
        .eh = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
               .e_type = ET_EXEC,
               .e_machine = EM_X86_64,
               .e_phoff = offsetof(struct test_image, text),
               .e_phentsize = sizeof(Elf64_Phdr),
               .e_phnum = 3},
        .text = {.p_type = PT_LOAD, .p_paddr = TEXT, .p_filesz = 64, .p_memsz = 64},
        .data = {.p_type = PT_LOAD, .p_paddr = DATA, .p_filesz = 8, .p_memsz = 0x3000},
        .note = {.p_type = PT_NOTE,
                 .p_offset = offsetof(struct test_image, xen),
                 .p_filesz = sizeof i->xen + sizeof i->limpet},
        .xen = {{4, 4, 18}, "Xen", TEXT + 16},
        .limpet = {{7, sizeof(struct vmm_note), VMM_NOTE_LONG},
                   "Limpet",
                   {.entry = TEXT + 32,
                    .cr3 = DATA,
                    .gdt = DATA + 0x2000,
                    .gdt_limit = 47,
                    .links = {{DATA, 1}, {DATA + 8, 2}, {DATA + 0x1000, 3}, {DATA + 0x2ff8, 4}}}},
    };
    i->text.p_offset = i->data.p_offset = offsetof(struct test_image, bytes);
    memset(i->bytes, 0x90, sizeof i->bytes);
}

#endif
