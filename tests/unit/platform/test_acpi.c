/* SPDX-License-Identifier: BSD-2-Clause */
/* ACPI: small tables laid out by hand, whole and broken. */
#include "unit.h"
#include "boot/info.c"
#include "boot/ranges.c"
#include "pc/acpi.c"
#include "memory.h"

#define AT 0x9000u

/* Name (_S5, Package (4) {5, 7, Zero, Zero}) in the middle of other things. */
static const char s5[] = "\x10\x20_SB_"
                         "\x08_S5_\x12\x08\x04\x0a\x05\x0a\x07\x00\x00"
                         "more";

static struct memory m;
static struct acpi_facts facts;
static uint8_t rsdp[RSDP_SIZE];

static int set_up(void **state)
{
    (void)state;
    m = memory_new(AT, 0x1000);
    return m.bytes == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    free(m.bytes);
    return 0;
}

static bool parse(void)
{
    struct phys_view view = memory_view(&m);
    memset(&facts, 0xff, sizeof facts);
    return acpi_parse(rsdp, &view, &facts);
}

/* One machine's tables; xsdt chooses the root. Returns the FADT's address. */
static uint64_t machine(uint32_t fadt_bytes, uint32_t flags, bool xsdt, const void *aml, size_t n)
{
    memset(m.bytes, 0, m.size);
    m.used = 3; /* tables follow at any alignment */
    uint64_t dsdt = put_dsdt(&m, aml, (uint32_t)n);
    uint64_t fadt = put_fadt(&m, fadt_bytes, flags, dsdt);
    uint64_t other = seal_table(&m, begin_table(&m, "APIC"));
    uint64_t root = put_root(&m, xsdt ? 8 : 4, other, fadt);
    make_rsdp(rsdp, xsdt ? 0 : root, xsdt ? root : 0);
    return fadt;
}

static void rsdt(void **state)
{
    (void)state;
    machine(129, FADT_RESET_SUPPORTED, false, s5, sizeof s5);
    assert_true(parse());
    assert_int_equal(facts.pm1a_control, 0x604);
    assert_int_equal(facts.pm1b_control, 0);
    assert_int_equal(facts.pm_timer, 0x608);
    assert_int_equal(facts.sleep_control, 0);
    assert_true(facts.reset_is_io);
    assert_int_equal(facts.reset_register, 0xcf9);
    assert_int_equal(facts.reset_value, 0x0f);
    assert_true(facts.has_s5 && facts.s5_a == 5 && facts.s5_b == 7);

    machine(116, 0, false, s5, sizeof s5); /* ACPI 1.0: no reset register */
    assert_true(parse());
    assert_true(facts.reset_register == 0 && facts.pm1a_control == 0x604 && facts.has_s5);
    machine(129, 0, false, s5, sizeof s5); /* one that is not to be used */
    assert_true(parse());
    assert_int_equal(facts.reset_register, 0);
}

static void xsdt(void **state)
{
    (void)state;
    machine(276, FADT_RESET_SUPPORTED, true, s5, sizeof s5);
    assert_true(parse());
    assert_true(facts.pm1a_control == 0x604 && facts.has_s5 && facts.reset_register == 0xcf9);
    memset(rsdp + 24, 0, 8); /* revision 2 with an RSDT only, which there is not */
    assert_false(parse());
}

static void hardware_reduced(void **state)
{
    (void)state;
    uint64_t fadt = machine(276, FADT_HW_REDUCED, true, s5, sizeof s5);
    assert_true(parse());
    assert_true(facts.pm1a_control == 0 && facts.pm1b_control == 0 && facts.pm_timer == 0);
    assert_int_equal(facts.sleep_control, 0xfed01000);
    assert_false(facts.sleep_is_io);
    assert_true(facts.has_s5 && facts.s5_a == 5);
    m.bytes[fadt - AT + 244] = 1; /* I/O */
    assert_true(parse());
    assert_true(facts.sleep_is_io && facts.sleep_control == 0xfed01000);
    m.bytes[fadt - AT + 244] = 2; /* PCI configuration space: not for us */
    assert_true(parse());
    assert_int_equal(facts.sleep_control, 0);
    set32(&m, fadt + 4, 255); /* ends within the register */
    assert_true(parse());
    assert_int_equal(facts.sleep_control, 0);
}

static void x_dsdt(void **state)
{
    (void)state;
    uint64_t fadt = machine(276, 0, true, s5, sizeof s5);
    set32(&m, fadt + 40, 0); /* the old pointer is empty */
    assert_true(parse());
    assert_true(facts.has_s5);
    set64(&m, fadt + 140, 0); /* now both are */
    assert_true(parse());
    assert_false(facts.has_s5);
    set64(&m, fadt + 140, UINT64_MAX - 10);
    assert_true(parse());
    assert_false(facts.has_s5);
}

