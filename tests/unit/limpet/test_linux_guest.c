/* SPDX-License-Identifier: BSD-2-Clause */
/* What a Linux guest's program is given: words of a line, and the initial file system. */
#include "vm/linux_guest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect_words(const char *line, const char *environment, const char *arguments)
{
    struct args env = {0}, rest = {0};
    struct buf text = {0}, words = {0};

    linux_words(line, &env, &rest);
    buf_str(&text, "");
    buf_str(&words, "");
    for (size_t i = 0; i < env.n; i++)
        buf_printf(&text, "[%s]", env.v[i]);
    for (size_t i = 0; i < rest.n; i++)
        buf_printf(&words, "[%s]", rest.v[i]);
    assert_string_equal(text.data, environment);
    assert_string_equal(words.data, arguments);
    buf_free(&text);
    buf_free(&words);
    args_free(&env);
    args_free(&rest);
}

static void words_are_an_images(void **state)
{
    (void)state;
    expect_words("", "", "");
    expect_words("limpet.tty=none env.A=b limpet.time=1.5 -- x \"y  z\"", "[A=b]", "[x][y  z]");
    expect_words("x -- env.A=b limpet.y", "", "[x][--][env.A=b][limpet.y]");
    expect_words("-- -- \"\"", "", "[--][]");
}

/* An entry of the archive at an offset that is passed on: its name, its mode, what it holds. */
static const char *entry(const struct buf *archive, size_t *at, const char *name, unsigned mode,
                         size_t *n)
{
    char field[9] = "";
    const char *p = archive->data + *at, *data;

    assert_true(*at + 110 < archive->len);
    assert_memory_equal(p, "070701", 6);
    memcpy(field, p + 6 + 8, 8);
    assert_int_equal(strtoul(field, NULL, 16), mode);
    memcpy(field, p + 6 + 6 * 8, 8);
    *n = strtoul(field, NULL, 16);
    assert_string_equal(p + 110, name);
    data = p + ((110 + strlen(name) + 1 + 3) & ~(size_t)3);
    *at = (size_t)(data - archive->data) + ((*n + 3) & ~(size_t)3);
    assert_true(*at <= archive->len);
    return data;
}

static void an_archive_holds_the_program_and_its_words(void **state)
{
    static const char words[] = "1\0A=b\0x\0\0y z";
    struct buf archive = {0};
    size_t at = 0, n;
    const char *data;

    (void)state;
    linux_initramfs("program", 7, "limpet.tty=none env.A=b -- x \"\" \"y z\"", &archive);
    entry(&archive, &at, "dev", 0040755, &n);
    entry(&archive, &at, "dev/console", 0020600, &n);
    data = entry(&archive, &at, "arguments", 0100400, &n);
    assert_int_equal(n, sizeof words);
    assert_memory_equal(data, words, sizeof words);
    data = entry(&archive, &at, "init", 0100755, &n);
    assert_int_equal(n, 7);
    assert_memory_equal(data, "program", 7);
    entry(&archive, &at, "TRAILER!!!", 0, &n);
    assert_int_equal(at, archive.len);
    buf_free(&archive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_an_images),
        cmocka_unit_test(an_archive_holds_the_program_and_its_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
