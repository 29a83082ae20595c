/* SPDX-License-Identifier: BSD-2-Clause */
/* <uchar.h> over newlib's wide characters, which are those of UTF-32. */
#include <errno.h>
#include <stdbool.h>
#include <uchar.h>

/* In newlib's state, where it counts bytes: half of a pair of UTF-16 is kept. */
#define KEPT (-1)

static size_t illegal(mbstate_t *state)
{
    *state = (mbstate_t){0};
    errno = EILSEQ;
    return (size_t)-1;
}

size_t mbrtoc16(char16_t *restrict out, const char *restrict from, size_t n,
                mbstate_t *restrict state)
{
    static mbstate_t own;
    wchar_t c = 0;
    if (state == NULL)
        state = &own;
    if (state->__count == KEPT) {
        if (out != NULL)
            *out = (char16_t)state->__value.__wch;
        *state = (mbstate_t){0};
        return (size_t)-3;
    }
    if (from == NULL)
        return mbrtowc(NULL, "", 1, state);
    size_t used = mbrtowc(&c, from, n, state);
    if (used > n) /* not all there, or none */
        return used;
    if (c > 0xffff) {
        state->__count = KEPT;
        state->__value.__wch = 0xdc00 | ((wint_t)c & 0x3ff);
        c = 0xd800 + ((c - 0x10000) >> 10);
    }
    if (out != NULL)
        *out = (char16_t)c;
    return used;
}

size_t c16rtomb(char *restrict out, char16_t c, mbstate_t *restrict state)
{
    static mbstate_t own;
    wchar_t whole = c;
    if (state == NULL)
        state = &own;
    if (out == NULL) {
        *state = (mbstate_t){0};
        return 1;
    }
    bool second = c >= 0xdc00 && c < 0xe000;
    if (second != (state->__count == KEPT))
        return illegal(state);
    if (c >= 0xd800 && c < 0xdc00) {
        state->__count = KEPT;
        state->__value.__wch = c;
        return 0;
    }
    if (second) {
        whole = (wchar_t)(0x10000 + ((state->__value.__wch - 0xd800) << 10) + (c - 0xdc00u));
        *state = (mbstate_t){0};
    }
    return wcrtomb(out, whole, state);
}

size_t mbrtoc32(char32_t *restrict out, const char *restrict from, size_t n,
                mbstate_t *restrict state)
{
    static mbstate_t own;
    wchar_t c = 0;
    size_t used = mbrtowc(&c, from, n, state != NULL ? state : &own);
    if (used <= n && from != NULL && out != NULL)
        *out = (char32_t)c;
    return used;
}

size_t c32rtomb(char *restrict out, char32_t c, mbstate_t *restrict state)
{
    static mbstate_t own;
    return wcrtomb(out, (wchar_t)c, state != NULL ? state : &own);
}
