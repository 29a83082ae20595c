/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parsers of the boot protocols have in common, and PVH. */
#include "unit.h"
#include "parse_boot.h"

static void views(void **state)
{
    (void)state;
    struct phys_view v = memory_view(&m);
    assert_ptr_equal(phys_at(&v, AT, 1), m.bytes);
    assert_ptr_equal(phys_at(&v, AT, m.size), m.bytes);
    assert_ptr_equal(phys_at(&v, AT + m.size - 1, 1), m.bytes + m.size - 1);
    assert_null(phys_at(&v, AT - 1, 1));
    assert_null(phys_at(&v, AT, m.size + 1));
    assert_null(phys_at(&v, AT + m.size, 1));
    assert_null(phys_at(&v, AT + 1, UINT64_MAX));
    assert_null(phys_at(&v, UINT64_MAX, 1));
    assert_null(phys_at(&v, UINT64_MAX - 3, 8));
    assert_null(phys_at(&v, 0, UINT64_MAX));
}

static void add(uint64_t base, uint64_t end, uint32_t type)
{
    boot_info_add_range(&info, base, end - base, type);
}

/* Ranges given and what becomes of them: bases and ends as digits of one byte each. */
static void ranges(void **state)
{
    (void)state;
    static const struct {
        struct boot_range given[4], kept[5]; /* base, end, type */
    } cases[] = {
        {{{1, 2, 1}, {3, 4, 1}}, {{1, 2, 1}, {3, 4, 1}}},
        {{{3, 4, 1}, {1, 2, 2}}, {{1, 2, 2}, {3, 4, 1}}}, /* sorted */
        {{{1, 2, 1}, {2, 3, 1}}, {{1, 3, 1}}},            /* neighbours */
        {{{2, 3, 1}, {1, 2, 1}}, {{1, 3, 1}}},
        {{{1, 2, 1}, {3, 4, 1}, {2, 3, 1}}, {{1, 4, 1}}}, /* both sides */
        {{{1, 2, 1}, {2, 3, 2}}, {{1, 2, 1}, {2, 3, 2}}}, /* not of one type */
        {{{1, 2, 2}, {2, 3, 4}}, {{1, 2, 2}, {2, 3, 4}}},
        {{{1, 9, 1}, {3, 5, 2}}, {{1, 3, 1}, {3, 5, 2}, {5, 9, 1}}}, /* what is not RAM wins */
        {{{3, 5, 2}, {1, 9, 1}}, {{1, 3, 1}, {3, 5, 2}, {5, 9, 1}}},
        {{{1, 9, 1}, {1, 9, 2}}, {{1, 9, 2}}},
        {{{1, 9, 2}, {2, 8, 1}}, {{1, 9, 2}}},
        {{{1, 5, 1}, {3, 8, 1}}, {{1, 8, 1}}},
        {{{1, 5, 1}, {1, 5, 1}}, {{1, 5, 1}}},
        {{{1, 5, 2}, {3, 8, 4}}, {{1, 5, 2}, {5, 8, 4}}}, /* of two such the first */
        {{{1, 3, 1}, {5, 7, 1}, {2, 6, 2}}, {{1, 2, 1}, {2, 6, 2}, {6, 7, 1}}},
        {{{2, 3, 2}, {5, 6, 2}, {1, 8, 1}},
         {{1, 2, 1}, {2, 3, 2}, {3, 5, 1}, {5, 6, 2}, {6, 8, 1}}},
    };
    boot_info_add_range(&info, 0x3000, 0, 1); /* empty: not kept */
    boot_info_add_range(&info, UINT64_MAX, 5, 1);
    assert_int_equal(info.range_count, 0);
    add(0xf000, 0xf001, 1);
    boot_info_add_range(&info, 0xffff, UINT64_MAX, 5);
    assert_int_equal(info.ranges[1].size, UINT64_MAX - 0xffff);
    for (unsigned c = 0; c < COUNT(cases); c++) {
        memset(&info, 0, sizeof info);
        for (unsigned i = 0; i < 4 && cases[c].given[i].size != 0; i++)
            add(cases[c].given[i].base, cases[c].given[i].size, cases[c].given[i].type);
        unsigned n = 0;
        for (const struct boot_range *k = cases[c].kept; n < 5 && k->size != 0; k++, n++)
            if (info.ranges[n].base != k->base || info.ranges[n].size != k->size - k->base ||
                info.ranges[n].type != k->type)
                fail_msg("case %u: range %u", c, n);
        assert_int_equal(info.range_count, n);
        assert_null(check_ranges(&info));
    }
}

