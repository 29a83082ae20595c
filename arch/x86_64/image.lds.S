/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The image: one ELF64 at 1 MiB, identity-mapped, text read-execute, rodata read-only, the rest
 * read-write and never executable. The linker, which knows every address, also lays down what a
 * boot would otherwise compute in loops: the page table of the first 2 MiB, the GDT and the IDT.
 */
#include "cpu.h"

OUTPUT_FORMAT(elf64-x86-64)
ENTRY(linux64_door)

PHDRS
{
    text PT_LOAD FLAGS(5);
    rodata PT_LOAD FLAGS(4);
    data PT_LOAD FLAGS(6);
    note PT_NOTE FLAGS(4);
    tls PT_TLS FLAGS(4);
    stack PT_GNU_STACK FLAGS(6);
#ifdef RUNNABLE /* Linux starts tools/image/exec.c in its place */
    interpreter PT_INTERP;
#endif
}

/*
 * One entry of the first page table. The boot stack's guard is not present; the first 64 KiB are, but not
 * globally, until the loader's structures, which may lie there, have been read (paging_drop_null()).
 */
#define TEXT (PTE_P | PTE_A | PTE_G)
#define RO   (PTE_P | PTE_A | PTE_G | PTE_NX)
#define RW   (PTE_DATA | PTE_G)
#define NULLS (PTE_P | PTE_A | PTE_NX)
#define PTE(a)                                                                                     \
    QUAD((a) == ABSOLUTE(__boot_stack_guard)                                         ? 0           \
         : (a) < 0x10000                                                             ? (a) | NULLS \
         : (a) >= ABSOLUTE(__text_start) && (a) < ABSOLUTE(__rodata_start)           ? (a) | TEXT  \
         : (a) >= ABSOLUTE(__rodata_start) && (a) < ABSOLUTE(__data_start)           ? (a) | RO    \
                                                                                     : (a) | RW)
#define PTE8(a)                                                                                    \
    PTE(a) PTE(a + 0x1000) PTE(a + 0x2000) PTE(a + 0x3000)                                         \
    PTE(a + 0x4000) PTE(a + 0x5000) PTE(a + 0x6000) PTE(a + 0x7000)
#define PTE64(a)                                                                                   \
    PTE8(a) PTE8(a + 0x8000) PTE8(a + 0x10000) PTE8(a + 0x18000)                                   \
    PTE8(a + 0x20000) PTE8(a + 0x28000) PTE8(a + 0x30000) PTE8(a + 0x38000)

/* One interrupt gate (Intel SDM vol. 3A, 6.14.1): stub n stands at trap_stubs + 16 n. */
#define GATE(n, ist)                                                                               \
    QUAD(((ABSOLUTE(trap_stubs) + (n) * 16) & 0xffff) | SEL_CODE64 << 16 | (ist) << 32 |           \
         0x8e << 40 | ((ABSOLUTE(trap_stubs) + (n) * 16) & 0xffff0000) << 32)                      \
    QUAD(0)
#define GATE4(n, ist) GATE(n, ist) GATE(n + 1, ist) GATE(n + 2, ist) GATE(n + 3, ist)

