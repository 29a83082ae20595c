/* SPDX-License-Identifier: BSD-2-Clause */
/* Multiboot 1 and 2, as QEMU and GRUB hand them over, and as nobody should. */
#include "unit.h"
#include "parse_boot.h"

static void mb1_command_lines(void **state)
{
    (void)state;
    static const struct {
        const char *loader, *given, *args;
    } cases[] = {
        {"qemu", "hello.elf a b", "a b"},
        {"qemu", "hello.elf", ""},
        {"qemu", "hello.elf ", ""},
        {"qemu", "hello.elf  a", " a"},
        {"qemu", "", ""},
        {"GRUB 2.06", "a b", "a b"},
        {"GRUB 2.06", "", ""},
        {"qemuX", "a b", "a b"},
        {"qem", "a b", "a b"},
        {"", "a b", "a b"},
    };
    for (unsigned i = 0; i < COUNT(cases); i++) {
        m.used = 0;
        assert_null(parse(BOOT_MULTIBOOT1, make_mb1(&m, cases[i].loader, cases[i].given)));
        assert_string_equal(info.cmdline, cases[i].args);
    }
    set32(&m, AT, 1 << 2 | 1 << 6); /* no loader name */
    assert_null(parse(BOOT_MULTIBOOT1, AT));
    assert_string_equal(info.cmdline, "a b");
    set32(&m, AT, 1 << 6 | 1 << 9); /* no command line */
    assert_null(parse(BOOT_MULTIBOOT1, AT));
    assert_string_equal(info.cmdline, "");
    set32(&m, AT, 1 << 2 | 1 << 6 | 1 << 9);
    set32(&m, AT + MB1_LOADER_AT, 3); /* both outside the view */
    set32(&m, AT + MB1_CMDLINE_AT, 5);
    assert_null(parse(BOOT_MULTIBOOT1, AT));
    assert_string_equal(info.cmdline, "");
}

static void mb1_map_and_modules(void **state)
{
    (void)state;
    assert_null(parse(BOOT_MULTIBOOT1, make_mb1(&m, "qemu", "x")));
    assert_int_equal(info.range_count, 3);
    assert_true(info.ranges[0].base == 0 && info.ranges[0].size == 0x9fc00);
    assert_true(info.ranges[1].base == 0x9fc00 && info.ranges[1].type == RANGE_RESERVED);
    assert_true(info.ranges[2].base == 0x100000 && info.ranges[2].size == 0x7f00000);
    assert_int_equal(info.module_count, 2);
    assert_true(info.modules[0].base == 0x200000 && info.modules[0].size == 0x1000);
    assert_string_equal(info.modules[0].name, "data.bin");
    assert_true(info.modules[1].size == 0);
    assert_string_equal(info.modules[1].name, "");

    set32(&m, AT, 1); /* only the two sizes */
    set32(&m, AT + MB1_LOWER, 639);
    set32(&m, AT + MB1_UPPER, 0xffffffff);
    assert_null(parse(BOOT_MULTIBOOT1, AT));
    assert_true(info.range_count == 2 && info.module_count == 0);
    assert_true(info.ranges[0].base == 0 && info.ranges[0].size == 639 * 1024);
    assert_true(info.ranges[1].base == 0x100000 && info.ranges[1].size == 0xffffffffull * 1024);
}

static void mb1_malformed(void **state)
{
    (void)state;
    make_mb1(&m, "qemu", "x");
    assert_error(parse(BOOT_MULTIBOOT1, 0), "outside memory");
    assert_error(parse(BOOT_MULTIBOOT1, AT + m.size - MB1_BYTES + 1), "outside memory");
    set32(&m, AT, 0);
    assert_error(parse(BOOT_MULTIBOOT1, AT), "nothing about memory");
    set32(&m, AT, 1 << 6);
    set32(&m, AT + MB1_MMAP_BYTES, 0);
    assert_error(parse(BOOT_MULTIBOOT1, AT), "memory map");
    set32(&m, AT, 1); /* 0 KiB of both */
    assert_error(parse(BOOT_MULTIBOOT1, AT), "no memory");
    set32(&m, AT, 1 << 6);
    set32(&m, AT + MB1_MMAP_BYTES, 24);
    set32(&m, AT + MB1_MMAP_AT, AT + (uint32_t)m.size - 23);
    assert_error(parse(BOOT_MULTIBOOT1, AT), "outside memory");
    set32(&m, AT + MB1_MMAP_BYTES, UINT32_MAX); /* ends at the first entry outside */
    set32(&m, AT + MB1_MMAP_AT, AT + 0x2000);
    assert_error(parse(BOOT_MULTIBOOT1, AT), "outside memory");
    set32(&m, AT, 1 << 3);
    set32(&m, AT + MB1_MODS_AT, UINT32_MAX - 7);
    assert_error(parse(BOOT_MULTIBOOT1, AT), "modules");
    set32(&m, AT + MB1_MODS_AT, AT + 0x100);
    set32(&m, AT + 0x100, 0x2000); /* ends before it starts */
    set32(&m, AT + 0x104, 0x1fff);
    assert_error(parse(BOOT_MULTIBOOT1, AT), "modules");
}