static void s5_encodings(void **state)
{
    (void)state;
#define AML(text) text, sizeof(text) - 1
    static const struct {
        const char *aml;
        size_t n;
        bool has;
        uint8_t a, b;
    } cases[] = {
        {AML("\x08_S5_\x12\x06\x04\x00\x00\x00\x00"), true, 0, 0},
        {AML("\x08_S5_\x12\x06\x04\x01\x00\x00\x00"), true, 1, 0},
        {AML("\x08_S5_\x12\x07\x04\x0a\x07\x01\x00\x00"), true, 7, 1},
        {AML("\x08_S5_\x12\x08\x04\x0a\x00\x0a\xff\x00\x00"), true, 0, 255},
        {AML("\x08\\_S5_\x12\x06\x04\x01\x01\x00\x00"), true, 1, 1},         /* root prefix */
        {AML("\x08_S5_\x12\x47\x00\x04\x0a\x06\x01\x00\x00"), true, 6, 1},   /* 2 length bytes */
        {AML("\x08_S5_\x12\x88\0\0\x04\x0a\x06\x01\x00\x00"), true, 6, 1},   /* 3 */
        {AML("\x08_S5_\x12\xc9\0\0\0\x04\x0a\x06\x01\x00\x00"), true, 6, 1}, /* 4 */
        {AML("\x08_S5_\x12\x04\x01\x0a\x05\x0a\x09????"), true, 5, 5},       /* one element only */
        {AML("\x08_S5_\x12\x05\x02\x0a\x05\x0c\x09\0\0\0"), true, 5, 5},     /* a dword: not ours */
        {AML("\x08_S5_\x12\x05\x02\x0b\x05\x00\x00\x00"), false, 0, 0},      /* a word */
        {AML("\x08_S4_\x12\x06\x04\x01\x00\x00\x00"), false, 0, 0},
        {AML("\x14_S5_\x12\x06\x04\x01\x00\x00\x00"), false, 0, 0}, /* a method */
        {AML("\\\\_S5_\x12\x06\x04\x01\x00\x00\x00"), false, 0, 0},
        {AML("_S5_\x12\x06\x04\x01\x00\x00\x00"), false, 0, 0},     /* a reference to it */
        {AML("\x08_S5_\x0a\x06\x04\x01\x00\x00\x00"), false, 0, 0}, /* no package */
        {AML("\x08_S5_\x08_S5_\x12\x06\x04\x01\x00\x00\x00"), true, 1, 0},
        {AML("\x08_S5_\x12\x06\x04\x0a"), false, 0, 0}, /* ends too early */
        {AML("\x08_S5_\x12\x06\x04"), false, 0, 0},
        {AML("\x08_S5_\x12\xff"), false, 0, 0},
        {AML("\x08_S5_"), false, 0, 0},
        {AML("\x08"), false, 0, 0},
        {AML(""), false, 0, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        machine(129, 0, false, cases[i].aml, cases[i].n);
        assert_true(parse());
        if (facts.has_s5 != cases[i].has || facts.s5_a != cases[i].a || facts.s5_b != cases[i].b)
            fail_msg("case %zu: %d %d %d", i, facts.has_s5, facts.s5_a, facts.s5_b);
    }
}

static void bad_roots(void **state)
{
    (void)state;
    machine(129, 0, false, s5, sizeof s5);
    rsdp[0] = 'r';
    assert_false(parse());
    assert_int_equal(facts.pm1a_control, 0); /* facts are zero even so */
    memcpy(rsdp, "RSD PTR ", 8);
    rsdp[17] ^= 0x80; /* a root outside the view */
    assert_false(parse());
    make_rsdp(rsdp, 0, 0);
    assert_false(parse());
    make_rsdp(rsdp, 0, UINT64_MAX);
    assert_false(parse());
}

static void bad_fadts(void **state)
{
    (void)state;
    uint64_t fadt = machine(129, 0, false, s5, sizeof s5);
    m.bytes[fadt - AT] = 'X';
    assert_false(parse());
    m.bytes[fadt - AT] = 'F';
    for (uint32_t length = 0; length < 116; length++) {
        set32(&m, fadt + 4, length);
        assert_false(parse());
    }
    set32(&m, fadt + 4, 0xffffffff); /* beyond the view */
    assert_false(parse());
    set32(&m, fadt + 4, 128); /* the reset value is not in it any more */
    set32(&m, fadt + 112, FADT_RESET_SUPPORTED);
    assert_true(parse());
    assert_int_equal(facts.reset_register, 0);
}

static void bad_lengths(void **state)
{
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        machine(129, 0, wide, s5, sizeof s5);
        uint64_t root = wide ? get64(rsdp + 24) : get32(rsdp + 16), length = 36;
        for (; length < 36u + (wide ? 16 : 8); length++) { /* the FADT is the last entry */
            set32(&m, root + 4, (uint32_t)length);
            assert_false(parse());
        }
        set32(&m, root + 4, (uint32_t)length);
        assert_true(parse());
        set32(&m, root + 4, 35);
        assert_false(parse());
    }
}

