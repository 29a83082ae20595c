/* SPDX-License-Identifier: BSD-2-Clause */
/* The wide scanf family, as scanf.c has the other. */
#include "printf.h"
#include "stream.h"
#include <errno.h>
#include <limits.h>
#include <reent.h>
#include <stdint.h>
#include <wchar.h>

wint_t stream_getwc(struct stream *s);
wint_t stream_ungetwc(wint_t c, struct stream *s);

/* What newlib calls. A string is a FILE of wide characters there (__SSTR). */
typedef int scan(struct _reent *r, FILE *f, const wchar_t *format, va_list args);
scan __svfwscanf_r, __ssvfwscanf_r, __svfiwscanf_r, __ssvfiwscanf_r, _vfwscanf_r, _vfiwscanf_r;
int vfiwscanf(FILE *f, const wchar_t *format, va_list args);

static int next_byte(struct stream *s)
{
    unsigned char c;
    if (s->rpos != s->rend)
        return *s->rpos++;
    return s->read(s, &c, 1) == 1 ? c : EOF;
}

static wint_t get_utf8(struct stream *s)
{
    int lead = next_byte(s);
    if (lead < 0x80)
        return lead < 0 ? WEOF : (wint_t)lead;
    int more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    wint_t c = (wint_t)lead & (0x3fu >> more);
    for (; more > 0; more--)
        c = c << 6 | (wint_t)(next_byte(s) & 0x3f);
    return c;
}

wint_t stream_getwc(struct stream *s)
{
    if (s->utf8)
        return get_utf8(s);
    for (;;) {
        int byte = next_byte(s);
        char b = (char)byte;
        wchar_t c;
        if (byte == EOF)
            return WEOF;
        size_t n = mbrtowc(&c, &b, 1, &s->state);
        if (n == (size_t)-1) {
            s->rpos--;
            s->state = (mbstate_t){0};
            return WEOF;
        }
        if (n != (size_t)-2)
            return (wint_t)c;
    }
}

/* What was read last goes back. Only where a stream was filled within a character it may not be
 * there. */
wint_t stream_ungetwc(wint_t c, struct stream *s)
{
    char bytes[MB_LEN_MAX];
    if (c == WEOF)
        return WEOF;
    mbstate_t state = {0};
    int n = s->utf8 ? utf8_encode(bytes, (wchar_t)c) : (int)wcrtomb(bytes, (wchar_t)c, &state);
    if (n > 0 && s->rpos - s->buf >= n) {
        s->rpos -= n;
    } else if (n > 0 && !s->utf8) {
        stream_leave(s, s->cookie);
        while (n > 0)
            ungetc((unsigned char)bytes[--n], s->cookie);
        stream_enter(s, s->cookie);
    }
    return c;
}

/* The next wide character of a string, as UTF-8. */
static size_t read_wide(struct stream *s, unsigned char *first, size_t n)
{
    FILE *f = s->cookie;
    wchar_t c;
    if (f->_r < (int)sizeof c)
        return 0;
    memcpy(&c, f->_p, sizeof c);
    f->_p += sizeof c;
    f->_r -= (int)sizeof c;
    s->rpos = s->buf;
    s->rend = s->buf + utf8_encode((char *)s->buf, c);
    *first = *s->rpos++;
    return n;
}

int __svfwscanf_r(struct _reent *r, FILE *f, const wchar_t *format, va_list args)
{
    (void)r;
    struct stream s = {.cookie = f, .read = stream_read_file};
    flockfile(f);
    fwide(f, 1);
    stream_enter(&s, f);
    int n = stream_scan_wide(&s, format, args);
    stream_leave(&s, f);
    funlockfile(f);
    return n;
}

int __ssvfwscanf_r(struct _reent *r, FILE *f, const wchar_t *format, va_list args)
{
    (void)r;
    unsigned char bytes[16]; /* a character, behind room for musl's shgetc() to go back */
    struct stream s = {.cookie = f, .read = read_wide, .utf8 = 1};
    s.buf = s.rpos = s.rend = bytes + 8;
    return stream_scan_wide(&s, format, args);
}

int __svfiwscanf_r(struct _reent *r, FILE *f, const wchar_t *format, va_list args)
{
    return __svfwscanf_r(r, f, format, args);
}

int __ssvfiwscanf_r(struct _reent *r, FILE *f, const wchar_t *format, va_list args)
{
    return __ssvfwscanf_r(r, f, format, args);
}

int _vfwscanf_r(struct _reent *r, FILE *f, const wchar_t *format, va_list args)
{
    return __svfwscanf_r(r, f, format, args);
}

int _vfiwscanf_r(struct _reent *r, FILE *f, const wchar_t *format, va_list args)
{
    return __svfwscanf_r(r, f, format, args);
}

int vfwscanf(FILE *restrict f, const wchar_t *restrict format, va_list args)
{
    return __svfwscanf_r(_REENT, f, format, args);
}

int vfiwscanf(FILE *f, const wchar_t *format, va_list args)
{
    return __svfwscanf_r(_REENT, f, format, args);
}