static void mb1_truncated(void **state)
{
    (void)state;
    char line[BOOT_STRINGS + 100];
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\0';
    assert_null(parse(BOOT_MULTIBOOT1, make_mb1(&m, "GRUB", line)));
    assert_true(info.truncated);
    assert_true(info.module_count == 0 && info.modules_told == 2);
    assert_int_equal(info.ranges[3].type, RANGE_MODULE); /* which is not given away */
    assert_int_equal(strlen(info.cmdline), BOOT_STRINGS - 1);

    make_mb1(&m, "qemu", "x");
    set32(&m, AT + MB1_MODS_AT, (uint32_t)align8(&m));
    for (unsigned i = 0; i <= BOOT_MODULES; i++)
        put32(&m, 0x1000), put32(&m, 0x2000), put32(&m, 0), put32(&m, 0);
    set32(&m, AT + MB1_MODS_COUNT, BOOT_MODULES + 1);
    assert_null(parse(BOOT_MULTIBOOT1, AT));
    assert_false(info.truncated);
    assert_true(info.module_count == BOOT_MODULES && info.modules_told == BOOT_MODULES + 1);
    set32(&m, AT + MB1_MODS_COUNT, UINT32_MAX);
    assert_error(parse(BOOT_MULTIBOOT1, AT), "outside memory");
    set32(&m, AT + MB1_MODS_COUNT, BOOT_MODULES);
    assert_null(parse(BOOT_MULTIBOOT1, AT));
    assert_false(info.truncated);

    uint64_t map = align8(&m);
    for (unsigned i = 0; i <= BOOT_RANGES; i++)
        put_mb1_range(&m, 20 + i % 3 * 4, 0x1000000 - i * 0x2000, 0x1000, 1);
    set32(&m, AT + MB1_MMAP_AT, (uint32_t)map);
    set32(&m, AT + MB1_MMAP_BYTES, (uint32_t)(AT + m.used - map));
    assert_null(parse(BOOT_MULTIBOOT1, AT));
    assert_true(info.ram_lost == 0x1000 && info.range_count == BOOT_RANGES);
}

static void mb1_unaligned(void **state)
{
    (void)state;
    make_mb1(&m, "qemu", "x y");
    memmove(m.bytes + 1, m.bytes, m.used);
    static const unsigned pointers[] = {MB1_CMDLINE_AT, MB1_LOADER_AT, MB1_MODS_AT, MB1_MMAP_AT};
    for (unsigned i = 0; i < COUNT(pointers); i++)
        m.bytes[1 + pointers[i]]++;
    assert_null(parse(BOOT_MULTIBOOT1, AT + 1));
    assert_string_equal(info.cmdline, "y");
    assert_true(info.range_count == 3 && info.module_count == 2);
}

static void mb2(void **state)
{
    (void)state;
    assert_null(parse(BOOT_MULTIBOOT2, make_mb2(&m)));
    assert_string_equal(info.cmdline, "one \"two three\"");
    assert_int_equal(info.module_count, 1);
    assert_string_equal(info.modules[0].name, "data.bin");
    assert_true(info.modules[0].base == 0x200000 && info.modules[0].size == 0x1000);
    assert_int_equal(info.range_count, 3);
    assert_true(info.ranges[2].base == 0xfffc0000 && info.ranges[2].type == RANGE_RESERVED);
    assert_true(info.rsdp == 0 && info.rsdp_copy[15] == 2 && info.rsdp_copy[35] == 0x77);

    memset(m.bytes, 0, m.size);
    uint64_t at = begin_mb2(&m);
    put_mb2_mmap(&m, 40, mb2_ranges, 3); /* entries of a later version */
    put_tag(&m, 14, "RSD PTR ..........20", 20);
    end_mb2(&m);
    assert_null(parse(BOOT_MULTIBOOT2, at));
    assert_int_equal(info.range_count, 3);
    assert_memory_equal(info.rsdp_copy, "RSD PTR ..........20\0\0\0\0", 24);
    assert_string_equal(info.cmdline, "");
}

