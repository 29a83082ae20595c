/* SPDX-License-Identifier: BSD-2-Clause */
/* C11's characters of UTF-16 and UTF-32, from and to those of the locale (C11 7.28). */
#ifndef LIMPET_UCHAR_H
#define LIMPET_UCHAR_H

#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

#ifdef __cplusplus
extern "C" {
#else
typedef uint_least16_t char16_t;
typedef uint_least32_t char32_t;
#endif

size_t mbrtoc16(char16_t *__restrict out, const char *__restrict from, size_t n,
                mbstate_t *__restrict state);
size_t c16rtomb(char *__restrict out, char16_t c, mbstate_t *__restrict state);
size_t mbrtoc32(char32_t *__restrict out, const char *__restrict from, size_t n,
                mbstate_t *__restrict state);
size_t c32rtomb(char *__restrict out, char32_t c, mbstate_t *__restrict state);

#ifdef __cplusplus
}
#endif

#endif