/* The most that fits, and more: RAM is lost last, the smallest first, and counted. */
static void many_ranges(void **state)
{
    (void)state;
    uint64_t ram = 0, at = 0x1000;
    for (unsigned i = 0; i < BOOT_RANGES; i++, at += 0x3000) {
        uint64_t bytes = i == BOOT_RANGES - 1 ? 1 << 30 : 0x1000;
        if (i % 2 == 1)
            ram += bytes;
        add(at, at + bytes, i % 2 == 1 ? RANGE_USABLE : RANGE_NVS);
    }
    assert_int_equal(info.range_count, BOOT_RANGES);
    assert_false(info.ranges_joined);
    at += 1 << 30;
    add(at, at + 0x1000, RANGE_BAD); /* no two neighbours that are not RAM: one piece has to go */
    assert_int_equal(info.ram_lost, 0x1000);
    at += 0x2000;
    add(at, at + 0x1000, RANGE_BAD); /* joined with the last one */
    assert_int_equal(info.ram_lost, 0x1000);
    assert_true(info.ranges_joined);
    for (unsigned i = 0; i < 1000; i++, at += 0x9000) { /* larger ones push out the smaller */
        add(at + 0x8000, at + 0xb000, RANGE_USABLE);
        ram += 0x3000;
    }
    uint64_t kept = 0, largest = 0;
    for (unsigned i = 0; i < info.range_count; i++)
        if (info.ranges[i].type == RANGE_USABLE) {
            kept += info.ranges[i].size;
            if (info.ranges[i].size > largest)
                largest = info.ranges[i].size;
        }
    assert_int_equal(kept + info.ram_lost, ram);
    assert_int_equal(largest, 1 << 30);
    assert_true(info.range_count == BOOT_RANGES && kept > (1 << 30) + 0x3000u * (BOOT_RANGES - 8));
    assert_null(check_ranges(&info));
    /* RAM told of late, where reserved ranges were joined, is counted too */
    memset(&info, 0, sizeof info);
    for (unsigned i = 0; i <= BOOT_RANGES; i++)
        add(0x1000 + i * 0x3000, 0x2000 + i * 0x3000, RANGE_RESERVED);
    assert_int_equal(info.range_count, 1);
    add(0x2000, 0x4000, RANGE_USABLE);
    assert_int_equal(info.ram_lost, 0x2000);
}

static void strings(void **state)
{
    (void)state;
    struct phys_view v = memory_view(&m);
    uint64_t at = put_text(&m, "abc");
    assert_string_equal(boot_info_add_string(&info, &v, at), "abc");
    assert_int_equal(info.strings_used, 4);
    memcpy(m.bytes + m.size - 3, "end", 3); /* no NUL before the view ends */
    assert_string_equal(boot_info_add_string(&info, &v, AT + m.size - 3), "end");
    assert_string_equal(boot_info_add_string(&info, &v, AT + m.size), "");
    assert_string_equal(boot_info_add_string(&info, &v, 0), "");
    assert_false(info.truncated);

    /* The longest that fits, and one byte more. */
    memset(&info, 0, sizeof info);
    memset(m.bytes, 'x', BOOT_STRINGS);
    m.bytes[BOOT_STRINGS - 1] = '\0';
    assert_int_equal(strlen(boot_info_add_string(&info, &v, AT)), BOOT_STRINGS - 1);
    assert_false(info.truncated);
    memset(&info, 0, sizeof info);
    m.bytes[BOOT_STRINGS - 1] = 'x';
    assert_int_equal(strlen(boot_info_add_string(&info, &v, AT)), BOOT_STRINGS - 1);
    assert_true(info.truncated);
    info.truncated = false;
    assert_string_equal(boot_info_add_string(&info, &v, AT), "");
    assert_true(info.truncated);
}

static void module_names(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name;
    } cases[] = {
        {"a", "a"},     {"/x/y/z.img", "z.img"},
        {"b c d", "b"}, {"/d/e f/g", "e"},
        {"dir/", ""},   {"", ""},
        {" x", ""},     {"/", ""},
        {"a//b", "b"},  {"name\twith", "name\twith"},
    };
    struct phys_view v = memory_view(&m);
    for (unsigned i = 0; i < COUNT(cases); i++) {
        memset(&info, 0, sizeof info);
        boot_info_add_module(&info, &v, 1, 2, put_text(&m, cases[i].text));
        assert_int_equal(info.module_count, 1);
        assert_string_equal(info.modules[0].name, cases[i].name);
        assert_true(info.modules[0].base == 1 && info.modules[0].size == 2);
    }
}

