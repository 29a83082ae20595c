/* SPDX-License-Identifier: BSD-2-Clause */
/* What a format of the printf family says: C11 and POSIX with what glibc adds, in its text. */
#include "printf.h"
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <wchar.h>

#define ARGUMENTS_MOST 64 /* by number; NL_ARGMAX is less everywhere */

/* An argument. All that are no floats are passed as words, whatever their type (x86-64 ABI). */
union value {
    unsigned long word;
    long double real;
};

struct arguments {
    va_list list;
    union value all[ARGUMENTS_MOST]; /* where the format numbers them, as in %2$d */
};

enum kind { WORD, REAL, LONG_REAL };

/* Sets of letters: a bit for each from A to z. */
#define LETTER(c) (UINT64_C(1) << ((c) - 'A'))
#define REALS                                                                                      \
    (LETTER('a') | LETTER('e') | LETTER('f') | LETTER('g') | LETTER('A') | LETTER('E') |           \
     LETTER('F') | LETTER('G'))
#define WORDS                                                                                      \
    (LETTER('d') | LETTER('i') | LETTER('u') | LETTER('x') | LETTER('X') | LETTER('o') |           \
     LETTER('s') | LETTER('c') | LETTER('p') | LETTER('n'))

static bool is_among(uint64_t set, char c) { return c >= 'A' && c <= 'z' && set >> (c - 'A') & 1; }

static void take(struct arguments *args, enum kind kind, union value *v)
{
    if (kind == WORD)
        v->word = va_arg(args->list, unsigned long);
    else
        v->real = kind == REAL ? va_arg(args->list, double) : va_arg(args->list, long double);
}

