/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The printf family, of which all members write the same text: printf.c reads the format,
 * printf_float.c makes the text of a floating-point number, snprintf.c prints into strings,
 * vfprintf.c to streams, vwprintf.c wide characters.
 */
#ifndef APPS_LIBC_PRINTF_H
#define APPS_LIBC_PRINTF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Where the text goes. A string keeps what fits; else a buffer is handed on each time it is full.
 */
struct out {
    char *to;            /* its first character is the one of number `start` */
    size_t start, limit; /* those from start to limit fit */
    size_t n;            /* how many there were */
    size_t longer;       /* wide output: how many of them only go on with a character (UTF-8) */
    void (*hand_on)(struct out *); /* the n - start characters at `to`, out_reset() then; or NULL */
    bool wide;                     /* the text is UTF-8, strings are measured in characters */
    bool failed;
};

/* A conversion: what stands between % and its letter. */
struct field {
    bool left, zeros, alternative;
    char sign;   /* in front of what is not negative; 0: none */
    char length; /* h, l, j, z, t, L; H is hh; 0: none */
    char how;
    int width;
    int precision; /* -1: none */
};

/* Room for the next `room` characters at `to`. */
static inline void out_reset(struct out *o, char *to, size_t room)
{
    o->to = to;
    o->start = o->n;
    o->limit = o->n + room;
}

static inline void put(struct out *o, char c)
{
    if (o->n >= o->limit && o->hand_on != NULL)
        o->hand_on(o);
    if (o->n < o->limit)
        o->to[o->n - o->start] = c;
    o->n++;
}

static inline void put_many(struct out *o, char c, long count)
{
    for (; count > 0; count--)
        put(o, c);
}

static inline void put_text(struct out *o, const char *from, size_t n)
{
    while (n > 0 && o->n + n > o->limit && o->hand_on != NULL) {
        size_t part = o->limit - o->n;
        memcpy(o->to + (o->n - o->start), from, part);
        o->n += part;
        from += part;
        n -= part;
        o->hand_on(o);
    }
    if (o->n < o->limit)
        memcpy(o->to + (o->n - o->start), from, n < o->limit - o->n ? n : o->limit - o->n);
    o->n += n;
}

/* The text of a format. Returns the number of characters; -1 with errno: EILSEQ, EOVERFLOW, EINVAL.
 */
int print_format(struct out *o, const char *format, va_list args);

/* A character as UTF-8; returns how many bytes it has, 4 at most. */
int utf8_encode(char *to, wchar_t c);

/* The conversions a, e, f, g and their capitals. `real` was a double unless the length is L. */
void print_float(struct out *o, const struct field *f, long double real);

#endif