SECTIONS
{
    . = 0x100000;
    .text : {
        __text_start = .;
        KEEP(*(.text.linux32_door)) /* the first byte of what a .bz loads */
        KEEP(*(.text.door))         /* the multiboot headers must lie in the first 8 KiB */
        ASSERT(. <= __text_start + 0x200, "the doors must lie before the 64-bit one of Linux");
        . = __text_start + 0x200;
        KEEP(*(.text.linux64_door))
        *(.text.boot)
        *liblimpet.a:*(.text .text.*)
        *liblimpet_observe.a:*(.text .text.*)
        *libc.a:*(.text .text.*) /* the kernel uses its string functions */
        __kernel_text_end = .;
        *(.text .text.*)
        . = ALIGN(0x1000);
    } :text

    .rodata : {
        __rodata_start = .;
        *(.rodata .rodata.*)
        . = ALIGN(16);
        __idt_start = .;
        /* exceptions on interrupt stack 1, interrupts on 2, page faults on 3 (cpu.h) */
        GATE4(0, 1) GATE4(4, 1) GATE4(8, 1)
        GATE(12, 1) GATE(13, 1) GATE(VECTOR_PF, 3) GATE(15, 1)
        GATE4(16, 1) GATE4(20, 1) GATE4(24, 1) GATE4(28, 1)
        GATE4(32, 2) GATE4(36, 2) GATE4(40, 2)
        GATE(44, 2) GATE(45, 2) GATE(VECTOR_FAULT, 1) GATE(VECTOR_SPURIOUS, 2)
        __idt_end = .;
        . = ALIGN(8);
        __init_array_start = .;
        KEEP(*(.preinit_array))
        KEEP(*(SORT_BY_INIT_PRIORITY(.init_array.*) .init_array))
        __init_array_end = .;
        __fini_array_start = .;
        KEEP(*(.fini_array .fini_array.*))
        __fini_array_end = .;
    } :rodata
#ifdef UNWIND_TABLES /* what exceptions are thrown by: images that limpet-c++ links */
    .eh_frame_hdr : {
        __eh_frame_hdr_start = .;
        *(.eh_frame_hdr)
        __eh_frame_hdr_end = .;
    } :rodata
    .eh_frame : { KEEP(*(.eh_frame)) } :rodata
    .gcc_except_table : { *(.gcc_except_table .gcc_except_table.*) } :rodata
#else
    /DISCARD/ : { *(.eh_frame .gcc_except_table .gcc_except_table.*) }
#endif
    .note.Xen : { KEEP(*(.note.Xen)) } :rodata :note
    .note.Limpet : { KEEP(*(.note.Limpet)) } :rodata :note
    .limpet.symbols : { KEEP(*(.limpet.symbols)) } :rodata
#ifdef RUNNABLE
    .interp : { KEEP(*(.interp)) } :rodata :interpreter
#endif
    .tdata : ALIGN(64) {
        __tdata_start = .;
        *(.tdata .tdata.* .gnu.linkonce.td.*)
    } :rodata :tls
    .tbss : { *(.tbss .tbss.* .gnu.linkonce.tb.* .tcommon) } :rodata :tls
    __tdata_size = SIZEOF(.tdata);
    __tls_size = SIZEOF(.tdata) == 0 ? SIZEOF(.tbss)
               : SIZEOF(.tbss) == 0 ? SIZEOF(.tdata)
                                    : ADDR(.tbss) + SIZEOF(.tbss) - ADDR(.tdata);
    __tls_align = MAX(ALIGNOF(.tdata), ALIGNOF(.tbss));
    __tls_room = __tls_size == 0 ? 0 : __tls_size + 2 * MAX(64, __tls_align) + 128; /* what aligning them may take */
    ASSERT(__tls_align <= 0x1000, "thread-local variables can be aligned to 4096 bytes at most")

    .data ALIGN(0x1000) : {
        __data_start = .;
        *(.pagetables)
        __pt0 = .;
        PTE64(0x0) PTE64(0x40000) PTE64(0x80000) PTE64(0xc0000)
        PTE64(0x100000) PTE64(0x140000) PTE64(0x180000) PTE64(0x1c0000)
        KEEP(*(.data.tss)) /* known to the GDT below only */
        . = ALIGN(32);
        boot_readers = .;
        *(.data.boot_reader)
        boot_readers_end = .;
        __gcov_info_start = .; /* of objects with --coverage: kernel/observe/coverage.c */
        KEEP(*(.gcov_info))
        __gcov_info_end = .;
        *(.data .data.*)
        . = ALIGN(16);
        __gdt = .;
        QUAD(0)
        QUAD(0x00af9b000000ffff) /* SEL_CODE64 */
        QUAD(0x00cf93000000ffff) /* SEL_DATA */
        /* SEL_TSS: limit 0x67, available 64-bit TSS (SDM vol. 3A, 7.2.3); ltr sets the busy bit */
        QUAD(0x0000890000000067 | (ABSOLUTE(boot_tss) & 0xffffff) << 16 |
             (ABSOLUTE(boot_tss) & 0xff000000) << 32)
        QUAD(0)
        QUAD(0x00cf9b000000ffff) /* SEL_CODE32, for the way up only */
        . = ALIGN(16);
        __load_end = .;
    } :data
    .bss : {
        *(.bss.tables)
        __boot_stack_guard = .;
        *(.bss.boot_stack)
        *(.bss .bss.* COMMON)
        . = ALIGN(0x1000);
        __image_end = .;
    } :data
    /* The page allocator begins here: it cuts what lies before the first, larger block into fewer pieces. */
    __free_start = ALIGN(0x4000);

    ASSERT(__rodata_start - __text_start > 0, "no text")
    ASSERT(__kernel_text_end < 0x200000, "the kernel's text must lie in the first 2 MiB")
    /DISCARD/ : { *(.limpet.object) *(.comment) *(.note.gnu.*) *(.note.GNU-stack) *(.rela.*) *(.interp) *(.dynamic) }
}
