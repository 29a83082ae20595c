/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of musl's: messages are not translated, and iconv() takes newlib's UTF-8 whatever the locale. */
#include <locale.h>
#include <reent.h>
#include <stdlib.h>
#include <wchar.h>
int __utf8_mbtowc(struct _reent *, wchar_t *, const char *, size_t, mbstate_t *);
int __utf8_wctomb(struct _reent *, char *, wchar_t, mbstate_t *);
static locale_t limpet_no_locale __attribute__((unused)); /* never looked at */
#define LCTRANS_CUR(message)     (message)
#define CURRENT_LOCALE           limpet_no_locale
#define UTF8_LOCALE              limpet_no_locale
#define mbrtowc(wc, s, n, state) ((size_t)__utf8_mbtowc(_REENT, (wc), (s), (n), (state)))
#define wctomb(s, wc)            __utf8_wctomb(_REENT, (s), (wc), &(mbstate_t){0})
