/* SPDX-License-Identifier: BSD-2-Clause */
/* UEFI's memory map as PVH's: types, joined neighbours, and whatever a firmware may get wrong. */
#include "unit.h"
#include "check_efi.h"
#include "efi/map.c"

#define MOST 300

/* UEFI 2.10, 7.2.3. */
enum { LOADER_CODE = 1, LOADER_DATA, BOOT_CODE, BOOT_DATA, RUNTIME_CODE, RUNTIME_DATA, FREE };
enum { UNUSABLE = 8, ACPI, NVS, MMIO, UNACCEPTED = 15 };

static uint8_t map[MOST * 64];
static size_t stride, used;
static struct hvm_memmap_table_entry out[MOST];

static void begin(size_t bytes)
{
    memset(map, 0xa5, sizeof map);
    stride = bytes;
    used = 0;
}

static void add_descriptor(uint32_t type, uint64_t base, uint64_t pages, uint64_t attributes)
{
    struct efi_descriptor d = {
        .type = type, .base = base, .pages = pages, .attributes = attributes};
    memcpy(map + stride * used++, &d, sizeof d);
}

static size_t convert(void)
{
    memset(out, 0x5a, sizeof out);
    size_t n = efi_map_convert(map, used, stride, out);
    const char *wrong = check_efi_map(map, used, stride, out, n);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    return n;
}

static void is(size_t i, uint64_t base, uint64_t size, uint32_t type)
{
    assert_int_equal(out[i].addr, base);
    assert_int_equal(out[i].size, size);
    assert_int_equal(out[i].type, type);
}

static void types(void **state)
{
    static const uint32_t e820[] = {2, 1, 1, 1, 1, 2, 2, 1, 5, 3, 4, 2, 2, 2, 2, 2, 2};
    (void)state;
    for (uint32_t type = 0; type < COUNT(e820); type++) {
        begin(48);
        add_descriptor(type, 0x1000, 2, 0xf);
        assert_int_equal(convert(), 1);
        is(0, 0x1000, 0x2000, e820[type]);
    }
    begin(48);
    add_descriptor(UINT32_MAX, 0, 1, 0);      /* an operating system's loader's own */
    add_descriptor(FREE, 0x1000, 1, 0x4000f); /* set aside for a purpose */
    assert_int_equal(convert(), 1);
    is(0, 0, 0x2000, 2);
}

/* As OVMF gives it: in descriptors of 48 bytes. */
static void like_firmware(void **state)
{
    (void)state;
    begin(48);
    add_descriptor(BOOT_CODE, 0, 1, 0xf);
    add_descriptor(FREE, 0x1000, 0x9f, 0xf);
    add_descriptor(FREE, 0x100000, 0x700, 0xf);
    add_descriptor(NVS, 0x800000, 8, 0xf);
    add_descriptor(FREE, 0x808000, 3, 0xf);
    add_descriptor(LOADER_CODE, 0x80b000, 1, 0xf);
    add_descriptor(LOADER_DATA, 0x80c000, 4, 0xf);
    add_descriptor(BOOT_DATA, 0x810000, 0x100, 0xf);
    add_descriptor(RUNTIME_CODE, 0x910000, 0x10, 0x800000000000000f);
    add_descriptor(RUNTIME_DATA, 0x920000, 0x10, 0x800000000000000f);
    add_descriptor(ACPI, 0x930000, 0x10, 0xf);
    add_descriptor(UNACCEPTED, 0x940000, 0x10, 0xf);
    add_descriptor(MMIO, 0xffc00000, 0x400, 0x8000000000000001);
    assert_int_equal(convert(), 8);
    is(0, 0, 0xa0000, 1);
    is(1, 0x100000, 0x700000, 1);
    is(2, 0x800000, 0x8000, 4);
    is(3, 0x808000, 0x108000, 1);
    is(4, 0x910000, 0x20000, 2);
    is(5, 0x930000, 0x10000, 3);
    is(6, 0x940000, 0x10000, 2);
    is(7, 0xffc00000, 0x400000, 2);
}

