/* Host tool: when firmware handed over, by its words and by what it reads.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "vm/firmware_end.h"

/* What OVMF says on a serial port before a program on a disk begins, escapes included. */
static const char says[] =
    "\033[2J\033[01;01H\033[=3h\033[2J\033[01;01HBdsDxe: failed to load Boot0001 \"UEFI QEMU "
    "DVD-ROM QM00003 \" from PciRoot(0x0)/Pci(0x1F,0x2)/Sata(0x1,0xFFFF,0x0): Not Found\r\n"
    "BdsDxe: loading BdsDxe: loading Boot0002 \"UEFI QEMU HARDDISK\" from PciRoot(0x0)\r\n"
    "BdsDxe: starting Boot0002 \"UEFI QEMU HARDDISK\" from PciRoot(0x0)\r\nHello";

/* In two parts, cut everywhere: always the same moment. */
static void words(void **state)
{
    size_t n = sizeof says - 1, at = (size_t)(strstr(says, "Boot0002") - says) + 4;

    (void)state;
    for (size_t cut = 0; cut <= n; cut++) {
        struct firmware_end end = {.words = FIRMWARE_UEFI};

        firmware_end_words(&end, says, cut, 1);
        firmware_end_words(&end, says + cut, n - cut, 2);
        assert_true(end.handed_s == (cut >= at ? 1 : 2));
    }
}

/* The last time counts; other words do not, nor anything where none are known. */
static void times(void **state)
{
    static const char none[] = "BdsDxe: loadingBoot BdsDxe: starting Boot0001 BBdsDxe: loading Boo";
    struct firmware_end end = {.words = FIRMWARE_UEFI}, without = {0};

    (void)state;
    firmware_end_words(&end, none, sizeof none - 1, 1);
    assert_true(end.handed_s == 0);
    firmware_end_words(&end, "t", 1, 2);
    assert_true(end.handed_s == 2);
    firmware_end_words(&end, says, sizeof says, 3);
    assert_true(end.handed_s == 3);
    firmware_end_words(&without, says, sizeof says, 3);
    assert_true(without.handed_s == 0);
}

/* Of a disk's readings the first counts that comes after the processor was let go. */
static void disk(void **state)
{
    char path[] = "/tmp/limpet-unit-XXXXXX", byte = 'x';
    int fd = mkstemp(path);
    struct firmware_end end = {0}, none = {0};

    (void)state;
    assert_true(fd >= 0 && write(fd, &byte, 1) == 1);
    firmware_end_watch(&none, "/no/such/file");
    assert_int_equal(firmware_end_poll(&none), -1);
    firmware_end_watch(&end, path);
    assert_true(firmware_end_poll(&end) >= 0);
    assert_int_equal(pread(fd, &byte, 1, 0), 1);
    firmware_end_touched(&end, 1); /* the VMM's own */
    end.runs = true;
    firmware_end_touched(&end, 2); /* nothing was read since */
    assert_true(end.handed_s == 0);
    assert_int_equal(pread(fd, &byte, 1, 0), 1);
    firmware_end_touched(&end, 3);
    assert_true(end.handed_s == 3);
    assert_int_equal(firmware_end_poll(&end), -1); /* one is enough */
    firmware_end_free(&end);
    close(fd);
    unlink(path);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(times),
        cmocka_unit_test(disk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
