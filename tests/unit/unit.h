/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the host-built unit tests share. A test includes the kernel's .c file that it is about, and
 * so sees its static state; what that file asks of the rest of the kernel is stubbed beside it.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* panic() for tests that define UNIT_PANIC before they include this. */
#ifdef UNIT_PANIC
#include "base/panic.h"
static char panic_text[512];
static jmp_buf *panic_catcher;

_Noreturn void panic(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(panic_text, sizeof panic_text, format, args);
    va_end(args);
    if (panic_catcher == NULL)
        fail_msg("panic: %s", panic_text);
    longjmp(*panic_catcher, 1);
}

/* The call must panic, with this in its sentence. */
#define assert_panics(call, part)                                                                  \
    do {                                                                                           \
        jmp_buf catcher;                                                                           \
        panic_catcher = &catcher;                                                                  \
        panic_text[0] = '\0';                                                                      \
        if (setjmp(catcher) == 0)                                                                  \
            call;                                                                                  \
        panic_catcher = NULL;                                                                      \
        assert_non_null(strstr(panic_text, part));                                                 \
        assert_int_equal(panic_text[strlen(panic_text) - 1], '.');                                 \
    } while (0)
#endif

/* xorshift64*: the same numbers in every run. */
static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1dull;
}

#endif
