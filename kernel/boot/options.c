/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's options: one row each, which sets what its owner looks at later. */
#include "boot/options.h"
#include "boot/info.h"
#include "base/console.h"
#include "sys/input.h"
#include "sys/tree.h"
#include "base/panic.h"
#include "base/time.h"
#include "mm/vm.h"
#include <stdbool.h>
#include <string.h>

/* What a first touch of the heap maps. */
static bool set_heap(const char *value)
{
    if (strcmp(value, "2m") == 0) {
        heap.shift = SHIFT_2M;
        heap.base = VM_HEAP + (1ull << SHIFT_2M) - VM_HEAP % (1ull << SHIFT_2M);
    }
    return strcmp(value, "2m") == 0 || strcmp(value, "4k") == 0;
}

/* Which of the host's standard streams are terminals: isatty() says the same. */
static bool set_tty(const char *value)
{
    bool both = strcmp(value, "both") == 0;
    input_terminal = both || strcmp(value, "in") == 0;
    output_terminal = both || strcmp(value, "out") == 0;
    return input_terminal || output_terminal || strcmp(value, "none") == 0;
}

static bool set_input(const char *value)
{
    input_framed = strcmp(value, "framed") == 0;
    return input_framed || strcmp(value, "raw") == 0;
}

bool line_is_shared;

/* Whether words of the loader's stand among those of the line; where Linux' doors are not the way
 * in. */
static bool set_line(const char *value)
{
    line_is_shared = strcmp(value, "shared") == 0;
    return line_is_shared || strcmp(value, "own") == 0;
}

/* Of the first module, as some loaders have no names for them: %XX stands for a byte. */
static bool set_name(const char *value)
{
    char *to = (char *)value; /* in the line itself */
    tree_first_name = value;
    for (const char *c = value; *c != '\0'; c++) {
        int high = *c == '%' ? boot_info_hex(c[1]) : -1, low = high >= 0 ? boot_info_hex(c[2]) : -1;
        char byte = low >= 0 ? (char)(high << 4 | low) : *c;
        c += low >= 0 ? 2 : 0;
        *to++ = byte == '/' || byte == '\0' ? '_' : byte; /* no name has these */
    }
    *to = '\0';
    return value[0] != '\0' && to - value <= BOOT_NAME;
}

/* The number of the module that is the tree of files. */
static bool set_root(const char *value)
{
    uint32_t number = 0;
    const char *c = value;
    for (; *c >= '0' && *c <= '9' && number < 100000000; c++)
        number = number * 10 + (uint32_t)(*c - '0');
    tree_archive = number;
    return c != value && *c == '\0';
}

static bool set_console(const char *value)
{
    console_fast = strcmp(value, "fast") == 0;
    return console_fast || strcmp(value, "plain") == 0;
}

/* Seconds since 1970, of which up to nine digits behind a point, when the machine was started. */
static bool set_time(const char *value)
{
    uint64_t seconds = 0, ns = 0, unit = 1000000000;
    const char *c = value;
    for (; *c >= '0' && *c <= '9' && seconds < 1000000000; c++) /* in ns it fits then */
        seconds = seconds * 10 + (uint64_t)(*c - '0');
    if (c == value || (*c != '\0' && *c++ != '.'))
        return false;
    for (; *c >= '0' && *c <= '9'; c++)
        ns += (uint64_t)(*c - '0') * (unit /= 10);
    time_told = seconds * 1000000000 + ns;
    return *c == '\0';
}

void kernel_option(const char *option)
{
    static const struct {
        const char *name;
        bool (*set)(const char *value);
    } rows[] = {{"console=", set_console}, {"heap=", set_heap}, {"input=", set_input},
                {"line=", set_line},       {"name=", set_name}, {"root=", set_root},
                {"time=", set_time},       {"tty=", set_tty}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n = strlen(rows[i].name);
        if (strncmp(option, rows[i].name, n) == 0 && rows[i].set(option + n))
            return;
    }
    panic(
        "The kernel has no option limpet.%s; it has limpet.console=fast|plain, limpet.heap=4k|2m, "
        "limpet.input=framed|raw, limpet.line=own|shared, limpet.name=NAME, limpet.root=NUMBER, "
        "limpet.time=SECONDS "
        "and limpet.tty=none|in|out|both.",
        option);
}
