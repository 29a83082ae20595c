/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The wide printf family: the format becomes UTF-8, what is printed of it wide characters again,
 * whatever the locale. newlib's functions all end in one of these.
 */
#define _GNU_SOURCE
#include "printf.h"
#include <errno.h>
#include <limits.h>
#include <reent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

int _vfwprintf_r(struct _reent *r, FILE *f, const wchar_t *format, va_list args);
int _vfiwprintf_r(struct _reent *r, FILE *f, const wchar_t *format, va_list args);
int _svfwprintf_r(struct _reent *r, FILE *f, const wchar_t *format, va_list args);
int _svfiwprintf_r(struct _reent *r, FILE *f, const wchar_t *format, va_list args);
int vfiwprintf(FILE *f, const wchar_t *format, va_list args);

struct wide_out {
    struct out out;
    FILE *file; /* a stream, or wide characters in memory */
    bool string;
    char buffer[256];
};

static void put_wide(struct wide_out *w, wchar_t c)
{
    FILE *f = w->file;
    if (!w->string) {
        w->out.failed |= fputwc_unlocked(c, f) == WEOF;
    } else if (f->_w >= (int)sizeof c) {
        memcpy(f->_p, &c, sizeof c);
        f->_p += sizeof c;
        f->_w -= (int)sizeof c;
    }
}

/* All whole characters; the beginning of one stays. */
static void hand_on(struct out *o)
{
    struct wide_out *w = (struct wide_out *)o;
    size_t n = o->n - o->start, at = 0;
    while (at < n) {
        unsigned char lead = (unsigned char)o->to[at];
        unsigned size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        uint32_t c = size == 1 ? lead : lead & (0x7fu >> size);
        if (at + size > n)
            break;
        for (unsigned i = 1; i < size; i++)
            c = c << 6 | (o->to[at + i] & 0x3f);
        put_wide(w, (wchar_t)c);
        at += size;
    }
    memmove(w->buffer, o->to + at, n - at);
    out_reset(o, w->buffer, sizeof w->buffer);
    o->start -= n - at;
    o->limit -= n - at;
}

/* The format as UTF-8, to be freed; NULL: no memory. */
static char *to_utf8(const wchar_t *format)
{
    char *text = malloc(wcslen(format) * 4 + 1), *to = text;
    for (; text != NULL && *format != 0; format++)
        to += utf8_encode(to, *format);
    if (text != NULL)
        *to = 0;
    return text;
}

static int print_wide(FILE *f, bool string, const wchar_t *format, va_list args)
{
    char *utf8 = to_utf8(format);
    if (utf8 == NULL)
        return EOF;
    struct wide_out w = {.out = {.hand_on = hand_on, .wide = true}, .file = f, .string = string};
    out_reset(&w.out, w.buffer, sizeof w.buffer);
    int n = print_format(&w.out, utf8, args);
    hand_on(&w.out);
    free(utf8);
    return w.out.failed ? EOF : n;
}

int _vfwprintf_r(struct _reent *r, FILE *f, const wchar_t *format, va_list args)
{
    (void)r;
    flockfile(f);
    fwide(f, 1);
    int n = print_wide(f, false, format, args);
    funlockfile(f);
    return n;
}

int _vfiwprintf_r(struct _reent *r, FILE *f, const wchar_t *format, va_list args)
{
    return _vfwprintf_r(r, f, format, args);
}

int vfwprintf(FILE *restrict f, const wchar_t *restrict format, va_list args)
{
    return _vfwprintf_r(_REENT, f, format, args);
}

int vfiwprintf(FILE *f, const wchar_t *format, va_list args)
{
    return _vfwprintf_r(_REENT, f, format, args);
}

int _svfwprintf_r(struct _reent *r, FILE *f, const wchar_t *format, va_list args)
{
    (void)r;
    return print_wide(f, true, format, args);
}

int _svfiwprintf_r(struct _reent *r, FILE *f, const wchar_t *format, va_list args)
{
    return _svfwprintf_r(r, f, format, args);
}
