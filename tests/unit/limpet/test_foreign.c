/* Host tool: other kernels, the initramfs made for them, and a text found in a console.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "measure/foreign.h"
#include "vm/vm.h"

static void linux_or_not(void **state)
{
    static const char elf[] = "\177ELF and much later: Linux version 6.1.0-56-amd64";
    char *image = calloc(1, 0x206);

    (void)state;
    memcpy(image + 0x202, "HdrS", 4);
    assert_true(foreign_is_linux(image, 0x206));
    assert_false(foreign_is_linux(image, 0x205));
    assert_false(foreign_is_linux(image, 0));
    free(image);
    assert_true(foreign_is_linux(elf, sizeof elf - 1));
    assert_false(foreign_is_linux(elf, 30));
    assert_false(foreign_is_linux(elf, 3));
    assert_false(foreign_is_linux(elf + 1, sizeof elf - 2));
}

static void initrd_names(void **state)
{
    static const char *const cases[][2] = {
        {"/boot/vmlinuz-6.1.0-56-amd64", "/boot/initrd.img-6.1.0-56-amd64"},
        {"vmlinuz-6", "initrd.img-6"},
        {"/vmlinuz-x/vmlinuz-y", "/vmlinuz-x/initrd.img-y"},
        {"/boot/vmlinuz", NULL},
        {"/boot/vmlinuz-", NULL},
        {"/vmlinuz-x/bzImage", NULL},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *name = foreign_initrd(cases[i][0]);

        if (cases[i][1])
            assert_string_equal(name, cases[i][1]);
        else
            assert_null(name);
        free(name);
    }
}

static size_t field(const char *header, int index)
{
    char digits[9] = "";

    memcpy(digits, header + 6 + (ptrdiff_t)8 * index, 8);
    return strtoul(digits, NULL, 16);
}

/* Reads the archive as Linux does: two entries, the first a program in memory's lower half. */
static void minimal_initrd(void **state)
{
    struct buf out = {0};
    Elf64_Ehdr file;
    Elf64_Phdr segment;
    const char *p;
    size_t size;

    (void)state;
    foreign_minimal_initrd(&out);
    p = out.data;
    assert_memory_equal(p, "070701", 6);
    assert_int_equal(field(p, 1), 0100755);
    assert_int_equal(field(p, 11), sizeof "init");
    assert_string_equal(p + 110, "init");
    size = field(p, 6);
    p += (110 + sizeof "init" + 3) / 4 * 4;
    memcpy(&file, p, sizeof file);
    memcpy(&segment, p + file.e_phoff, sizeof segment);
    assert_memory_equal(file.e_ident, ELFMAG, SELFMAG);
    assert_true(file.e_type == ET_EXEC && file.e_machine == EM_X86_64 && file.e_phnum == 1);
    assert_true(segment.p_type == PT_LOAD && segment.p_filesz <= size);
    assert_true(file.e_entry >= segment.p_vaddr &&
                file.e_entry < segment.p_vaddr + segment.p_filesz && segment.p_flags & PF_X);
    p += (size + 3) / 4 * 4;
    assert_memory_equal(p, "070701", 6);
    assert_string_equal(p + 110, "TRAILER!!!");
    assert_true(p + (110 + sizeof "TRAILER!!!" + 3) / 4 * 4 <= out.data + out.len);
    buf_free(&out);
}

/* What a console says in parts, and after which of them the text was seen (-1: never). */
static void look(const char *until, const char *const *parts, int count, int seen_after)
{
    struct vm_result result = {0};
    struct vm_io io = {.result = &result, .stdin_fd = -1, .in = -1, .until = until};
    int ends[2], seen = -1;

    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    io.out = ends[0];
    for (int i = 0; i < count; i++) {
        assert_int_equal(write(ends[1], parts[i], strlen(parts[i])), (ssize_t)strlen(parts[i]));
        vm_io_read(&io);
        if (seen < 0 && result.until_s > 0)
            seen = i;
    }
    assert_int_equal(seen, seen_after);
    vm_io_free(&io);
    close(ends[0]);
    close(ends[1]);
}

static void texts(void **state)
{
    static const char *const parts[] = {"Ru", "Run ", "/in", "it as init\n", "more"};
    static const char *const bytes[] = {"a", "b", "a", "b", "c", "\n"};

    (void)state;
    look("Run /init", parts, 5, 3);
    look("Run", parts, 5, 1);
    look("R", parts, 5, 0);
    look("", parts, 5, 0);
    look("init\nmore", parts, 5, 4);
    look("Run  /init", parts, 5, -1);
    look("abc", bytes, 6, 4);
    look("abcd", bytes, 6, -1);
    look(NULL, parts, 5, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linux_or_not),
        cmocka_unit_test(initrd_names),
        cmocka_unit_test(minimal_initrd),
        cmocka_unit_test(texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
