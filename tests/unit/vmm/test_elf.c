/* SPDX-License-Identifier: BSD-2-Clause */
/* limpet-vmm's image loader: what it takes, and by which words it refuses the rest. */
#include "unit.h"
#include "image.h"
#include "../../tools/vmm/elf.c"

#define MEMORY (16ull << 20)

static struct test_image image;
static struct image_plan plan;

static int set_up(void **state)
{
    (void)state;
    make_image(&image);
    return 0;
}

static const char *look(void) { return image_plan(&image, sizeof image, MEMORY, &plan); }

#define refused(words)                                                                             \
    do {                                                                                           \
        const char *said = look();                                                                 \
        assert_non_null(said);                                                                     \
        assert_non_null(strstr(said, words));                                                      \
        make_image(&image);                                                                        \
    } while (0)

static void takes(void **state)
{
    (void)state;
    assert_null(look());
    assert_int_equal(plan.count, 2);
    assert_int_equal(plan.segments[0].address, TEXT);
    assert_int_equal(plan.segments[0].offset, offsetof(struct test_image, bytes));
    assert_int_equal(plan.segments[1].file_bytes, 8);
    assert_int_equal(plan.segments[1].memory_bytes, 0x3000);
    assert_int_equal(plan.end, DATA + 0x3000);
    assert_int_equal(plan.entry, TEXT + 16);
    assert_true(plan.has_long);
    assert_int_equal(plan.long_mode.entry, TEXT + 32);
    static uint8_t memory[0x3000], joined[0x3000] = {1, [8] = 2, [0x1000] = 3, [0x2ff8] = 4};
    image_link(&plan, memory, DATA);
    assert_memory_equal(memory, joined, sizeof memory);
    image.limpet.note.links[3].at = DATA + 0x2ffc; /* the half of an entry */
    refused("page tables outside");
    image.limpet.head.n_type = VMM_NOTE_LONG + 1; /* of a later version */
    assert_null(look());
    assert_false(plan.has_long);
    make_image(&image);
    image.data.p_memsz = image.data.p_filesz = 0; /* an empty segment is none */
    image.limpet.owner[0] = 'l';
    assert_null(look());
    assert_int_equal(plan.count, 1);
}

static void headers(void **state)
{
    (void)state;
    image.eh.e_ident[0] = 0;
    refused("not an ELF");
    image.eh.e_ident[EI_CLASS] = ELFCLASS32;
    refused("32-bit");
    image.eh.e_ident[EI_DATA] = ELFDATA2MSB;
    refused("big-endian");
    image.eh.e_machine = EM_AARCH64;
    refused("another machine");
    image.eh.e_type = ET_DYN;
    refused("fixed addresses");
    image.eh.e_phentsize = 32;
    refused("unknown size");
    image.eh.e_phoff = sizeof image;
    refused("cut off in its program headers");
    image.eh.e_phoff = UINT64_MAX;
    refused("cut off in its program headers");
    image.eh.e_phnum = 0xffff;
    refused("cut off in its program headers");
    image.eh.e_phnum = 0;
    refused("nothing to load");
}

static void segments(void **state)
{
    (void)state;
    image.text.p_offset = sizeof image - 63;
    refused("past the end of the file");
    image.text.p_offset = UINT64_MAX;
    refused("past the end of the file");
    image.text.p_memsz = 63;
    refused("more bytes in the file");
    image.text.p_paddr = 0x9ffff;
    refused("below 640 KiB");
    image.data.p_paddr = UINT64_MAX - 8;
    refused("address space");
    image.data.p_paddr = MEMORY - 0x2fff;
    refused("outside the guest's memory");
    image.data.p_paddr = TEXT + 63;
    refused("overlap");
    image.data.p_paddr = TEXT;
    refused("overlap");
    image.text.p_paddr = DATA + 0x2fff;
    refused("overlap");
    image.data.p_paddr = MEMORY - 0x3000; /* as far up as it goes; the tables are then elsewhere */
    refused("page tables");
}