static void unsorted(void **state)
{
    (void)state;
    begin(40);
    for (uint64_t i = 0; i < MOST; i++) /* 7 and 300 have no common factor: each once */
        add_descriptor(FREE, i * 7 % MOST * 0x1000, 1, 0);
    assert_int_equal(convert(), 1);
    is(0, 0, MOST * 0x1000, 1);
    begin(40);
    for (uint64_t i = MOST; i-- > 0;)
        add_descriptor(i % 2 ? FREE : MMIO, i * 0x1000, 1, 0);
    assert_int_equal(convert(), MOST);
    is(MOST - 1, (MOST - 1) * 0x1000, 0x1000, 1);
}

static void overlapping(void **state)
{
    (void)state;
    begin(64);
    add_descriptor(FREE, 0x10000, 0x10, 0);
    add_descriptor(FREE, 0x18000, 0x20, 0);
    add_descriptor(FREE, 0x11000, 1, 0);
    assert_int_equal(convert(), 1);
    is(0, 0x10000, 0x28000, 1);
    add_descriptor(MMIO, 0x12000, 1, 0); /* both are told: what is not RAM wins in the kernel */
    assert_int_equal(convert(), 2);
    is(0, 0x10000, 0x28000, 1);
    is(1, 0x12000, 0x1000, 2);
    assert_false(efi_map_is_ram(out, 2, 0x11000, 0x13000));
    assert_true(efi_map_is_ram(out, 2, 0x13000, 0x14000));
}

static void empty_and_wrapping(void **state)
{
    (void)state;
    begin(48);
    assert_int_equal(convert(), 0);
    add_descriptor(FREE, 0x1000, 0, 0);
    add_descriptor(FREE, UINT64_MAX, 1, 0);
    assert_int_equal(convert(), 0);
    add_descriptor(FREE, 0xfffffffffffff000, 2, 0);
    add_descriptor(MMIO, 0x1000, UINT64_MAX, 0);
    add_descriptor(FREE, 0x2000, UINT64_MAX >> 12, 0);
    assert_int_equal(convert(), 2);
    is(0, 0x1000, UINT64_MAX - 0x1000, 2);
    is(1, 0x2000, UINT64_MAX - 0x2000, 1);
}

/* The joined one meets those behind it. */
static void bridges(void **state)
{
    (void)state;
    begin(48);
    for (uint64_t i = 0; i < 100; i++)
        add_descriptor(FREE, 0x10000 + i * 0x2000, 1, 0);
    add_descriptor(FREE, 0x11000, 0x100, 0);
    assert_int_equal(convert(), 1);
    is(0, 0x10000, 0x101000, 1);
}

/* Small maps at random, against a look at every place of them. */
static void at_random(void **state)
{
    uint64_t random = 1;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        begin(40 + round % 4 * 8);
        for (int i = 0; i < 12; i++) {
            random = random * 6364136223846793005 + 1442695040888963407;
            add_descriptor((uint32_t)(random >> 60), (random >> 50 & 31) << 12, random >> 40 & 7,
                           (random >> 33 & 15) == 0 ? 0x40000 : 0);
        }
        size_t n = convert();
        for (uint64_t a = 0; a < 40 << 12; a += 0x800)
            assert_int_equal(types_out(out, n, a), types_in(map, used, stride, a));
    }
}

static void is_ram(void **state)
{
    static const struct hvm_memmap_table_entry ranges[] = {
        {.addr = 0, .size = 0xa0000, .type = 1},
        {.addr = 0x100000, .size = 0x100000, .type = 1},
        {.addr = 0x200000, .size = 0x1000, .type = 4},
    };
    (void)state;
    assert_true(efi_map_is_ram(ranges, COUNT(ranges), 0x100000, 0x200000));
    assert_true(efi_map_is_ram(ranges, COUNT(ranges), 0x180000, 0x181000));
    assert_false(efi_map_is_ram(ranges, COUNT(ranges), 0xff000, 0x101000));
    assert_false(efi_map_is_ram(ranges, COUNT(ranges), 0x1ff000, 0x201000));
    assert_false(efi_map_is_ram(ranges, COUNT(ranges), 0x300000, 0x301000));
    assert_false(efi_map_is_ram(ranges, 0, 0, 0x1000));
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(types),
        TEST(like_firmware),
        TEST(unsorted),
        TEST(overlapping),
        TEST(empty_and_wrapping),
        TEST(bridges),
        TEST(at_random),
        TEST(is_ram),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