static void mb2_malformed(void **state)
{
    (void)state;
    uint64_t at = make_mb2(&m);
    assert_error(parse(BOOT_MULTIBOOT2, 0), "outside memory");
    assert_error(parse(BOOT_MULTIBOOT2, AT + m.size - 7), "outside memory");
    for (uint32_t total = 0; total < m.used; total++) { /* cut anywhere: the end tag is missed */
        set32(&m, at, total);
        assert_non_null(parse(BOOT_MULTIBOOT2, at));
    }
    set32(&m, at, 8);
    assert_error(parse(BOOT_MULTIBOOT2, at), "no end");
    set32(&m, at, UINT32_MAX); /* the end tag still ends it */
    assert_null(parse(BOOT_MULTIBOOT2, at));
    set32(&m, at, (uint32_t)m.used);
    for (uint32_t size = 0; size < 8; size++) {
        set32(&m, at + 12, size); /* the first tag's */
        assert_error(parse(BOOT_MULTIBOOT2, at), "malformed");
    }
    set32(&m, at + 12, UINT32_MAX);
    assert_error(parse(BOOT_MULTIBOOT2, at), "malformed");

    m.used = 0;
    begin_mb2(&m);
    end_mb2(&m);
    assert_error(parse(BOOT_MULTIBOOT2, at), "no memory map");
}

static void mb2_malformed_tags(void **state)
{
    (void)state;
    uint64_t at = begin_mb2(&m), map = put_mb2_mmap(&m, 24, mb2_ranges, 3);
    end_mb2(&m);
    assert_null(parse(BOOT_MULTIBOOT2, at));
    for (uint32_t entry = 0; entry < 24; entry++) {
        set32(&m, map + 8, entry);
        assert_error(parse(BOOT_MULTIBOOT2, at), "malformed");
    }
    set32(&m, map + 8, UINT32_MAX); /* one entry */
    assert_null(parse(BOOT_MULTIBOOT2, at));
    assert_int_equal(info.range_count, 1);

    for (uint32_t n = 0; n < 16; n++) { /* a map's and a module's tag that are too short */
        memset(m.bytes, 0, m.size);
        begin_mb2(&m);
        put_mb2_mmap(&m, 24, mb2_ranges, 3);
        put_tag(&m, 3, "\0\0\1\0\0\0\2\0name", 12 - n % 12);
        end_mb2(&m);
        const char *error = parse(BOOT_MULTIBOOT2, at);
        if (n % 12 > 4)
            assert_error(error, "module is malformed");
        else
            assert_null(error);
    }
    memset(m.bytes, 0, m.size);
    begin_mb2(&m);
    put_tag(&m, 6, "\30\0\0\0\0\0\0", 7);
    end_mb2(&m);
    assert_error(parse(BOOT_MULTIBOOT2, at), "map is malformed");
    memset(m.bytes, 0, m.size);
    begin_mb2(&m);
    put_mb2_module(&m, 0x2000, 0x1fff, "x");
    end_mb2(&m);
    assert_error(parse(BOOT_MULTIBOOT2, at), "module is malformed");
}

static void mb2_truncated(void **state)
{
    (void)state;
    char line[BOOT_STRINGS + 100];
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\0';
    uint64_t many[BOOT_RANGES + 1][3], at = begin_mb2(&m);
    for (unsigned i = 0; i <= BOOT_RANGES; i++)
        many[i][0] = 0x1000000 - i * 0x2000, many[i][1] = 0x1000, many[i][2] = 1;
    put_tag(&m, 1, line, sizeof line);
    for (unsigned i = 0; i <= BOOT_MODULES; i++)
        put_mb2_module(&m, 0x200000, 0x300000, "m");
    put_mb2_mmap(&m, 24, (const uint64_t(*)[3])many, BOOT_RANGES + 1);
    end_mb2(&m);
    assert_null(parse(BOOT_MULTIBOOT2, at));
    assert_true(info.truncated);
    assert_true(info.module_count == 0 && info.modules_told == BOOT_MODULES + 1);
}

