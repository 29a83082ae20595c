/* SPDX-License-Identifier: BSD-2-Clause */
/* The C-bit in an image's page tables: in every present entry, in nothing else. */
#include "unit.h"

#include "efi/private.c"

#define BASE 0x200000ull
#define BIT  (1ull << 47)
#define RW   0x63ull
enum { PML4, PDPT, PD, PT, DATA, PAGES };

static uint64_t memory[PAGES][512] __attribute__((aligned(4096)));

static uint64_t at(unsigned page) { return BASE + 4096 * page; }

/* As an image has them: a page of 4 KiB, one of 2 MiB, one of 1 GiB, whose bits say PAT or dirty.
 */
static void lay_down(void)
{
    memset(memory, 0, sizeof memory);
    memory[PML4][0] = memory[PML4][256] = at(PDPT) | RW;
    memory[PDPT][0] = at(PD) | RW;
    memory[PDPT][1] = 0x40000000 | RW | LARGE;
    memory[PD][0] = at(PT) | RW;
    memory[PD][511] = 0x3fe00000 | RW | LARGE | 1ull << 63;
    memory[PT][0] = at(DATA) | RW | LARGE; /* level 1: the bit is PAT */
    memory[PT][7] = at(DATA);              /* not present */
    memory[DATA][0] = at(DATA) | RW;       /* no table */
}

static const char *patch_all(uint64_t bit)
{
    return private_patch(memory, BASE, sizeof memory, at(PML4), bit);
}

static void every_entry(void **state)
{
    uint64_t before[PAGES][512];
    (void)state;
    lay_down();
    memcpy(before, memory, sizeof before);
    assert_null(patch_all(BIT));
    for (unsigned page = 0; page < PAGES; page++)
        for (unsigned i = 0; i < 512; i++) {
            uint64_t e = before[page][i];
            bool patched = page != DATA && e & PRESENT;
            assert_int_equal(memory[page][i], patched ? e | BIT : e);
        }
    memcpy(before, memory, sizeof before);
    assert_null(patch_all(BIT)); /* a second time changes nothing */
    assert_memory_equal(memory, before, sizeof before);
}

static void which_bits(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 64; bit++) {
        lay_down();
        const char *wrong = patch_all(1ull << bit);
        assert_int_equal(wrong == NULL, bit >= 39 && bit <= 51);
        assert_int_equal(memory[PML4][0] == (at(PDPT) | RW), wrong != NULL);
    }
    assert_non_null(patch_all(0));
    assert_non_null(patch_all(3ull << 47));
}

static void bad_tables(void **state)
{
    (void)state;
    lay_down();
    assert_non_null(private_patch(memory, BASE, sizeof memory, at(PML4) + 8, BIT));
    assert_non_null(private_patch(memory, BASE, sizeof memory, at(PAGES), BIT));
    assert_non_null(private_patch(memory, BASE, sizeof memory, 0, BIT));
    assert_non_null(private_patch(memory, BASE, 4095, at(PML4), BIT));
    memory[PD][1] = at(PAGES) | RW; /* a table just behind the end */
    assert_non_null(patch_all(BIT));
    memory[PD][1] = 0x0000700000000000 | RW; /* and far away */
    assert_non_null(patch_all(BIT));
    lay_down();
    for (unsigned i = 0; i < 512; i++) /* a circle ends */
        memory[PML4][i] = at(PML4) | RW;
    assert_non_null(patch_all(BIT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry),
        cmocka_unit_test(which_bits),
        cmocka_unit_test(bad_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
