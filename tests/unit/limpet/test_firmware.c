/* Host tool: a guest that a firmware starts: what QEMU is given, what the firmware says, the places
 * for arguments in an ISO.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/quote.h"
#include "vm/firmware.h"
#include "vm/iso.h"
#include "vm/qemu.h"

/* As Debian's OVMF of 2022.11 writes it. */
#define CLEAR   "\033[2J\033[01;01H\033[=3h\033[2J\033[01;01H"
#define LOADING "BdsDxe: loading Boot0001 \"UEFI QEMU HARDDISK \" from PciRoot(0x0)\r\n"
#define FAILED  "BdsDxe: failed to load Boot0001 \"UEFI QEMU HARDDISK \": Unsupported\r\n"
#define SHELL   "BdsDxe: starting Boot0002 \"EFI Internal Shell\" from Fv(7CB8)\r\n"

/* What is left for the guest, whatever the parts in which it comes; and the firmware's words. */
static void expect(const char *console, const char *guest, const char *words, bool gave_up)
{
    for (size_t part = 1; part <= strlen(console); part++) {
        struct firmware f = {0};
        struct buf out = {0};
        char *said;

        buf_str(&out, "");
        for (size_t at = 0; at < strlen(console); at += part) {
            size_t n = strlen(console) - at;

            firmware_feed(&f, console + at, n < part ? n : part, &out);
        }
        firmware_finish(&f, &out);
        said = firmware_words(&f);
        assert_string_equal(out.data, guest);
        assert_string_equal(said, words);
        assert_int_equal(f.gave_up, gave_up);
        free(said);
        firmware_free(&f);
        buf_free(&out);
    }
}

static void words(void **state)
{
    (void)state;
    expect("hello\n", "hello\n", "", false);
    expect(CLEAR "hello\n", "hello\n", "", false);
    expect(CLEAR LOADING "LIMPET: panic: x\r\n", "LIMPET: panic: x\r\n",
           "BdsDxe: loading Boot0001 \"UEFI QEMU HARDDISK \" from PciRoot(0x0)", false);
    expect(CLEAR LOADING FAILED LOADING SHELL, "",
           "BdsDxe: failed to load Boot0001 \"UEFI QEMU HARDDISK \": Unsupported", true);
    expect(CLEAR "\n", "\n", "", false);
    expect(CLEAR "\033[31mred", "\033[31mred", "", false);
    expect(CLEAR "\033[1;1Hx", "\033[1;1Hx", "", false);
    expect(CLEAR "x" CLEAR, "x" CLEAR, "", false);
    expect(CLEAR "Bds", "Bds", "", false);
    expect(CLEAR "\033", "\033", "", false);
    expect("BdsDxe: No bootable option or device was found.\r\n", "",
           "BdsDxe: No bootable option or device was found.", true);
}

#define ISO_BYTES (8 * ISO_SLOT)

/* An ISO with its two slots. */
static char *made_iso(void)
{
    char *iso = xrealloc(NULL, ISO_BYTES);

    memset(iso, 'x', ISO_BYTES);
    memcpy(iso + ISO_ALIGN, "# limpet-iso: arguments for GRUB\nmultiboot /boot/image.elf\n", 58);
    memcpy(iso + 4 * ISO_SLOT, "# limpet-iso: arguments for UEFI\n\n", 34);
    return iso;
}

static void expect_slot(const char *line, enum iso_slot slot, size_t at, const char *text)
{
    char *iso = made_iso();
    size_t n = strlen(text);

    assert_null(iso_put_line(iso, ISO_BYTES, line, slot));
    assert_memory_equal(iso + at, text, n);
    for (size_t i = n; i < ISO_SLOT - 1; i++)
        assert_int_equal(iso[at + i], '#');
    assert_int_equal(iso[at + ISO_SLOT - 1], '\n');
    assert_int_equal(iso[at - 1], 'x');
    assert_int_equal(iso[at + ISO_SLOT], 'x');
    free(iso);
}

static void expect_trouble(const char *line, enum iso_slot slot, const char *trouble)
{
    char *iso = made_iso(), *before = made_iso(), *why = iso_put_line(iso, ISO_BYTES, line, slot);

    assert_non_null(why);
    if (!strstr(why, trouble))
        fail_msg("%s", why);
    assert_memory_equal(iso, before, ISO_BYTES);
    free(why);
    free(iso);
    free(before);
}

static void slots(void **state)
{
    char *longest = xasprintf("%04094d", 1), *why;
    char none[ISO_ALIGN] = {0};

    (void)state;
    expect_slot("-- a \"b c\" it's", ISO_GRUB, ISO_ALIGN,
                "# limpet-iso: arguments for GRUB\n"
                "multiboot /boot/image.elf '--' 'a' 'b c' 'it'\\''s'\n");
    expect_slot("-- a \"b c\"", ISO_UEFI, 4 * ISO_SLOT,
                "# limpet-iso: arguments for UEFI\n-- a \"b c\"\n");
    expect_slot("", ISO_GRUB, ISO_ALIGN,
                "# limpet-iso: arguments for GRUB\nmultiboot /boot/image.elf\n");
    expect_trouble("-- \"\"", ISO_GRUB, "empty");
    expect_trouble("-- \"a\nb\"", ISO_UEFI, "newline");
    expect_trouble(longest, ISO_GRUB, "bytes");
    expect_trouble(longest, ISO_UEFI, "bytes");
    longest[4096 - 33 - 1] = '\0';
    assert_null(iso_line_trouble(longest, ISO_UEFI));
    why = iso_put_line(none, sizeof none, "", ISO_UEFI);
    assert_non_null(strstr(why, "limpet-iso"));
    free(why);
    free(longest);
}

