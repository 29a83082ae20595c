/* SPDX-License-Identifier: BSD-2-Clause */
/* limpet-vmm's boot_params, memory map and page tables, for guests that it enters as Linux. */
#include "unit.h"
#include "bzimage.h"
#include "../../tools/vmm/linux.c"

static uint8_t page[LINUX_PARAMS_BYTES], tables[LINUX_TABLES_BYTES];

static uint64_t at(const uint8_t *bytes, size_t offset, size_t n)
{
    uint64_t v = 0;
    memcpy(&v, bytes + offset, n);
    return v;
}

static void of_an_elf(void **state)
{
    const struct linux_params from = {
        .low = 128 * MIB, .initrd = 0x123456789000, .initrd_bytes = 0x987654321, .line_bytes = 8};
    (void)state;
    memset(page, 0xff, sizeof page);
    linux_params(&from, page);
    assert_int_equal(at(page, 0x070, 8), 0); /* no RSDP */
    assert_int_equal(at(page, 0x1fe, 2), 0xaa55);
    assert_memory_equal(page + 0x202, "HdrS", 4);
    assert_int_equal(at(page, 0x206, 2), 0); /* Firecracker tells no version */
    assert_int_equal(at(page, 0x210, 1), 0xff);
    assert_int_equal(at(page, 0x218, 4), 0x56789000);
    assert_int_equal(at(page, 0x0c0, 4), 0x1234);
    assert_int_equal(at(page, 0x21c, 4), 0x87654321);
    assert_int_equal(at(page, 0x0c4, 4), 9);
    assert_int_equal(at(page, 0x228, 4), LINUX_LINE);
    assert_int_equal(at(page, 0x0c8, 4), 0);
    assert_int_equal(at(page, 0x238, 4), 8);
    assert_int_equal(at(page, 0x1e8, 1), 4);
    assert_int_equal(at(page, 0x2d0, 8), 0);
    assert_int_equal(at(page, 0x2d8, 8), 0x9fc00);
    assert_int_equal(at(page, 0x2e0, 4), 1);
    assert_int_equal(at(page, 0x2d0 + 60, 8), MIB);
    assert_int_equal(at(page, 0x2d8 + 60, 8), 127 * MIB);
    assert_int_equal(at(page, 0x2e0 + 60, 4), 1);
    assert_int_equal(at(page, 0x2d0 + 80, 8), 0);
}

static void of_a_bzimage(void **state)
{
    static uint8_t image[BZ_SETUP + BZ_PAYLOAD];
    struct linux_params from = {.low = 3072 * MIB, .high = GIB4, .line_bytes = 1};
    (void)state;
    make_bzimage(image);
    from.header.n = 0x268 - BZ_HEADER;
    memcpy(from.header.bytes, image + BZ_HEADER, from.header.n);
    linux_params(&from, page);
    assert_int_equal(at(page, 0x1f1, 1), 1);
    assert_int_equal(at(page, 0x206, 2), 0x20c);
    assert_int_equal(at(page, 0x214, 4), 0x100000);
    assert_int_equal(at(page, 0x230, 4), 0); /* the header's own */
    assert_int_equal(at(page, 0x210, 1), 0xff);
    assert_int_equal(at(page, 0x264, 4), 0);
    assert_int_equal(at(page, 0x1e8, 1), 5);
    assert_int_equal(at(page, 0x2d0 + 60, 8), GIB4); /* before what is below */
    assert_int_equal(at(page, 0x2d8 + 60, 8), GIB4);
    assert_int_equal(at(page, 0x2d8 + 80, 8), 3071 * MIB);
    from.header.n = sizeof from.header.bytes; /* as long as can be */
    memset(from.header.bytes, 0xee, from.header.n);
    linux_params(&from, page);
    assert_int_equal(at(page, 0x28f, 1), 0xee);
    assert_int_equal(at(page, 0x290, 1), 0);
    assert_int_equal(at(page, 0x1e8, 1), 5);
}

/* Walked as a processor does: the first GiB is where it is, nothing else is there. */
static void page_tables(void **state)
{
    (void)state;
    memset(tables, 0xff, sizeof tables);
    linux_tables(tables);
    assert_int_equal(at(tables, 0, 8), LINUX_TABLES + 0x1003);
    assert_int_equal(at(tables, 0x1000, 8), LINUX_TABLES + 0x2003);
    for (size_t i = 1; i < 512; i++) {
        assert_int_equal(at(tables, 8 * i, 8), 0);
        assert_int_equal(at(tables, 0x1000 + 8 * i, 8), 0);
    }
    for (size_t i = 0; i < 512; i++)
        assert_int_equal(at(tables, 0x2000 + 8 * i, 8), 0x200000 * i + 0x83);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_an_elf), cmocka_unit_test(of_a_bzimage),
                                       cmocka_unit_test(page_tables)};
    return cmocka_run_group_tests_name("vmm_linux", tests, 0, 0);
}
