/* Host tool: doors, and the files in which they take an image.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/msg.h"
#include "cmd/preflight.h"
#include "vm/doors.h"
#include "vm/image.h"

static const char *const two[] = {"pvh", "bz", NULL}, *const one[] = {"esp", NULL};
static const struct platform a = {.name = "a", .doors = two}, b = {.name = "b", .doors = one},
                             silent = {.name = "silent"};

static void used(void **state)
{
    (void)state;
    assert_string_equal(door_used(&a, NULL), "pvh");
    assert_string_equal(door_used(&a, "bz"), "bz");
    assert_null(door_used(&a, "esp"));
    assert_null(door_used(&a, ""));
    assert_null(door_used(&silent, NULL));
    assert_null(door_used(&silent, "pvh"));
}

static void wrapping(void **state)
{
    const struct platform *list[] = {&a, &b};

    (void)state;
    assert_int_equal(door_wrapping(&a, NULL), WRAPPING_NONE);
    assert_int_equal(door_wrapping(&a, "bz"), WRAPPING_BZ);
    assert_int_equal(door_wrapping(&b, NULL), WRAPPING_EFI);
    assert_int_equal(door_wrapping(&silent, NULL), WRAPPING_NONE);
    assert_int_equal(doors_wrappings(list, 2, NULL),
                     WRAPPING_BIT(WRAPPING_NONE) | WRAPPING_BIT(WRAPPING_EFI));
}

/* How many of both are left, and which is the first. */
static void expect_kept(const char *asked, int kept, const struct platform *first)
{
    const struct platform *list[] = {&a, &b};

    assert_int_equal(doors_keep(list, 2, asked), kept);
    if (first)
        assert_ptr_equal(list[0], first);
}

static void keep(void **state)
{
    (void)state;
    expect_kept(NULL, 2, &a);
    expect_kept("pvh", 1, &a);
    expect_kept("bz", 1, &a);
    expect_kept("multiboot", -1, NULL);
    expect_kept("door", -1, NULL);
    expect_kept("", -1, NULL);
    assert_int_equal(doors_keep(NULL, 0, "pvh"), 0);
    assert_int_equal(doors_keep(NULL, -1, "pvh"), -1);
}

/* Each name of each platform once. */
static void every_platform(void **state)
{
    (void)state;
    for (const struct platform *const *p = platforms; *p; p++) {
        assert_non_null((*p)->doors);
        for (const char *const *door = (*p)->doors; *door; door++)
            assert_string_equal(door_used(*p, *door), *door);
    }
}

static void touch(const char *path, time_t when)
{
    struct timespec times[2] = {{.tv_sec = when}, {.tv_sec = when}};
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fclose(f);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void files(void **state)
{
    char *dir = xasprintf("/tmp/limpet-test-XXXXXX"), *elf, *bz, *why;

    (void)state;
    assert_non_null(mkdtemp(dir));
    elf = xasprintf("%s/x y.elf", dir);
    bz = image_wrapping(elf, WRAPPING_BZ);
    assert_string_equal(bz + strlen(bz) - 6, "x y.bz");
    touch(elf, 1000);
    assert_false(image_is_wrapped(elf, WRAPPING_BZ));
    assert_null(wrapping_trouble(&a, NULL, elf));
    why = wrapping_trouble(&a, "bz", elf);
    assert_non_null(strstr(why, "is not there, and"));
    free(why);
    touch(bz, 999);
    assert_false(image_is_wrapped(elf, WRAPPING_BZ));
    why = wrapping_trouble(&a, "bz", elf);
    assert_non_null(strstr(why, "older than the image"));
    free(why);
    touch(bz, 1000);
    assert_true(image_is_wrapped(elf, WRAPPING_BZ));
    assert_null(wrapping_trouble(&a, "bz", elf));
    unlink(elf);
    assert_false(image_is_wrapped(elf, WRAPPING_BZ));
    unlink(bz);
    rmdir(dir);
    free(elf);
    free(bz);
    free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(used),           cmocka_unit_test(wrapping), cmocka_unit_test(keep),
        cmocka_unit_test(every_platform), cmocka_unit_test(files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