static enum kind kind_of(const struct field *f)
{
    if (!is_among(REALS, f->how))
        return WORD;
    return f->length == 'L' ? LONG_REAL : REAL;
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

/* The digits of v end at *end; none for 0. */
static char *digits_of(char *end, unsigned long v, char how)
{
    const char *names = how == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    if (how == 'x' || how == 'X' || how == 'o')
        for (unsigned shift = how == 'o' ? 3 : 4; v != 0; v >>= shift)
            *--end = names[v & ((1u << shift) - 1)];
    else
        for (; v != 0; v /= 10)
            *--end = (char)('0' + v % 10);
    return end;
}

static void put_number(struct out *o, const struct field *f, unsigned long v, const char *prefix)
{
    char digits[24]; /* 22 octal ones at most, and a 0 */
    char *end = digits + sizeof digits, *at = digits_of(end, v, f->how);
    bool zero_first = f->how == 'o' && f->alternative;
    if ((v == 0 && f->precision != 0) || (zero_first && f->precision <= end - at))
        *--at = '0';
    long n = end - at;
    if (*prefix == 0 && f->width <= n && f->precision <= n) {
        put_text(o, at, (size_t)n);
        return;
    }
    long all = n + (long)strlen(prefix), zeros = (long)f->precision - n;
    if (f->precision < 0)
        zeros = f->zeros && !f->left ? f->width - all : 0;
    long blanks = f->width - all - (zeros > 0 ? zeros : 0);
    if (!f->left)
        put_many(o, ' ', blanks);
    put_text(o, prefix, strlen(prefix));
    put_many(o, '0', zeros);
    put_text(o, at, (size_t)n);
    if (f->left)
        put_many(o, ' ', blanks);
}

static unsigned long unsigned_of(const struct field *f, unsigned long v)
{
    switch (f->length) {
    case 'H':
        return (unsigned char)v;
    case 'h':
        return (unsigned short)v;
    case 0:
        return (unsigned)v;
    default:
        return v;
    }
}

static long signed_of(const struct field *f, unsigned long v)
{
    switch (f->length) {
    case 'H':
        return (signed char)v;
    case 'h':
        return (short)v;
    case 0:
        return (int)v;
    default:
        return (long)v;
    }
}

static void put_signed(struct out *o, const struct field *f, long v)
{
    const char sign[2] = {v < 0 ? '-' : f->sign, 0};
    put_number(o, f, v < 0 ? -(unsigned long)v : (unsigned long)v, sign);
}

static void put_unsigned(struct out *o, const struct field *f, unsigned long v)
{
    bool hex = f->how == 'x' || f->how == 'X';
    const char prefix[3] = {'0', f->how, 0};
    put_number(o, f, v, hex && f->alternative && v != 0 ? prefix : "");
}

static void put_pointer(struct out *o, const struct field *given, unsigned long v)
{
    struct field f = *given;
    f.how = 'x';
    if (v == 0) {
        put_field(o, &f, "(nil)", 5);
        return;
    }
    const char prefix[4] = {f.sign != 0 ? f.sign : '0', f.sign != 0 ? '0' : 'x',
                            f.sign != 0 ? 'x' : 0, 0};
    put_number(o, &f, v, prefix);
}

int utf8_encode(char *to, wchar_t c)
{
    uint32_t u = (uint32_t)c;
    int more = u < 0x80 ? 0 : u < 0x800 ? 1 : u < 0x10000 ? 2 : 3;
    for (int i = more; i > 0; i--, u >>= 6)
        to[i] = (char)(0x80 | (u & 0x3f));
    to[0] = (char)(more == 0 ? u : u | (0xf0u << (3 - more) & 0xff));
    return more + 1;
}

/* In wide output a character is UTF-8, else what the locale has it be. -1: it has none. */
static int encode(const struct out *o, char *to, wchar_t c, mbstate_t *state)
{
    return o->wide ? utf8_encode(to, c) : (int)wcrtomb(to, c, state);
}

/* Where the text of %s and %ls comes from: bytes or wide characters. */
struct text {
    const char *bytes;
    const wchar_t *wide;
    mbstate_t in, out;
};

/* The next character's bytes. Returns their number, 0 at the end, -1: it cannot be told. */
static int next_character(const struct out *o, struct text *t, char *to)
{
    wchar_t c;
    if (t->wide != NULL) {
        c = *t->wide++;
    } else {
        size_t n = mbrtowc(&c, t->bytes, MB_LEN_MAX, &t->in);
        if (n > MB_LEN_MAX) {
            errno = EILSEQ;
            return -1;
        }
        t->bytes += n;
    }
    return c == 0 ? 0 : encode(o, to, c, &t->out);
}

/* Text that changes its form on the way: once to measure it, once to print it. */
static bool put_characters(struct out *o, const struct field *f, const struct text *from)
{
    size_t most = f->precision < 0 ? SIZE_MAX : (size_t)f->precision, size = 0;
    char bytes[MB_LEN_MAX];
    struct text t = *from;
    unsigned long count = 0;
    int n;
    for (; size < most && (n = next_character(o, &t, bytes)) != 0; count++) {
        if (n < 0)
            return false;
        if (!o->wide && size + (size_t)n > most)
            break;
        size += o->wide ? 1 : (size_t)n;
    }
    long blanks = f->width > 0 && (size_t)f->width > size ? f->width - (long)size : 0;
    if (!f->left)
        put_many(o, ' ', blanks);
    t = *from;
    for (; count > 0; count--) {
        n = next_character(o, &t, bytes);
        put_text(o, bytes, (size_t)n);
        o->longer += o->wide ? (size_t)n - 1 : 0;
    }
    if (f->left)
        put_many(o, ' ', blanks);
    return true;
}

static bool put_string(struct out *o, const struct field *f, const char *s)
{
    if (s == NULL) {
        bool room = f->precision < 0 || f->precision >= 6;
        put_field(o, f, "(null)", room ? 6 : 0);
    } else if (f->length == 'l') {
        return put_characters(o, f, &(struct text){.wide = (const wchar_t *)s});
    } else if (o->wide) {
        return put_characters(o, f, &(struct text){.bytes = s});
    } else {
        put_field(o, f, s, f->precision < 0 ? strlen(s) : strnlen(s, (size_t)f->precision));
    }
    return true;
}

static bool put_character(struct out *o, const struct field *f, unsigned long v)
{
    char bytes[MB_LEN_MAX + 1] = {(char)v};
    int n = 1;
    if (f->length == 'l' || o->wide) {
        mbstate_t state = {0};
        wint_t c = f->length == 'l' ? (wint_t)v : btowc((unsigned char)v);
        n = c == WEOF ? -1 : encode(o, bytes, (wchar_t)c, &state);
        if (n < 0)
            return false;
    }
    struct field one = *f;
    one.width -= o->wide ? 1 - n : 0; /* which is in characters there */
    put_field(o, &one, bytes, (size_t)n);
    o->longer += o->wide ? (size_t)n - 1 : 0;
    return true;
}

static void store_count(const struct out *o, const struct field *f, void *to)
{
    size_t n = o->n - o->longer;
    if (f->length == 'H')
        *(char *)to = (char)n;
    else if (f->length == 'h')
        *(short *)to = (short)n;
    else if (f->length == 0)
        *(int *)to = (int)n;
    else
        *(long *)to = (long)n;
}

/* false: it could not be converted, errno says why. */
static bool convert(struct out *o, const struct field *f, const union value *v)
{
    switch (f->how) {
    case 'd':
    case 'i':
        put_signed(o, f, signed_of(f, v->word));
        return true;
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        put_unsigned(o, f, unsigned_of(f, v->word));
        return true;
    case 's':
        return put_string(o, f, (const char *)v->word);
    case 'c':
        return put_character(o, f, v->word);
    case 'p':
        put_pointer(o, f, v->word);
        return true;
    case 'n':
        store_count(o, f, (void *)v->word);
        return true;
    default:
        print_float(o, f, v->real);
        return true;
    }
}

/* Decimal digits at *f; -1: more than an int holds. */
static int number_at(const char **f)
{
    long n = 0;
    for (; **f >= '0' && **f <= '9'; ++*f)
        n = n > INT_MAX ? n : n * 10 + **f - '0';
    return n > INT_MAX ? -1 : (int)n;
}

/* The number in front of $, 0: there is none. */
static int position_at(const char **f)
{
    const char *at = *f;
    int n = number_at(&at);
    if (*at != '$' || n < 1 || n > ARGUMENTS_MOST)
        return 0;
    *f = at + 1;
    return n;
}

/* What a field names. Of a format that numbers its arguments the first reading only notes their
 * kinds. */
struct reader {
    struct arguments *args;
    enum kind *kinds; /* of this many: */
    int count;
};

static void note(struct reader *r, int position, enum kind kind)
{
    if (position > r->count)
        r->count = position;
    r->kinds[position - 1] = kind;
}

/* An argument of this kind: the next, or the one of that number. */
static void argument(struct reader *r, int position, enum kind kind, union value *v)
{
    if (position == 0)
        take(r->args, kind, v);
    else if (r->kinds != NULL)
        note(r, position, kind);
    else
        *v = r->args->all[position - 1];
}

/* A width or a precision, which may be an argument; false: it is too large. */
static bool read_size(const char **f, struct reader *r, int *size)
{
    if (**f != '*') {
        *size = number_at(f);
        return *size >= 0;
    }
    ++*f;
    union value v = {.word = 0};
    argument(r, position_at(f), WORD, &v);
    *size = (int)v.word;
    return true;
}

static const char *read_flags(const char *f, struct field *field)
{
    for (;; f++) {
        switch (*f) {
        case '-':
            field->left = true;
            break;
        case '0':
            field->zeros = true;
            break;
        case '#':
            field->alternative = true;
            break;
        case '+':
            field->sign = '+';
            break;
        case ' ':
            field->sign = field->sign == 0 ? ' ' : field->sign;
            break;
        case '\'': /* the C locale groups no digits */
        case 'I':
            break;
        default:
            return f;
        }
    }
}

static const char *read_length(const char *f, struct field *field)
{
    switch (*f) {
    case 'h':
        field->length = f[1] == 'h' ? 'H' : 'h';
        return f + (f[1] == 'h' ? 2 : 1);
    case 'l':
        field->length = f[1] == 'l' ? 'j' : 'l';
        return f + (f[1] == 'l' ? 2 : 1);
    case 'q':
    case 'j':
    case 'z':
    case 't':
    case 'Z':
        field->length = 'j';
        return f + 1;
    case 'L':
        field->length = 'L';
        return f + 1;
    default:
        return f;
    }
}

/* Reads behind % up to the letter, which it returns the place of; NULL with errno. */
static const char *read_field(const char *f, struct field *field, struct reader *r)
{
    *field = (struct field){.precision = -1};
    f = read_flags(f, field);
    if ((*f == '*' || (*f >= '1' && *f <= '9')) && !read_size(&f, r, &field->width)) {
        errno = EOVERFLOW;
        return NULL;
    }
    if (field->width < 0) {
        field->left = true;
        field->width = field->width == INT_MIN ? INT_MAX : -field->width;
    }
    if (*f == '.') {
        f++;
        if (!read_size(&f, r, &field->precision)) {
            errno = EOVERFLOW;
            return NULL;
        }
        if (field->precision < 0)
            field->precision = -1;
    }
    f = read_length(f, field);
    field->how = *f;
    if (*f == 'C' || *f == 'S') {
        field->length = 'l';
        field->how = (char)(*f | 0x20);
    }
    return f;
}

/* One conversion; `begin` is its %. Returns its last character, NULL with errno. */
static const char *conversion(struct out *o, struct reader *r, const char *begin)
{
    struct field field;
    const char *f = begin + 1;
    int position = position_at(&f);
    f = read_field(f, &field, r);
    if (f == NULL)
        return NULL;
    if (!is_among(WORDS | REALS, field.how)) {
        if (r->kinds != NULL)
            return f - (*f == 0);
        if (field.how == '%')
            put(o, '%');
        else if (field.how == 'm')
            put_string(o, &field, strerror(errno));
        else if (field.how == 0) {
            errno = EINVAL;
            return NULL;
        } else /* what is no conversion is text */
            put_text(o, begin, (size_t)(f - begin) + 1);
        return f;
    }
    union value v;
    argument(r, position, kind_of(&field), &v);
    return r->kinds != NULL || convert(o, &field, &v) ? f : NULL;
}

/* Fetches the arguments of a format that numbers them, each as what it is used for. */
static void fetch_numbered(struct arguments *args, const char *format)
{
    enum kind kinds[ARGUMENTS_MOST] = {WORD};
    struct reader r = {args, kinds, 0};
    const char *f = strchr(format, '%');
    while (f != NULL && f[1] == '%')
        f = strchr(f + 2, '%');
    const char *first = f != NULL ? f + 1 : NULL;
    if (first == NULL || position_at(&first) == 0)
        return;
    struct out none = {0}; /* nothing is put out yet */
    for (; f != NULL; f = strchr(f + 1, '%'))
        if ((f = conversion(&none, &r, f)) == NULL)
            return;
    for (int i = 0; i < r.count; i++)
        take(args, kinds[i], &args->all[i]);
}

int print_format(struct out *o, const char *format, va_list list)
{
    struct arguments args;
    struct reader r = {&args, NULL, 0};
    va_copy(args.list, list);
    if (strchr(format, '$') != NULL)
        fetch_numbered(&args, format);
    const char *f = format;
    for (; f != NULL && *f != '\0'; f += f != NULL) {
        if (*f == '%') {
            f = conversion(o, &r, f);
        } else {
            o->longer += o->wide && (*f & 0xc0) == 0x80;
            put(o, *f);
        }
        if (f != NULL && o->n > INT_MAX) {
            errno = EOVERFLOW;
            f = NULL;
        }
    }
    va_end(args.list);
    return f != NULL ? (int)(o->n - o->longer) : -1;
}
