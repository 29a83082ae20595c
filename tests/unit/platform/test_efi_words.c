/* SPDX-License-Identifier: BSD-2-Clause */
/* Arguments from load options, the UEFI shell's words and a .cmd file. */
#include "unit.h"
#include <uchar.h>
#include "efi/words.c"

static char bytes[64];
static struct line line;

static void begin(size_t room)
{
    memset(bytes, 0x55, sizeof bytes);
    line_begin(&line, bytes, room);
}

#define OPTIONS(text) options(text, sizeof text)
static const char *options(const void *text, size_t n)
{
    char *copy = malloc(n); /* so that the sanitizer sees what is read beyond it */
    memcpy(copy, text, n);
    begin(sizeof bytes);
    bool is_text = line_add_options(&line, copy, n);
    free(copy);
    return is_text ? bytes : NULL;
}

static void load_options(void **state)
{
    (void)state;
    assert_string_equal(OPTIONS(u"a \"b c\""), "a \"b c\"");
    assert_string_equal(options(u"a b", 6), "a b"); /* without a NUL */
    assert_string_equal(OPTIONS("a b"), "a b");     /* efibootmgr without -u */
    assert_string_equal(options("a b c", 5), "a b c");
    assert_string_equal(options("a", 1), "a");
    assert_string_equal(OPTIONS(u"a\tb\r\n"), "a b  ");
    assert_string_equal(OPTIONS("a\nb\0\0"), "a b");
    assert_string_equal(OPTIONS(u"\xfeff"
                                u"a"),
                        "a");
    assert_string_equal(OPTIONS(u""), "");
    assert_string_equal(options("", 0), "");
    assert_string_equal(OPTIONS(u"one\0two"), "one");
    assert_int_equal(line.used, 3);
}

static void beyond_ascii(void **state)
{
    (void)state;
    assert_string_equal(OPTIONS(u"é ß € 中"), "é ß € 中");
    assert_string_equal(OPTIONS(u"\U0001f40c!"), "\U0001f40c!");
    assert_string_equal(OPTIONS(u"\U0010ffff"), "\U0010ffff");
    assert_string_equal(OPTIONS(u"ł"), "ł");
    assert_string_equal(options("\x0c\xd8 \0", 4), "\ufffd ");             /* half a character */
    assert_string_equal(options("\x0c\xdc \0", 4), "\ufffd ");             /* its other half */
    assert_string_equal(options(" \0\x0c\xd8", 4), " \ufffd");             /* cut off */
    assert_string_equal(options("\x0c\xd8\x0c\xd8\0", 6), "\ufffd\ufffd"); /* twice the first */
}

/* What firmware leaves there of its own. */
static void no_text(void **state)
{
    static const uint8_t made_by_firmware[] = {0x4e, 0xac, 0x08, 0x81, 0x11, 0x9f, 0x59, 0x4d,
                                               0x85, 0x0e, 0xe2, 0x1a, 0x52, 0x2c, 0x59, 0xb2};
    (void)state;
    assert_null(options("\x01\0", 2));
    assert_null(options("\xd0\x4e", 2)); /* a character, but nothing says so */
    assert_null(options("a\0b", 3));
    assert_null(options("\xff\xff", 2));
    assert_null(options("a\0\x01\0", 4));
    assert_null(options("a\0\x85\0", 4));
    assert_null(options(made_by_firmware, sizeof made_by_firmware));
    assert_null(options("WINDOWS\0\x01\0\0\0\x88\0\0\0x\0\0\0", 20));
    assert_int_equal(line.used, 0);
}

static void too_long(void **state)
{
    (void)state;
    begin(4);
    assert_true(line_add_options(&line, "abc", 3));
    assert_false(line.too_long);
    assert_true(line_add_options(&line, "d", 1));
    assert_true(line.too_long);
    assert_string_equal(bytes, "abc");
    begin(1);
    line_add_word(&line, u"x");
    assert_true(line.too_long);
    assert_string_equal(bytes, "");
}

static void shell_words(void **state)
{
    (void)state;
    begin(sizeof bytes);
    line_add_word(&line, u"a");
    line_add_word(&line, u"b c");
    line_add_word(&line, u"");
    line_add_word(&line, u"\"\\");
    line_add_word(&line, u"é=1");
    assert_string_equal(bytes, "a \"b c\" \"\" \"\\\"\\\\\" é=1");
}

#define FILE_OF(text) file_of(text, sizeof text - sizeof *text)
static const char *file_of(const void *text, size_t n)
{
    char *copy = malloc(n);
    memcpy(copy, text, n);
    begin(sizeof bytes);
    line_add_file(&line, copy, n);
    free(copy);
    return bytes;
}

static void command_file(void **state)
{
    (void)state;
    assert_string_equal(FILE_OF("a \"b c\"\n"), "a \"b c\"");
    assert_string_equal(FILE_OF("a é"), "a é");
    assert_string_equal(FILE_OF("# why\r\n# more\r\na b\r\nno more\r\n"), "a b ");
    assert_string_equal(FILE_OF("# why\n\na b\n"), "");
    assert_string_equal(FILE_OF("#"), "");
    assert_string_equal(FILE_OF("#\n#"), "");
    assert_string_equal(FILE_OF(""), "");
    assert_string_equal(FILE_OF("# a\0b"), "");
    assert_string_equal(FILE_OF("a\0b"), "a");
    assert_string_equal(FILE_OF("\xef\xbb\xbf# mark\na"), "a");
    assert_string_equal(FILE_OF(u"\xfeff"
                                u"# mark\r\na é\r\n"),
                        "a é ");
    assert_string_equal(FILE_OF(u"\xfeff"), "");
    assert_string_equal(FILE_OF("a #b"), "a #b");
}

static void path(const char16_t *program, const char16_t *expected)
{
    uint16_t room[24];
    size_t n = 0;
    for (; program[n] != 0; n++)
        room[n] = program[n];
    room[n] = 0;
    bool fits = command_file_path(room, COUNT(room));
    assert_int_equal(fits, expected != NULL);
    for (size_t i = 0; expected != NULL && (i == 0 || expected[i - 1] != 0); i++)
        assert_int_equal(room[i], expected[i]);
}

static void paths(void **state)
{
    (void)state;
    path(u"\\EFI\\BOOT\\BOOTX64.EFI", u"\\EFI\\BOOT\\BOOTX64.cmd");
    path(u"kernel", u"kernel.cmd");
    path(u"\\a.b\\c", u"\\a.b\\c.cmd");
    path(u"/a.b/c.efi", u"/a.b/c.cmd");
    path(u"a.b.efi", u"a.b.cmd");
    path(u"x.y", u"x.cmd");
    path(u"19 units of a name..", u"19 units of a name..cmd");
    path(u"123456789012345678901", NULL);
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(load_options), TEST(beyond_ascii), TEST(no_text), TEST(too_long),
        TEST(shell_words),  TEST(command_file), TEST(paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
