/* SPDX-License-Identifier: BSD-2-Clause */
/* limpet-vmm as a loader of bzImages: which it takes, and by which words it refuses the rest. */
#include "unit.h"
#include "bzimage.h"
#include "../../tools/vmm/bz.c"

#define MEMORY (16ull << 20)
#define SIZE   (BZ_SETUP + BZ_PAYLOAD)

static uint8_t image[SIZE];
static struct image_plan plan;
static struct bz_header header;

static int set_up(void **state)
{
    (void)state;
    make_bzimage(image);
    return 0;
}

static const char *look(void) { return bz_plan(image, SIZE, MEMORY, &plan, &header); }

static void refused_with(size_t offset, uint64_t value, size_t n, const char *words)
{
    bz_set(image, offset, value, n);
    const char *said = look();
    assert_non_null(said);
    if (strstr(said, words) == NULL)
        fail_msg("\"%s\", not \"%s\"", said, words);
    make_bzimage(image);
}

static void takes(void **state)
{
    (void)state;
    assert_null(look());
    assert_int_equal(plan.count, 1);
    assert_int_equal(plan.segments[0].address, 0x100000);
    assert_int_equal(plan.segments[0].offset, BZ_SETUP);
    assert_int_equal(plan.segments[0].file_bytes, BZ_PAYLOAD);
    assert_int_equal(plan.segments[0].memory_bytes, BZ_PAYLOAD);
    assert_int_equal(plan.end, 0x110000); /* what it needs, not what it brings */
    assert_int_equal(plan.linux32, 0x100000);
    assert_int_equal(plan.linux64, 0x100200);
    assert_false(plan.has_pvh || plan.has_long);
    assert_int_equal(header.n, 0x268 - 0x1f1);
    assert_memory_equal(header.bytes, image + 0x1f1, header.n);
    assert_int_equal(header.line_max, 2047);
    assert_int_equal(header.initrd_end, 0x40000000);
    bz_set(image, 0x260, 0, 4); /* it needs no more than its file */
    assert_null(look());
    assert_int_equal(plan.end, 0x100000 + BZ_PAYLOAD);
    bz_set(image, 0x1f4, BZ_PAYLOAD / 16 - 1, 4); /* something signed it */
    assert_null(look());
}

static void doors(void **state)
{
    (void)state;
    bz_set(image, 0x236, 2, 2); /* no XLF_KERNEL_64 */
    assert_null(look());
    assert_int_equal(plan.linux32, 0x100000);
    assert_int_equal(plan.linux64, 0);
    make_bzimage(image);
    bz_set(image, 0x206, 0x20b, 2); /* the bit came with 2.12 */
    assert_null(look());
    assert_int_equal(plan.linux64, 0);
    make_bzimage(image);
    bz_set(image, 0x1f4, 0, 4); /* a file that ends before the 64-bit door */
    assert_null(bz_plan(image, BZ_SETUP + 0x200, MEMORY, &plan, &header));
    assert_int_equal(plan.linux64, 0);
    assert_null(bz_plan(image, BZ_SETUP + 0x201, MEMORY, &plan, &header));
    assert_int_equal(plan.linux64, 0x100200);
    bz_set(image, 0x206, 0x206, 2); /* a short header of an old version */
    bz_set(image, 0x201, 0x3a, 1);
    assert_null(look());
    assert_int_equal(header.n, 0x23c - 0x1f1);
    assert_int_equal(plan.end, 0x100000 + BZ_PAYLOAD);
    bz_set(image, 0x201, 0xff, 1); /* longer than boot_params has room for */
    assert_null(look());
    assert_int_equal(header.n, 0x290 - 0x1f1);
    make_bzimage(image);
    bz_set(image, 0x1f1, 0, 1); /* means 4 sectors, which are not there */
    refused_with(0x1f4, 0, 4, "cut off in its real-mode code");
}

static void refuses(void **state)
{
    (void)state;
    refused_with(0, 0x464c457f, 4, "is an ELF file");
    refused_with(0x1fe, 0xaa54, 2, "not a Linux kernel image");
    refused_with(0x202, 0, 1, "not a Linux kernel image");
    refused_with(0x206, 0x205, 2, "before 2.06");
    refused_with(0x201, 0x61, 1, "shorter than its version says");
    refused_with(0x211, 0, 1, "zImage");
    refused_with(0x1f1, 3, 1, "real-mode code");
    refused_with(0x1f4, BZ_PAYLOAD / 16 + 1, 4, "tells of more bytes");
    refused_with(0x1f4, UINT32_MAX, 4, "tells of more bytes");
    refused_with(0x214, 0xfffff, 4, "below 1 MiB");
    refused_with(0x214, UINT32_MAX, 4, "give it more");
    refused_with(0x214, MEMORY - BZ_PAYLOAD + 1, 4, "give it more");
    refused_with(0x258, MEMORY + 1, 8, "give it more");
    refused_with(0x258, MEMORY - 0xffff, 8, "give it more");
    refused_with(0x258, UINT64_MAX, 8, "give it more");
    refused_with(0x260, UINT32_MAX, 4, "give it more");
}

/* Every beginning of the file is refused, none is read beyond: the address sanitizer looks on. */
static void truncated(void **state)
{
    (void)state;
    for (size_t n = 0; n < SIZE - 15; n++) { /* syssize is rounded up */
        uint8_t *copy = malloc(n);
        memcpy(copy, image, n);
        assert_non_null(bz_plan(copy, n, MEMORY, &plan, &header));
        free(copy);
    }
}

#define TEST(f) cmocka_unit_test_setup(f, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(takes), TEST(doors), TEST(refuses), TEST(truncated)};
    return cmocka_run_group_tests_name("vmm_bz", tests, 0, 0);
}
