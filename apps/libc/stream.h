/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What musl's sources for scanf and strtol are compiled with, in place of its stdio_impl.h: a
 * stream of bytes to look through, over a stream of newlib's or a string (scanf.c).
 */
#ifndef APPS_LIBC_STREAM_H
#define APPS_LIBC_STREAM_H

#ifdef LIMPET_MUSL
#define getwc   newlib_getwc
#define ungetwc newlib_ungetwc
#endif
#include <stdarg.h>
#include <stdio.h>
#include <wchar.h>

struct stream {
    unsigned flags;
    unsigned char *rpos, *rend; /* what is there to read */
    unsigned char *buf;         /* where the count of what was read begins, see musl's shgetc.h */
    size_t buf_size;
    unsigned char *shend;
    off_t shlim, shcnt;
    int lock;
    size_t (*read)(struct stream *, unsigned char *,
                   size_t); /* gets more, and the first byte of it */
    void *cookie;
    mbstate_t state;
    _Bool utf8; /* of wide characters; else the locale says what bytes are */
};

/* musl's vfscanf() and vfwscanf(). */
int stream_scan(struct stream *, const char *format, va_list args);
int stream_scan_wide(struct stream *, const wchar_t *format, va_list args);
int stream_scan_more(struct stream *, const char *format, ...);

#ifndef LIMPET_MUSL
/* Over a stream of newlib's: takes over what is in its buffer, gives back what is left, gets more.
 */
void stream_enter(struct stream *, FILE *);
void stream_leave(struct stream *, FILE *);
size_t stream_read_file(struct stream *, unsigned char *first, size_t n);
#else
#undef getwc
#undef ungetwc
#undef feof
#undef ferror
#undef fwide
#undef weak_alias
#define FILE        struct stream
#define vfscanf     stream_scan
#define vfwscanf    stream_scan_wide
#define fscanf      stream_scan_more
#define fwide(f, m) ((void)0)
#define FLOCK(f)    ((void)0)
#define FUNLOCK(f)  ((void)0)
#define __toread(f) 0
#define weak_alias(old, new)
int __uflow(FILE *);
wint_t getwc(FILE *) __asm__("stream_getwc");
wint_t ungetwc(wint_t, FILE *) __asm__("stream_ungetwc");
#endif

#endif
