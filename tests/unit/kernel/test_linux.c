/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux' boot parameters. */
#include "unit.h"
#include "parse_boot.h"

static void assert_range(unsigned i, uint64_t base, uint64_t size, uint32_t type)
{
    const struct boot_range *r = &info.ranges[i];
    if (i >= info.range_count || r->base != base || r->size != size || r->type != type)
        fail_msg("range %u: %lx, %lx, %u", i, (long)r->base, (long)r->size, r->type);
}

static void whole(void **state)
{
    (void)state;
    assert_null(parse(BOOT_LINUX, make_linux(&m, "BOOT_IMAGE=/x a \"b c\"")));
    assert_string_equal(info.cmdline, "BOOT_IMAGE=/x a \"b c\""); /* its words: args.c */
    assert_int_equal(info.rsdp, 0xe0000);
    assert_int_equal(info.module_count, 1);
    assert_string_equal(info.modules[0].name, "initrd");
    assert_true(info.modules[0].base == 0x2000000 && info.modules[0].size == 0x1234);
    assert_int_equal(info.range_count, 4);
    assert_range(0, 0, 0x9fc00, RANGE_USABLE);
    assert_range(1, 0x9fc00, 0x400, RANGE_RESERVED);
    assert_range(2, 0x100000, 0x8f00000, RANGE_USABLE); /* joined with what the list tells */
    assert_range(3, 0xfffc0000, 0x40000, RANGE_RESERVED);
    assert_int_equal(info.protocol, BOOT_LINUX);
    assert_false(info.truncated);
}

/* A loader that tells no more than it must. */
static void least(void **state)
{
    (void)state;
    make_linux(&m, NULL);
    set64(&m, AT + LINUX_RSDP, 0);
    set32(&m, AT + LINUX_INITRD_SIZE, 0);
    set64(&m, AT + LINUX_SETUP_DATA, 0);
    m.bytes[LINUX_RANGES] = 1;
    assert_null(parse(BOOT_LINUX, AT));
    assert_string_equal(info.cmdline, "");
    assert_true(info.rsdp == 0 && info.module_count == 0 && info.modules_told == 0);
    assert_int_equal(info.range_count, 1);
    assert_range(0, 0, 0x9fc00, RANGE_USABLE);
}

/* Upper halves of addresses, where a loader of 64 bits gives them. */
static void high(void **state)
{
    (void)state;
    make_linux(&m, "a");
    set32(&m, AT + LINUX_INITRD_HIGH, 3);
    set32(&m, AT + LINUX_INITRD_SIZE_HIGH, 1);
    assert_null(parse(BOOT_LINUX, AT));
    assert_true(info.modules[0].base == 0x302000000 && info.modules[0].size == 0x100001234);
    set32(&m, AT + LINUX_CMDLINE_HIGH, 1); /* beyond what can be seen */
    assert_null(parse(BOOT_LINUX, AT));
    assert_string_equal(info.cmdline, "");
}

/* The most that fits into the table, and more of it in the list. */
static void many_ranges(void **state)
{
    (void)state;
    make_linux(&m, NULL);
    m.used = LINUX_TABLE;
    for (unsigned i = 0; i < 128; i++)
        put_linux_range(&m, 0x100000 + i * 0x2000, 0x1000, 1);
    m.bytes[LINUX_RANGES] = 128;
    set64(&m, AT + LINUX_SETUP_DATA, 0);
    assert_null(parse(BOOT_LINUX, AT));
    assert_int_equal(info.range_count, 128);
    assert_int_equal(info.ram_lost, 0);
    set64(&m, AT + LINUX_SETUP_DATA,
          put_setup_data(&m, 0, 1, 3 * 20 + 19)); /* the last is cut off */
    for (unsigned i = 128; i < 131; i++)
        put_linux_range(&m, 0x100000 + i * 0x2000, 0x1000, 1);
    m.used += 19;
    assert_null(parse(BOOT_LINUX, AT));
    assert_int_equal(info.range_count, BOOT_RANGES);
    assert_int_equal(info.ram_lost, 3 * 0x1000);
    set32(&m, AT + LINUX_VERSION, 0x208); /* which has no such list */
    assert_null(parse(BOOT_LINUX, AT));
    assert_int_equal(info.ram_lost, 0);
}

