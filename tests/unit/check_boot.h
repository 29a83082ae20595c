/* SPDX-License-Identifier: BSD-2-Clause */
/* What holds of a struct boot_info and of an error whatever was parsed: NULL, or what does not. */
#ifndef TESTS_CHECK_BOOT_H
#define TESTS_CHECK_BOOT_H

#include <ctype.h>
#include <string.h>
#include "boot/info.h"

/* A capital, then words, then a full stop. */
static inline int is_sentence(const char *s)
{
    size_t n = strlen(s);
    return n > 10 && isupper((unsigned char)s[0]) && s[n - 1] == '.' && s[n - 2] != '.' &&
           strchr(s, ' ') != NULL && strchr(s, '\n') == NULL;
}

static inline int in_strings(const struct boot_info *b, const char *s)
{
    return s >= b->strings && s < b->strings + BOOT_STRINGS &&
           memchr(s, 0, (size_t)(b->strings + BOOT_STRINGS - s)) != NULL;
}

static inline const char *check_ranges(const struct boot_info *b)
{
    if (b->range_count > BOOT_RANGES)
        return "there are too many ranges";
    for (uint32_t i = 0; i < b->range_count; i++) {
        const struct boot_range *r = &b->ranges[i];
        if (r->size == 0 || r->size > UINT64_MAX - r->base)
            return "a range is empty or wraps";
        if (i > 0 && r[-1].base + r[-1].size > r->base)
            return "ranges are not sorted, or overlap";
    }
    return NULL;
}

static inline const char *check_boot(const struct boot_info *b, const char *error)
{
    if (b->module_count > BOOT_MODULES || b->strings_used > BOOT_STRINGS)
        return "a count is too large";
    if (check_ranges(b) != NULL)
        return check_ranges(b);
    for (uint32_t i = 0; i < b->module_count; i++)
        if (!in_strings(b, b->modules[i].name) || strchr(b->modules[i].name, '/') != NULL)
            return "a module's name is bad";
    if (!in_strings(b, b->cmdline))
        return "the command line is bad";
    if (error != NULL ? !is_sentence(error) : b->range_count == 0 && b->protocol != BOOT_PVH)
        return "the result is bad";
    return NULL;
}

#endif
