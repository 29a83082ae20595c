/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The printf family to streams, in place of newlib's: its functions all end in one of these. What
 * fits goes straight into the stream's own buffer.
 */
#include "printf.h"
#include <errno.h>
#include <limits.h>
#include <reent.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

int __swsetup_r(struct _reent *r, FILE *f); /* newlib's: 0, or it cannot be written to */
int _vfprintf_r(struct _reent *r, FILE *f, const char *format, va_list args);
int _vfiprintf_r(struct _reent *r, FILE *f, const char *format, va_list args);
int _svfprintf_r(struct _reent *r, FILE *f, const char *format, va_list args);
int _svfiprintf_r(struct _reent *r, FILE *f, const char *format, va_list args);
int vfiprintf(FILE *f, const char *format, va_list args);

struct stream_out {
    struct out out;
    FILE *file;
    bool direct; /* into the file's buffer; else into this one: */
    char buffer[256];
};

static void hand_on(struct out *o)
{
    struct stream_out *s = (struct stream_out *)o;
    size_t n = o->n - o->start;
    if (s->direct) {
        s->file->_p += n;
        s->file->_w -= (int)n;
        s->direct = false;
    } else if (n > 0 && fwrite_unlocked(s->buffer, 1, n, s->file) != n) {
        o->failed = true;
    }
    out_reset(o, s->buffer, sizeof s->buffer);
}

static bool can_write(struct _reent *r, FILE *f)
{
    return ((f->_flags & __SWR) != 0 && f->_bf._base != NULL) || __swsetup_r(r, f) == 0;
}

int _vfprintf_r(struct _reent *r, FILE *f, const char *format, va_list args)
{
    int n = EOF;
    flockfile(f);
    fwide(f, -1);
    if (can_write(r, f)) {
        struct stream_out s = {.out.hand_on = hand_on, .file = f};
        s.direct = (f->_flags & (__SLBF | __SNBF)) == 0 && f->_w > 0;
        out_reset(&s.out, s.direct ? (char *)f->_p : s.buffer,
                  s.direct ? (size_t)f->_w : sizeof s.buffer);
        n = print_format(&s.out, format, args);
        hand_on(&s.out);
        if (s.out.failed)
            n = EOF;
    }
    funlockfile(f);
    return n;
}

int _vfiprintf_r(struct _reent *r, FILE *f, const char *format, va_list args)
{
    return _vfprintf_r(r, f, format, args);
}

int vfprintf(FILE *restrict f, const char *restrict format, va_list args)
{
    return _vfprintf_r(_REENT, f, format, args);
}

int vfiprintf(FILE *f, const char *format, va_list args)
{
    return _vfprintf_r(_REENT, f, format, args);
}

/* A stream that is a string: the caller's, or one that grows and keeps a byte for the end. */
struct string_out {
    struct out out;
    FILE *file;
};

static void enter(struct string_out *s)
{
    size_t n = s->out.n - s->out.start, room = (size_t)s->file->_w;
    n = n < room ? n : room;
    s->file->_p += n;
    s->file->_w -= (int)n;
}

static void grow(struct out *o)
{
    struct string_out *s = (struct string_out *)o;
    FILE *f = s->file;
    enter(s);
    size_t used = (size_t)(f->_p - f->_bf._base), size = used + used / 2 + 64;
    char *old = (f->_flags & __SMBF) != 0 ? (char *)f->_bf._base : NULL;
    char *new = size > INT_MAX ? NULL : realloc(old, size);
    if (new == NULL) {
        errno = ENOMEM;
        f->_flags |= __SERR;
        o->failed = true;
        o->hand_on = NULL;
        out_reset(o, (char *)f->_p, 0);
        return;
    }
    if (old == NULL && used > 0)
        memcpy(new, f->_bf._base, used); /* NOLINT: its bytes that are used */
    f->_flags = (short)((f->_flags & ~__SOPT) | __SMBF);
    f->_bf._base = (unsigned char *)new;
    f->_bf._size = (int)size;
    f->_p = (unsigned char *)new + used;
    f->_w = (int)(size - used) - 1;
    out_reset(o, (char *)f->_p, (size_t)f->_w);
}

int _svfprintf_r(struct _reent *r, FILE *f, const char *format, va_list args)
{
    (void)r;
    struct string_out s = {.file = f};
    out_reset(&s.out, (char *)f->_p, (size_t)f->_w);
    if ((f->_flags & (__SMBF | __SOPT)) != 0) {
        s.out.hand_on = grow;
        if (f->_bf._base == NULL)
            grow(&s.out);
    }
    int n = print_format(&s.out, format, args);
    enter(&s);
    return s.out.failed ? EOF : n;
}

int _svfiprintf_r(struct _reent *r, FILE *f, const char *format, va_list args)
{
    return _svfprintf_r(r, f, format, args);
}
