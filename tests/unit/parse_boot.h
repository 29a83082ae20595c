/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of the boot protocols' parsers share: memory made up by hand, and reading it. */
#ifndef TESTS_PARSE_BOOT_H
#define TESTS_PARSE_BOOT_H

#include "boot/info.c"
#include "boot/ranges.c"
#include "boot/multiboot.c"
#include "boot/pvh.c"
#include "boot/linux.c"
#include "boot/parse.c"
#include "check_boot.h"
#include "memory.h"

#define AT 0x9000u /* where the loader's structures begin */

static struct boot_info info;
static struct memory m;

static int set_up(void **state)
{
    (void)state;
    m = memory_new(AT, 0x4000);
    memset(&info, 0, sizeof info);
    return m.bytes == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    free(m.bytes);
    return 0;
}

static const char *parse(uint32_t protocol, uint64_t at)
{
    struct phys_view view = memory_view(&m);
    memset(&info, 0, sizeof info);
    const char *error = boot_info_parse(at, &view, &info, protocol), *wrong;
    if ((wrong = check_boot(&info, error)) != NULL)
        fail_msg("%s", wrong);
    return error;
}

static void assert_error(const char *error, const char *part)
{
    assert_non_null(error);
    if (strstr(error, part) == NULL)
        fail_msg("\"%s\" says nothing of \"%s\"", error, part);
}

#endif