/* More than Linux' own table holds, in what follows it, as GRUB does. */
static void long_table(void **state)
{
    (void)state;
    make_linux(&m, NULL);
    m.used = LINUX_TABLE;
    for (unsigned i = 0; i < 255; i++)
        put_linux_range(&m, 0x100000 + i * 0x2000, 0x1000, 1);
    m.bytes[LINUX_RANGES] = 255;
    set64(&m, AT + LINUX_SETUP_DATA, 0);
    assert_null(parse(BOOT_LINUX, AT));
    assert_int_equal(info.range_count, BOOT_RANGES);
    assert_int_equal(info.ram_lost, 127 * 0x1000);
}

static void malformed(void **state)
{
    (void)state;
    make_linux(&m, "x");
    assert_error(parse(BOOT_LINUX, 0), "outside memory");
    assert_error(parse(BOOT_LINUX, AT + m.size - LINUX_TABLE + 1), "outside memory");
    memcpy(m.bytes + m.size - LINUX_TABLE - 59, m.bytes,
           LINUX_TABLE); /* of three ranges' last a byte */
    assert_error(parse(BOOT_LINUX, AT + m.size - LINUX_TABLE - 59),
                 "map of the Linux loader lies outside");
    assert_error(parse(BOOT_LINUX, UINT64_MAX), "outside memory");
    set32(&m, AT + LINUX_MAGIC, 0x53726449);
    assert_error(parse(BOOT_LINUX, AT), "wrong magic number");
    make_linux(&m, "x");
    m.bytes[LINUX_RANGES] = 0;
    set64(&m, AT + LINUX_SETUP_DATA, 0);
    assert_error(parse(BOOT_LINUX, AT), "no memory map");
}

static void malformed_lists(void **state)
{
    (void)state;
    make_linux(&m, "x");
    uint64_t list = align8(&m);
    set64(&m, AT + LINUX_SETUP_DATA, list);
    put_setup_data(&m, list, 9, 0); /* a ring */
    assert_null(parse(BOOT_LINUX, AT));
    assert_int_equal(info.range_count, 3);
    set64(&m, list, UINT64_MAX - 3); /* on to nowhere */
    assert_null(parse(BOOT_LINUX, AT));
    set32(&m, list + 8, 1);
    set32(&m, list + 12, UINT32_MAX);
    assert_error(parse(BOOT_LINUX, AT), "outside memory");
    set32(&m, list + 12, 19); /* less than one entry */
    assert_null(parse(BOOT_LINUX, AT));
    assert_int_equal(info.range_count, 3);
}

static void truncated(void **state)
{
    (void)state;
    char line[BOOT_STRINGS + 1];
    memset(line, 'x', sizeof line);
    line[BOOT_STRINGS] = '\0';
    assert_null(parse(BOOT_LINUX, make_linux(&m, line)));
    assert_true(info.truncated);
    assert_true(info.module_count == 0 && info.modules_told == 1);
    line[2047] = '\0'; /* the longest that a .bz asks for leaves room */
    memset(m.bytes, 0, m.size);
    assert_null(parse(BOOT_LINUX, make_linux(&m, line)));
    assert_false(info.truncated);
    assert_string_equal(info.modules[0].name, "initrd");
}

static void unaligned(void **state)
{
    (void)state;
    make_linux(&m, "x y");
    memmove(m.bytes + 1, m.bytes, m.used);
    m.bytes[1 + LINUX_CMDLINE]++;
    m.bytes[1 + LINUX_SETUP_DATA]++;
    assert_null(parse(BOOT_LINUX, AT + 1));
    assert_string_equal(info.cmdline, "x y");
    assert_int_equal(info.range_count, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(least, set_up, tear_down),
        cmocka_unit_test_setup_teardown(high, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_ranges, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(malformed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(malformed_lists, set_up, tear_down),
        cmocka_unit_test_setup_teardown(truncated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unaligned, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("linux", tests, 0, 0);
}