/* Memory that ends anywhere: no byte beyond it is read. */
static void truncated(void **state)
{
    (void)state;
    machine(276, FADT_RESET_SUPPORTED, true, s5, sizeof s5);
    for (uint64_t n = m.used; n > 0; n--) {
        struct memory cut = memory_new(AT, n);
        struct phys_view view = memory_view(&cut);
        memcpy(cut.bytes, m.bytes, n);
        assert_int_equal(acpi_parse(rsdp, &view, &facts), n == m.used);
        free(cut.bytes);
    }
}

static void search(void **state)
{
    (void)state;
    struct memory bios = memory_new(0xe0000, 0x20000);
    struct phys_view view = memory_view(&bios);
    assert_int_equal(acpi_search_rsdp(&view), 0);
    make_rsdp(rsdp, 0x1234, 0);
    memcpy(bios.bytes + 0x108, rsdp, RSDP_SIZE); /* not at a multiple of 16 */
    assert_int_equal(acpi_search_rsdp(&view), 0);
    memcpy(bios.bytes + 0x1ffe0 - 16, rsdp, RSDP_SIZE);
    assert_int_equal(acpi_search_rsdp(&view), 0xfffd0);
    memcpy(bios.bytes + 0x200, rsdp, RSDP_SIZE);
    assert_int_equal(acpi_search_rsdp(&view), 0xe0200);
    bios.bytes[0x200 + 16]++; /* the sum is wrong */
    assert_int_equal(acpi_search_rsdp(&view), 0xfffd0);
    bios.bytes[0x1ffd0 + 19]++;
    assert_int_equal(acpi_search_rsdp(&view), 0);
    free(bios.bytes);

    struct memory part = memory_new(0xe8000, 0x100); /* a view of a part only */
    view = memory_view(&part);
    assert_int_equal(acpi_search_rsdp(&view), 0);
    memcpy(part.bytes + 0xd0, rsdp, RSDP_SIZE);
    assert_int_equal(acpi_search_rsdp(&view), 0xe80d0);
    free(part.bytes);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

/* The MADT's local APICs: enabled ones in order, other entries skipped, broken ones end it. */
static void cpus(void **state)
{
    (void)state;
    struct phys_view view = memory_view(&m);
    uint8_t ids[4];
    memset(m.bytes, 0, m.size);
    m.used = 0;
    uint64_t madt = begin_table(&m, "APIC");
    put32(&m, 0xfee00000);
    put32(&m, 1);
    static const uint8_t entries[] = {
        0, 8,  0, 0,  1, 0, 0, 0,             /* CPU 0, APIC 0 */
        1, 12, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0, /* an I/O APIC */
        0, 8,  1, 6,  1, 0, 0, 0,             /* CPU 1, APIC 6 */
        0, 8,  2, 9,  0, 0, 0, 0,             /* not enabled */
        0, 8,  3, 12, 1, 0, 0, 0,
    };
    put(&m, entries, sizeof entries);
    seal_table(&m, madt);
    uint64_t root = put_root(&m, 8, madt, madt);
    make_rsdp(rsdp, 0, root);
    assert_int_equal(acpi_cpus(rsdp, &view, ids, 4), 3);
    assert_true(ids[0] == 0 && ids[1] == 6 && ids[2] == 12);
    assert_int_equal(acpi_cpus(rsdp, &view, ids, 2), 2);
    uint8_t *last = m.bytes + (madt - m.first) + 44 + sizeof entries - 8;
    last[1] = 9; /* beyond the table */
    assert_int_equal(acpi_cpus(rsdp, &view, ids, 4), 2);
    last[1] = 0; /* would not end */
    assert_int_equal(acpi_cpus(rsdp, &view, ids, 4), 2);
    last[1] = 4; /* too short for what it says it is */
    assert_int_equal(acpi_cpus(rsdp, &view, ids, 4), 2);
    machine(129, FADT_RESET_SUPPORTED, false, s5, sizeof s5); /* an empty MADT */
    assert_int_equal(acpi_cpus(rsdp, &view, ids, 4), 0);
    rsdp[0] = 'r';
    assert_int_equal(acpi_cpus(rsdp, &view, ids, 4), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rsdt),      TEST(xsdt),         TEST(hardware_reduced),
        TEST(x_dsdt),    TEST(s5_encodings), TEST(bad_roots),
        TEST(bad_fadts), TEST(bad_lengths),  TEST(truncated),
        TEST(search),    TEST(cpus),
    };
    return cmocka_run_group_tests_name("acpi", tests, 0, 0);
}
