/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * snprintf and vsnprintf. newlib's collects pieces and copies them one by one; what most formats
 * are made of goes straight into the caller's buffer here. Any other format is newlib's from its
 * start.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define FIELD_MOST 4096 /* width and precision; what is more is newlib's */

/* As vsnprintf(). */
static int other_format(char *to, size_t size, const char *format, va_list args);

struct out {
    char *to;
    size_t limit, n; /* how many characters fit; how many there were */
};

/* Between % and the conversion. */
struct field {
    bool left, zeros;
    char sign;    /* in front of what is not negative; 0: none */
    bool is_long; /* 64 bits */
    int width;
    int precision; /* -1: none */
};

static inline void put(struct out *o, char c)
{
    if (o->n < o->limit)
        o->to[o->n] = c;
    o->n++;
}

static inline void put_many(struct out *o, char c, long count)
{
    for (; count > 0; count--)
        put(o, c);
}

static inline void put_text(struct out *o, const char *from, size_t n)
{
    if (o->n < o->limit)
        memcpy(o->to + o->n, from, n < o->limit - o->n ? n : o->limit - o->n);
    o->n += n;
}

static void put_field(struct out *o, const struct field *f, const char *from, size_t n)
{
    long blanks = f->width > (long)n ? f->width - (long)n : 0;
    if (!f->left)
        put_many(o, ' ', blanks);
    put_text(o, from, n);
    if (f->left)
        put_many(o, ' ', blanks);
}

static void put_number(struct out *o, const struct field *f, unsigned long v, char sign, char how)
{
    char digits[24]; /* 22 octal ones at most */
    char *end = digits + sizeof digits, *at = end;
    const char *names = how == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    if (how == 'u')
        for (; v > 9; v /= 10)
            *--at = (char)('0' + v % 10);
    else
        for (unsigned shift = how == 'o' ? 3 : 4; v >> shift != 0; v >>= shift)
            *--at = names[v & ((1u << shift) - 1)];
    if (v != 0 || f->precision != 0)
        *--at = names[v];
    long n = end - at;
    if (sign == 0 && f->width <= n && f->precision <= n) {
        put_text(o, at, (size_t)n);
        return;
    }
    long all = n + (sign != 0), zeros = f->precision - n;
    if (f->precision < 0)
        zeros = f->zeros && !f->left ? f->width - all : 0;
    long blanks = f->width - all - (zeros > 0 ? zeros : 0);
    if (!f->left)
        put_many(o, ' ', blanks);
    if (sign != 0)
        put(o, sign);
    put_many(o, '0', zeros);
    put_text(o, at, (size_t)n);
    if (f->left)
        put_many(o, ' ', blanks);
}

/* Decimal digits at *f; more than FIELD_MOST: some number that is more. */
static int number_at(const char **f)
{
    int n = 0;
    for (; **f >= '0' && **f <= '9'; ++*f)
        n = n <= FIELD_MOST ? n * 10 + **f - '0' : n;
    return n;
}

static int width_at(const char **f, va_list *args)
{
    if (**f != '*')
        return number_at(f);
    ++*f;
    return va_arg(*args, int);
}

/* What stands between % and the conversion, which it returns the place of. */
static inline const char *read_field(const char *f, struct field *field, va_list *args)
{
    *field = (struct field){.precision = -1};
    for (; *f == '-' || *f == '0' || *f == '+' || *f == ' '; f++) {
        field->left |= *f == '-';
        field->zeros |= *f == '0';
        if (*f == '+' || (*f == ' ' && field->sign == 0))
            field->sign = *f;
    }
    if (*f == '*' || (*f >= '1' && *f <= '9'))
        field->width = width_at(&f, args);
    if (field->width < 0) {
        field->left = true;
        field->width = field->width < -FIELD_MOST ? FIELD_MOST + 1 : -field->width;
    }
    if (*f == '.') {
        f++;
        field->precision = width_at(&f, args);
        if (field->precision < 0)
            field->precision = -1;
    }
    if (*f == 'l' || *f == 'z') {
        field->is_long = true;
        f += f[0] == 'l' && f[1] == 'l' ? 2 : 1;
    }
    return f;
}

/* One conversion; false: it is not one of those that are done here. */
static bool convert(struct out *o, char how, const struct field *f, va_list *args)
{
    if (f->width > FIELD_MOST || f->precision > FIELD_MOST)
        return false;
    switch (how) {
    case 'd':
    case 'i': {
        long v = f->is_long ? va_arg(*args, long) : va_arg(*args, int);
        put_number(o, f, v < 0 ? -(unsigned long)v : (unsigned long)v, v < 0 ? '-' : f->sign, 'u');
        return true;
    }
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        put_number(o, f, f->is_long ? va_arg(*args, unsigned long) : va_arg(*args, unsigned), 0,
                   how);
        return true;
    case 's': {
        const char *s = va_arg(*args, const char *);
        if (s == NULL || f->is_long || f->zeros)
            return false;
        put_field(o, f, s, f->precision < 0 ? strlen(s) : strnlen(s, (size_t)f->precision));
        return true;
    }
    case 'c': {
        char c = (char)va_arg(*args, int);
        if (f->is_long || f->zeros)
            return false;
        put_field(o, f, &c, 1);
        return true;
    }
    default:
        return false;
    }
}

/* The number of characters; -1: the format holds something else, and nothing that was written
 * counts. */
static int print(struct out *o, const char *format, va_list *args)
{
    for (const char *f = format; *f != '\0'; f++) {
        if (*f != '%') {
            put(o, *f);
            continue;
        }
        if (*++f == '%') {
            put(o, '%');
            continue;
        }
        struct field field;
        f = read_field(f, &field, args);
        if (!convert(o, *f, &field, args))
            return -1;
    }
    return o->n <= INT_MAX ? (int)o->n : -1;
}

int vsnprintf(char *restrict to, size_t size, const char *restrict format, va_list args)
{
    struct out o = {to, size > 0 ? size - 1 : 0, 0};
    va_list copy;
    va_copy(copy, args);
    int n = size <= INT_MAX ? print(&o, format, &copy) : -1;
    va_end(copy);
    if (n < 0)
        return other_format(to, size, format, args);
    if (size > 0)
        to[o.n < o.limit ? o.n : o.limit] = '\0';
    return n;
}

int snprintf(char *restrict to, size_t size, const char *restrict format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(to, size, format, args);
    va_end(args);
    return n;
}

#ifndef LIMPET_HOST
#include <errno.h>

int _svfprintf_r(struct _reent *r, FILE *f, const char *format, va_list args);

/* A file that is a buffer, as newlib's own vsnprintf() makes it. */
static int other_format(char *to, size_t size, const char *format, va_list args)
{
    FILE f = {0};
    if (size > INT_MAX) {
        errno = EOVERFLOW;
        return EOF;
    }
    f._flags = __SWR | __SSTR;
    f._bf._base = f._p = (unsigned char *)to;
    f._bf._size = f._w = size > 0 ? (int)size - 1 : 0;
    f._file = -1;
    int n = _svfprintf_r(_REENT, &f, format, args);
    if (n < EOF)
        errno = EOVERFLOW;
    if (size > 0)
        *f._p = '\0';
    return n;
}
#endif