/* QEMU's arguments behind the QMP socket's. */
static void expect_arguments(const char *platform, const char *door, const char *machine,
                             const char *line, const char *tail)
{
    struct vm_config c = {.platform = platform_find(platform), .door = door};
    struct qemu_boot boot = {.image = "x", .line = line};
    struct args args = {0};
    struct buf text = {0};
    char *at, *program;

    buf_str(&boot.modules, "");
    qemu_arguments(&c, &boot, &args);
    quote_shell_all(&text, args.v, args.n);
    assert_non_null(strstr(text.data, machine));
    program = qemu_program(&c);
    assert_string_equal(args.v[0], program);
    free(program);
    at = strstr(text.data, "mode=control");
    assert_string_equal(at + 12, tail);
    args_free(&args);
    buf_free(&text);
    buf_free(&boot.modules);
}

#define FLASH                                                                                      \
    " -drive if=pflash,unit=0,format=raw,readonly=on,file=OVMF_CODE.fd"                            \
    " -drive if=pflash,unit=1,format=raw,file=OVMF_VARS.fd"

/* Whose program it is. */
static void programs(void **state)
{
    struct vm_config c = {.platform = platform_find("qemu-cfi")};
    char *own = qemu_program(&c), *usual, *asked;

    (void)state;
    assert_non_null(strstr(own, "/lab/qemu-cfi/cfi/qemu-system-x86_64"));
    c.qemu = "/bin/true";
    asked = qemu_program(&c);
    assert_string_equal(asked, "/bin/true");
    assert_non_null(strstr(c.platform->refuse(&c, NULL), "--qemu"));
    c = (struct vm_config){.platform = platform_find("qemu")};
    usual = qemu_program(&c);
    assert_string_equal(usual, QEMU_DEFAULT);
    assert_null(c.platform->refuse(&c, NULL));
    free(own);
    free(usual);
    free(asked);
}

static void arguments(void **state)
{
    (void)state;
    expect_arguments("qemu", NULL, "-machine microvm,", "-- a", " -kernel x -append '-- a'");
    expect_arguments("kvm", "bz", "-accel kvm", "", " -kernel x");
    expect_arguments("qemu-bios", NULL, "-machine pc ", "-- a", " -drive format=raw,file=disk.iso");
    expect_arguments("qemu-bios", "cd", "-machine pc ", "-- a", " -cdrom disk.iso");
    expect_arguments("qemu-bios", "bz", "-machine pc ", "a", " -kernel x -append a");
    expect_arguments("qemu-uefi", NULL, "-machine q35 ", "a", FLASH " -kernel x -append a");
    expect_arguments("qemu-uefi", "esp", "-machine q35 ", "a",
                     FLASH " -drive format=raw,file=fat:rw:esp");
    expect_arguments("kvm-uefi", "disk", "-accel kvm", "a",
                     FLASH " -drive format=raw,file=disk.iso");
}

static void refused(const char *platform, const char *door, const char *machine,
                    const char *modules, const char *why)
{
    struct vm_config c = {.platform = platform_find(platform), .door = door, .machine = machine};
    struct args list = {0};
    const char *said;

    args_words(&list, modules);
    said = qemu_refuse(&c, &list);
    if (why)
        assert_non_null(said && strstr(said, why) ? said : NULL);
    else
        assert_null(said);
    args_free(&list);
}

static void refusals(void **state)
{
    char *why;

    (void)state;
    refused("qemu", NULL, "pc", "/dev/null /dev/null", NULL);
    refused("qemu", "bz", NULL, "/dev/null", NULL);
    refused("qemu", "bz", NULL, "/dev/null /dev/null", "one module");
    refused("qemu-uefi", NULL, "pc", "/dev/null", NULL);
    refused("qemu-uefi", "esp", NULL, "/dev/null", "no way");
    refused("qemu-bios", NULL, "microvm,rtc=on", "", "pc or q35");
    why = qemu_line_trouble(platform_find("qemu-bios"), NULL, "-- \"\"");
    assert_non_null(strstr(why, "qemu-bios, door \"disk\": GRUB"));
    free(why);
    assert_null(qemu_line_trouble(platform_find("qemu-bios"), "bz", "-- \"\""));
    assert_null(qemu_line_trouble(platform_find("qemu-uefi"), "esp", "-- \"\""));
    assert_null(qemu_line_trouble(platform_find("qemu-uefi"), NULL, "-- \"\n\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),     cmocka_unit_test(slots),    cmocka_unit_test(programs),
        cmocka_unit_test(arguments), cmocka_unit_test(refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