/* Where memory from 0 on can be seen, as at boot, a module without a text has no name either. */
static void module_without_text(void **state)
{
    (void)state;
    memcpy(m.bytes, "table", 6); /* a BIOS has its vectors there */
    boot_info_add_module(&info, &(struct phys_view){m.bytes, 0, m.size}, 1, 2, 0);
    assert_int_equal(info.module_count, 1);
    assert_string_equal(info.modules[0].name, "");
}

static void unknown_protocol(void **state)
{
    (void)state;
    assert_error(parse(0, AT), "unknown");
    assert_error(parse(77, AT), "unknown");
    assert_string_equal(info.cmdline, "");
}

static void pvh(void **state)
{
    (void)state;
    assert_null(parse(BOOT_PVH, make_pvh(&m, "-n 5 \"a b\"")));
    assert_string_equal(info.cmdline, "-n 5 \"a b\"");
    assert_int_equal(info.rsdp, 0xfc000000);
    assert_int_equal(info.module_count, 2);
    assert_string_equal(info.modules[0].name, "image.gz");
    assert_true(info.modules[0].base == 0x400000 && info.modules[0].size == 0x1234);
    assert_string_equal(info.modules[1].name, "");
    assert_int_equal(info.range_count, 2);
    assert_true(info.ranges[0].base == 0 && info.ranges[0].size == 0xa0000);
    assert_true(info.ranges[1].base == 0x100000 && info.ranges[1].size == 0x3ff00000);
    assert_false(info.truncated);
    assert_int_equal(info.protocol, BOOT_PVH);

    memset(m.bytes, 0, m.size);
    assert_null(parse(BOOT_PVH, make_pvh(&m, NULL)));
    assert_string_equal(info.cmdline, "");
    set32(&m, AT + PVH_VERSION, 2); /* later versions only add */
    assert_null(parse(BOOT_PVH, AT));
}

static void pvh_malformed(void **state)
{
    (void)state;
    uint64_t at = make_pvh(&m, "x");
    assert_error(parse(BOOT_PVH, 0), "outside memory");
    assert_error(parse(BOOT_PVH, AT + m.size - PVH_BYTES + 1), "outside memory");
    set32(&m, at, 0x336ec579);
    assert_error(parse(BOOT_PVH, at), "magic");
    set32(&m, at, 0x336ec578);
    set32(&m, at + PVH_VERSION, 0);
    assert_null(parse(BOOT_PVH, at)); /* Xen's domain 0: without a memory map */
    assert_int_equal(info.range_count, 0);
    set32(&m, at + PVH_VERSION, 1);
    set64(&m, at + PVH_MODLIST, UINT64_MAX - 8);
    assert_error(parse(BOOT_PVH, at), "module list");
    set32(&m, at + PVH_MODULES, 0);
    assert_null(parse(BOOT_PVH, at));
    set64(&m, at + PVH_MEMMAP, AT + m.size - 24);
    assert_error(parse(BOOT_PVH, at), "memory map lies outside");
}

/* What Xen's tool stack gives an HVM guest. */
static void pvh_firmware(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool firmware;
    } cases[] = {{"firmware", true}, {"firmwar", false}, {"firmwares", false}, {"", false}};
    for (unsigned i = 0; i < COUNT(cases); i++) {
        memset(m.bytes, 0, m.size);
        m.used = 0;
        uint64_t at = make_pvh(&m, "x"), name = put_text(&m, cases[i].name);
        uint64_t modules = align8(&m);
        put64(&m, 0), put64(&m, 0x40000), put64(&m, name), put64(&m, 0);
        set64(&m, at + PVH_MODLIST, modules);
        set32(&m, at + PVH_MODULES, 1);
        assert_null(parse(BOOT_PVH, at));
        assert_int_equal(info.firmware, cases[i].firmware);
        assert_int_equal(info.module_count, !cases[i].firmware);
    }
}

/* What a stub in front of the image tells is no file of the guest's, and is believed when it is all
 * there. */