/* Each door is lacked by an image without it, in words that say which. */
static void doors(void **state)
{
    static const struct {
        enum door door;
        const char *words;
    } lacks[] = {{DOOR_ANY, "no PVH note"},
                 {DOOR_PVH, "no PVH note"},
                 {DOOR_LONG, "no Limpet note"},
                 {DOOR_LINUX64, "no 64-bit Linux door"},
                 {DOOR_LINUX32, "no 32-bit Linux door"},
                 {DOOR_BZ64, "xloadflags"}};
    (void)state;
    image.eh.e_entry = TEXT + LINUX_DOOR_64;
    image.text.p_memsz = LINUX_DOOR_64 + 1;
    assert_null(look());
    assert_int_equal(plan.linux64, TEXT + LINUX_DOOR_64);
    assert_int_equal(plan.linux32, TEXT);
    for (enum door d = DOOR_ANY; d < DOORS; d++)
        assert_null(image_lacks(&plan, d));
    image.text.p_memsz = LINUX_DOOR_64; /* the entry is just outside */
    assert_null(look());
    assert_int_equal(plan.linux64, 0);
    assert_int_equal(plan.linux32, 0);
    image.eh.e_entry = TEXT + 1; /* a Limpet image of before Linux' doors */
    assert_null(look());
    assert_int_equal(plan.linux64, 0);
    image.limpet.head.n_type = VMM_NOTE_LONG + 1; /* a vmlinux: nobody knows of another door */
    assert_null(look());
    assert_int_equal(plan.linux64, TEXT + 1);
    assert_int_equal(plan.linux32, 0);
    image.eh.e_entry = 0xffff8;
    image.text.p_paddr = 0xffff0;
    image.xen.entry = 0xffff0;
    image.limpet.note.entry = 0xffff0;
    assert_null(look());
    assert_int_equal(plan.linux64, 0);
    image.note.p_type = PT_NULL;
    assert_null(look());
    for (size_t i = 0; i < sizeof lacks / sizeof *lacks; i++)
        assert_non_null(strstr(image_lacks(&plan, lacks[i].door), lacks[i].words));
}

static void notes(void **state)
{
    (void)state;
    image.xen.head.n_type = 17;
    assert_null(look());
    assert_false(plan.has_pvh);
    make_image(&image);
    image.xen.owner[0] = 'x';
    assert_null(look());
    assert_false(plan.has_pvh);
    make_image(&image);
    image.note.p_offset = sizeof image;
    refused("past the end of the file");
    image.xen.head.n_descsz = UINT32_MAX;
    refused("cut off");
    image.xen.head.n_namesz = UINT32_MAX;
    refused("cut off");
    image.xen.entry = TEXT + 64;
    refused("PVH entry outside");
    image.xen.entry = 0;
    refused("PVH entry outside");
    image.limpet.note.entry = TEXT - 1;
    refused("64-bit entry outside");
    image.limpet.note.cr3 = DATA + 8;
    refused("page tables");
    image.limpet.note.cr3 = DATA + 0x3000;
    refused("page tables");
    image.limpet.note.gdt = DATA + 0x3000 - 47;
    refused("GDT");
    image.limpet.note.gdt_limit = 0x10000;
    refused("GDT");
}

/* Every beginning of the file is refused, none is read beyond: the address sanitizer looks on. */
static void truncated(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof image; n++) {
        uint8_t *copy = malloc(n);
        memcpy(copy, &image, n);
        assert_non_null(image_plan(copy, n, MEMORY, &plan));
        free(copy);
    }
}

#define TEST(f) cmocka_unit_test_setup(f, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(takes), TEST(headers), TEST(segments),
                                       TEST(doors), TEST(notes),   TEST(truncated)};
    return cmocka_run_group_tests_name("vmm_elf", tests, 0, 0);
}
