/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scanf family over newlib's streams, in place of newlib's, whose functions all end in one of
 * these. What formats mean is musl's, built with newlib.
 */
#include "stream.h"
#include <reent.h>
#include <stdbool.h>

int __srefill_r(struct _reent *r, FILE *f); /* newlib's: fills the buffer; 0, or EOF */

/* What newlib calls. A string is a FILE there, too (__SSTR). */
typedef int scan(struct _reent *r, FILE *f, const char *format, va_list args);
scan __svfscanf_r, __ssvfscanf_r, __svfiscanf_r, __ssvfiscanf_r, _vfscanf_r, _vfiscanf_r;
int vfiscanf(FILE *f, const char *format, va_list args);

int stream_scan_more(struct stream *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = stream_scan(s, format, args);
    va_end(args);
    return n;
}

void stream_enter(struct stream *s, FILE *f)
{
    static unsigned char nothing[1];
    s->rpos = f->_p != NULL ? f->_p : nothing;
    s->rend = s->rpos + (f->_p != NULL && f->_r > 0 ? f->_r : 0);
    s->buf = s->rpos;
}

void stream_leave(struct stream *s, FILE *f)
{
    if (f->_p == NULL)
        return;
    f->_p = s->rpos;
    f->_r = (int)(s->rend - s->rpos);
}

size_t stream_read_file(struct stream *s, unsigned char *c, size_t n)
{
    FILE *f = s->cookie;
    stream_leave(s, f);
    int end = (f->_flags & __SSTR) != 0 ? EOF : __srefill_r(_REENT, f);
    stream_enter(s, f);
    if (end != 0) {
        s->rend = s->rpos;
        return 0;
    }
    *c = *s->rpos++;
    return n;
}

int __svfscanf_r(struct _reent *r, FILE *f, const char *format, va_list args)
{
    (void)r;
    struct stream s = {.cookie = f, .read = stream_read_file};
    bool string = (f->_flags & __SSTR) != 0;
    if (!string) {
        flockfile(f);
        fwide(f, -1);
    }
    stream_enter(&s, f);
    int n = stream_scan(&s, format, args);
    stream_leave(&s, f);
    if (!string)
        funlockfile(f);
    return n;
}

int __ssvfscanf_r(struct _reent *r, FILE *f, const char *format, va_list args)
{
    return __svfscanf_r(r, f, format, args);
}

int __svfiscanf_r(struct _reent *r, FILE *f, const char *format, va_list args)
{
    return __svfscanf_r(r, f, format, args);
}

int __ssvfiscanf_r(struct _reent *r, FILE *f, const char *format, va_list args)
{
    return __svfscanf_r(r, f, format, args);
}

int _vfscanf_r(struct _reent *r, FILE *f, const char *format, va_list args)
{
    return __svfscanf_r(r, f, format, args);
}

int _vfiscanf_r(struct _reent *r, FILE *f, const char *format, va_list args)
{
    return __svfscanf_r(r, f, format, args);
}

int vfscanf(FILE *restrict f, const char *restrict format, va_list args)
{
    return __svfscanf_r(_REENT, f, format, args);
}

int vfiscanf(FILE *f, const char *format, va_list args)
{
    return __svfscanf_r(_REENT, f, format, args);
}