static void pvh_stub(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint64_t size, beyond;
        uint64_t stamp;
        uint32_t files;
    } cases[] = {
        {HANDOVER_MODULE, sizeof(struct handover), 0, 0x123456789, 0},
        {HANDOVER_MODULE, sizeof(struct handover) + 8, 0, 0x123456789, 0},
        {HANDOVER_MODULE, sizeof(struct handover) - 1, 0, 0, 0},
        {HANDOVER_MODULE, sizeof(struct handover), 1ull << 40, 0, 0},
        {"limpet.stub2", sizeof(struct handover), 0, 0, 1},
    };
    for (unsigned i = 0; i < COUNT(cases); i++) {
        memset(m.bytes, 0, m.size);
        m.used = 0;
        uint64_t at = make_pvh(&m, "x"), name = put_text(&m, cases[i].name); /* unaligned */
        uint64_t bytes = put64(&m, 0x123456789), modules = align8(&m);
        put64(&m, bytes + cases[i].beyond), put64(&m, cases[i].size), put64(&m, name);
        put64(&m, 0);
        set64(&m, at + PVH_MODLIST, modules);
        set32(&m, at + PVH_MODULES, 1);
        assert_null(parse(BOOT_PVH, at));
        assert_true(info.stub_tsc == cases[i].stamp);
        assert_int_equal(info.module_count, cases[i].files);
    }
}

/* Structures at addresses that no alignment rule knows of. */
static void pvh_unaligned(void **state)
{
    (void)state;
    for (unsigned shift = 1; shift < 8; shift++) {
        memset(m.bytes, 0, m.size);
        make_pvh(&m, "a");
        uint64_t list = *(uint64_t *)(m.bytes + PVH_MODLIST) - AT;
        memmove(m.bytes + list + shift, m.bytes + list, m.used - list);
        set64(&m, AT + PVH_MODLIST, AT + list + shift);
        set64(&m, AT + PVH_MEMMAP, *(uint64_t *)(m.bytes + PVH_MEMMAP) + shift);
        memmove(m.bytes + shift, m.bytes, PVH_BYTES);
        set64(&m, AT + shift + PVH_CMDLINE, 0);
        assert_null(parse(BOOT_PVH, AT + shift));
        assert_true(info.range_count == 2 && info.module_count == 2);
    }
}

/* Too much of one thing must not cost what comes after it. */
static void pvh_truncated(void **state)
{
    (void)state;
    char line[BOOT_STRINGS + 100];
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\0';
    assert_null(parse(BOOT_PVH, make_pvh(&m, line)));
    assert_true(info.truncated);
    assert_in_range(info.range_count, 3, 6);                       /* and the modules, set aside */
    assert_true(info.module_count == 0 && info.modules_told == 2); /* no room is left for names */

    memset(m.bytes, 0, m.size);
    uint64_t at = make_pvh(&m, "x"), modules = align8(&m);
    for (unsigned i = 0; i <= BOOT_MODULES; i++)
        put64(&m, 0x1000 * (i + 1)), put64(&m, 1), put64(&m, 0), put64(&m, 0);
    set64(&m, at + PVH_MODLIST, modules);
    set32(&m, at + PVH_MODULES, BOOT_MODULES);
    assert_null(parse(BOOT_PVH, at));
    assert_false(info.truncated);
    set32(&m, at + PVH_MODULES, BOOT_MODULES + 1);
    assert_null(parse(BOOT_PVH, at));
    assert_false(info.truncated);
    assert_true(info.module_count == BOOT_MODULES && info.range_count == 2);
    assert_true(info.modules_told == BOOT_MODULES + 1 && info.modules_bytes == BOOT_MODULES + 1);
    set32(&m, at + PVH_MODULES, UINT32_MAX);
    assert_error(parse(BOOT_PVH, at), "outside memory");
    set32(&m, at + PVH_MODULES, 0);

    set64(&m, at + PVH_MEMMAP, align8(&m));
    for (unsigned i = 0; i <= BOOT_RANGES; i++)
        put64(&m, 0x1000000 - i * 0x2000), put64(&m, 0x1000), put32(&m, 1), put32(&m, 0);
    set32(&m, at + PVH_ENTRIES, BOOT_RANGES);
    assert_null(parse(BOOT_PVH, at));
    assert_int_equal(info.ram_lost, 0);
    set32(&m, at + PVH_ENTRIES, BOOT_RANGES + 1);
    assert_null(parse(BOOT_PVH, at));
    assert_true(info.ram_lost == 0x1000 && info.range_count == BOOT_RANGES);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(views),
        TEST(ranges),
        TEST(many_ranges),
        TEST(strings),
        TEST(module_names),
        TEST(module_without_text),
        TEST(unknown_protocol),
        TEST(pvh),
        TEST(pvh_malformed),
        TEST(pvh_firmware),
        TEST(pvh_stub),
        TEST(pvh_unaligned),
        TEST(pvh_truncated),
    };
    return cmocka_run_group_tests_name("boot", tests, 0, 0);
}