/* Any number of modules, kept a few at a time; what tells of the others is nobody else's. */
static void many_modules(void **state)
{
    (void)state;
    char name[16];
    uint64_t at = begin_mb2(&m), one[][3] = {{0, 16ull << 20, 1}};
    const uint32_t all = 3 * BOOT_MODULES + 5;
    for (uint32_t i = 0; i < all; i++) {
        snprintf(name, sizeof name, "/d/m%u a b", i);
        put_mb2_module(&m, 0x200000 + i * 0x1000, 0x200000 + i * 0x1000 + i, name);
    }
    put_mb2_mmap(&m, 24, (const uint64_t(*)[3])one, 1);
    end_mb2(&m);
    struct phys_view view = memory_view(&m);
    for (uint32_t before = 0; before < all; before += info.module_count) {
        memset(&info, 0, sizeof info);
        info.modules_before = before;
        assert_null(boot_info_parse(at, &view, &info, BOOT_MULTIBOOT2));
        assert_null(check_boot(&info, NULL));
        assert_int_equal(info.modules_told, all);
        assert_int_equal(info.module_count,
                         all - before < BOOT_MODULES ? all - before : BOOT_MODULES);
        for (uint32_t i = 0; i < info.module_count; i++) {
            snprintf(name, sizeof name, "m%u", before + i);
            assert_string_equal(info.modules[i].name, name);
            assert_int_equal(info.modules[i].size, before + i);
        }
        uint64_t aside = 0;
        for (uint32_t i = 0; i < info.range_count; i++)
            aside += info.ranges[i].type == RANGE_MODULE ? info.ranges[i].size : 0;
        assert_int_equal(aside, before == 0 ? (all - BOOT_MODULES) * 0x1000ull : 0);
    }
}

static void module_names(void **state)
{
    (void)state;
    static const struct {
        const char *string, *name;
    } cases[] = {
        {"a", "a"},
        {"/x/y", "y"},
        {"y/", ""},
        {"a limpet.name=b", "b"},
        {"d/a   limpet.name=with%20space%2c%25 more", "with space,%"},
        {"a limpet.name=%2F%00x", "__x"}, /* what no name has */
        {"a limpet.name=%4", "%4"},
        {"a limpet.name", "a"},
        {"a limpet.name=", ""},
        {"a x limpet.name=b", "a"},
    };
    char text[400], want[BOOT_NAME + 1];
    for (size_t i = 0; i <= COUNT(cases); i++) {
        uint64_t one[][3] = {{0, 16ull << 20, 1}}, at = begin_mb2(&m);
        memset(want, 'n', sizeof want);
        memset(text, 'n', sizeof text);
        want[BOOT_NAME] = text[300] = '\0'; /* the last case: more than a name may have */
        put_mb2_module(&m, 0x200000, 0x201000, i < COUNT(cases) ? cases[i].string : text);
        put_mb2_mmap(&m, 24, (const uint64_t(*)[3])one, 1);
        end_mb2(&m);
        assert_null(parse(BOOT_MULTIBOOT2, at));
        assert_string_equal(info.modules[0].name, i < COUNT(cases) ? cases[i].name : want);
    }
}

static void mb2_unaligned(void **state)
{
    (void)state;
    make_mb2(&m);
    for (unsigned shift = 1; shift < 8; shift++) {
        memmove(m.bytes + 1, m.bytes, m.used + shift);
        assert_null(parse(BOOT_MULTIBOOT2, AT + shift));
        assert_true(info.range_count == 3 && info.module_count == 1);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(many_modules),        TEST(module_names),  TEST(mb1_command_lines),
        TEST(mb1_map_and_modules), TEST(mb1_malformed), TEST(mb1_truncated),
        TEST(mb1_unaligned),       TEST(mb2),           TEST(mb2_malformed),
        TEST(mb2_malformed_tags),  TEST(mb2_truncated), TEST(mb2_unaligned),
    };
    return cmocka_run_group_tests_name("multiboot", tests, 0, 0);
}
