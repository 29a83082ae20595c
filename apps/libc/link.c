/* SPDX-License-Identifier: BSD-2-Clause */
/* dl_iterate_phdr(): the program's segments by the linker script's symbols; its own headers are not
 * in memory. */
#include <link.h>

extern const char __text_start[], __rodata_start[], __data_start[], __image_end[];
extern const char __eh_frame_hdr_start[] __attribute__((weak)); /* of limpet-c++ alone */
extern const char __eh_frame_hdr_end[] __attribute__((weak));

static Elf64_Phdr segment(Elf64_Word type, Elf64_Word flags, const char *from, const char *to)
{
    Elf64_Addr start = (Elf64_Addr)from;
    Elf64_Xword size = (Elf64_Xword)(to - from);
    return (Elf64_Phdr){.p_type = type,
                        .p_flags = flags,
                        .p_vaddr = start,
                        .p_paddr = start,
                        .p_filesz = size,
                        .p_memsz = size};
}

int dl_iterate_phdr(int (*function)(struct dl_phdr_info *info, size_t size, void *argument),
                    void *argument)
{
    Elf64_Phdr headers[] = {
        segment(PT_LOAD, PF_R | PF_X, __text_start, __rodata_start),
        segment(PT_LOAD, PF_R, __rodata_start, __data_start),
        segment(PT_LOAD, PF_R | PF_W, __data_start, __image_end),
        segment(PT_GNU_EH_FRAME, PF_R, __eh_frame_hdr_start, __eh_frame_hdr_end),
    };
    struct dl_phdr_info info = {
        .dlpi_name = "", .dlpi_phdr = headers, .dlpi_phnum = __eh_frame_hdr_start == 0 ? 3 : 4};
    return function(&info, sizeof(info), argument);
}
