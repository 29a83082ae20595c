/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of floating-point numbers, exact to the last digit, rounded as the processor is told to
 * round. A long double is a sum of powers of two; as a row of limbs of nine decimal digits it needs
 * no arithmetic but shifts.
 */
#include "printf.h"
#include <fenv.h>
#include <float.h>
#include <stdint.h>

#define LIMB  1000000000u /* a limb is less */
#define UNITS 549         /* the limb of the units; 16384 bits are 4933 digits */
#define LIMBS (UNITS + 1 + 1830)

/* A number that is not negative: limb[UNITS - i] counts powers of 10^9i. Those outside are 0. */
struct decimal {
    int first, last;
    uint32_t limb[LIMBS];
};

struct bits { /* of a long double: mantissa * 2^exponent */
    uint64_t mantissa;
    int exponent;
    bool negative, special; /* special: infinite, or no number */
};

static struct bits bits_of(long double real)
{
    union {
        long double real;
        struct {
            uint64_t mantissa;
            uint16_t sign_exponent;
        } parts;
    } u = {real};
    int exponent = u.parts.sign_exponent & 0x7fff;
    bool number =
        exponent == 0 || u.parts.mantissa >> 63 != 0; /* else the processor takes it for none */
    return (struct bits){number ? u.parts.mantissa : UINT64_MAX,
                         (exponent == 0 ? 1 : exponent) - 16383 - 63,
                         u.parts.sign_exponent >> 15 != 0, !number || exponent == 0x7fff};
}

static void shift_up(struct decimal *d, int by)
{
    while (by > 0) {
        int step = by < 29 ? by : 29;
        uint64_t carry = 0;
        for (int i = d->last; i >= d->first; i--) {
            uint64_t v = ((uint64_t)d->limb[i] << step) + carry;
            d->limb[i] = (uint32_t)(v % LIMB);
            carry = v / LIMB;
        }
        if (carry != 0)
            d->limb[--d->first] = (uint32_t)carry;
        by -= step;
    }
}

static void shift_down(struct decimal *d, int by)
{
    while (by > 0) {
        int step = by < 9 ? by : 9; /* 10^9 can be halved nine times */
        uint32_t carry = 0;
        for (int i = d->first; i <= d->last; i++) {
            uint32_t v = d->limb[i];
            d->limb[i] = (v >> step) + carry;
            carry = (LIMB >> step) * (v & ((1u << step) - 1));
        }
        if (carry != 0)
            d->limb[++d->last] = carry;
        if (d->limb[d->first] == 0 && d->first < d->last)
            d->first++;
        by -= step;
    }
}

static void to_decimal(struct decimal *d, struct bits b)
{
    d->first = d->last = UNITS;
    d->limb[UNITS] = 0;
    if (b.mantissa == 0)
        return;
    int zeros = __builtin_ctzll(b.mantissa);
    uint64_t m = b.mantissa >> zeros;
    d->limb[UNITS] = (uint32_t)(m % LIMB);
    while ((m /= LIMB) != 0)
        d->limb[--d->first] = (uint32_t)(m % LIMB);
    if (b.exponent + zeros > 0)
        shift_up(d, b.exponent + zeros);
    else
        shift_down(d, -(b.exponent + zeros));
}

static const uint32_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

/* The digit of 10^k stands in this limb, at this place of it. */
static int limb_of(long k) { return (int)(UNITS - (k >= 0 ? k / 9 : -((8 - k) / 9))); }

static int place_of(long k) { return (int)(k >= 0 ? k % 9 : 8 - (-k - 1) % 9); }

/* The power of ten of the first digit that is not 0; of 0 itself 0. */
static long leading_power(struct decimal *d)
{
    while (d->first < d->last && d->limb[d->first] == 0)
        d->first++;
    if (d->limb[d->first] == 0)
        return 0;
    int place = 8;
    while (d->limb[d->first] < powers[place])
        place--;
    return (UNITS - d->first) * 9L + place;
}

/* The power of ten of the last digit that is not 0; of 0 itself 0. */
static long trailing_power(struct decimal *d)
{
    while (d->last > d->first && d->limb[d->last] == 0)
        d->last--;
    if (d->limb[d->last] == 0)
        return 0;
    int place = 0;
    while (d->limb[d->last] / powers[place] % 10 == 0)
        place++;
    return (UNITS - d->last) * 9L + place;
}

/* Which way to round: `half` tells how what is cut off compares with half of the last place. */
static bool rounds_up(bool exact, int half, bool odd, bool negative)
{
    switch (fegetround()) {
    case FE_UPWARD:
        return !exact && !negative;
    case FE_DOWNWARD:
        return !exact && negative;
    case FE_TOWARDZERO:
        return false;
    default:
        return half > 0 || (half == 0 && odd);
    }
}

/* Cuts off what is below 10^k. */
static void round_at(struct decimal *d, long k, bool negative)
{
    if (k < (UNITS - d->last) * 9L)
        return;
    int i = limb_of(k);
    for (; d->first > i; d->limb[d->first] = 0)
        d->first--;
    uint32_t unit = powers[place_of(k)], rest = d->limb[i] % unit, half = unit / 2;
    bool odd = d->limb[i] / unit % 2 != 0, tail = false;
    int j = i + 1;
    if (unit == 1) { /* what is cut off begins with the next limb */
        half = LIMB / 2;
        rest = j <= d->last ? d->limb[j] : 0;
        j++;
    } else {
        d->limb[i] -= rest;
    }
    for (; j <= d->last && !tail; j++)
        tail = d->limb[j] != 0; /* NOLINT: j is no more than last */
    d->last = i;
    int compared = rest > half ? 1 : rest < half ? -1 : tail;
    if (!rounds_up(rest == 0 && !tail, compared, odd, negative))
        return;
    /* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): first ≤ i ≤ last */
    for (d->limb[i] += unit; d->limb[i] >= LIMB; d->limb[i]++) {
        d->limb[i] -= LIMB;
        if (--i < d->first)
            d->limb[d->first = i] = 0;
    }
}

/* The digits of 10^from down to 10^to. */
static void put_digits(struct out *o, const struct decimal *d, long from, long to)
{
    long lowest = (UNITS - d->last) * 9L; /* all below are zeros */
    int in = -1;
    char text[9];
    for (; from >= to && from >= lowest; from--) {
        int i = limb_of(from);
        if (i != in) {
            uint32_t v = i < d->first ? 0 : d->limb[i];
            for (int place = 8; place >= 0; place--, v /= 10)
                text[place] = (char)('0' + v % 10);
            in = i;
        }
        put(o, text[8 - place_of(from)]);
    }
    put_many(o, '0', from - to + 1);
}

/* A number's parts, each of which knows its length before anything is printed. */
struct shape {
    char sign;     /* 0: none */
    long from, to; /* powers of ten of the first and last digit */
    long point;    /* the power of ten before the point */
    bool dot;
    char exponent[8]; /* e+10, or "" */
};

static void put_shape(struct out *o, const struct field *f, const struct shape *s,
                      const struct decimal *d)
{
    long blanks =
        f->width - (s->from - s->to + 1) - s->dot - (s->sign != 0) - (long)strlen(s->exponent);
    if (!f->left && !f->zeros)
        put_many(o, ' ', blanks);
    if (s->sign != 0)
        put(o, s->sign);
    if (!f->left && f->zeros)
        put_many(o, '0', blanks);
    put_digits(o, d, s->from, s->point);
    if (s->dot)
        put(o, '.');
    put_digits(o, d, s->point - 1, s->to);
    put_text(o, s->exponent, strlen(s->exponent));
    if (f->left)
        put_many(o, ' ', blanks);
}

/* e+10 and the like, with so many digits at least. */
static void write_exponent(char *to, char letter, long power, int digits)
{
    char text[8], *end = text + sizeof text, *at = end;
    for (long v = power < 0 ? -power : power; v != 0 || end - at < digits; v /= 10)
        *--at = (char)('0' + v % 10);
    to[0] = letter;
    to[1] = power < 0 ? '-' : '+';
    memcpy(to + 2, at, (size_t)(end - at));
    to[2 + (end - at)] = 0;
}

static void put_decimal(struct out *o, const struct field *f, struct bits b, char sign)
{
    struct decimal d;
    char how = (char)(f->how | 0x20);
    long precision = f->precision < 0 ? 6 : f->precision;
    to_decimal(&d, b);
    if (how == 'g' && precision == 0)
        precision = 1;
    round_at(&d, how == 'f' ? -precision : leading_power(&d) - precision + (how == 'g'),
             b.negative);
    long power = leading_power(&d);
    bool scientific = how == 'e' || (how == 'g' && (power < -4 || power >= precision));
    struct shape s = {.sign = sign, .point = scientific ? power : 0};
    s.from = scientific || power > 0 ? power : 0;
    if (how == 'g') {
        s.to = power - precision + 1;
        long last = trailing_power(&d);
        if (!f->alternative && last > s.to)
            s.to = last;
        if (s.to > s.point)
            s.to = s.point;
    } else {
        s.to = s.point - precision;
    }
    s.dot = s.to < s.point || f->alternative;
    if (scientific)
        write_exponent(s.exponent, f->how < 'a' ? 'E' : 'e', power, 2);
    put_shape(o, f, &s, &d);
}

/* The mantissa of %a: `digits` hexadecimal ones behind the point. */
struct hex {
    uint64_t mantissa;
    int digits;
    long exponent;
};

/* As glibc has it: a double's leading digit is 0 or 1, a long double's all of its first four bits.
 */
static struct hex hex_of(struct bits b, bool is_long)
{
    if (b.mantissa == 0)
        return (struct hex){0, is_long ? 15 : 13, 0};
    if (is_long)
        return (struct hex){b.mantissa, 15, b.exponent + 60};
    int shift = 11, exponent = b.exponent + 63; /* 53 bits */
    uint64_t m = b.mantissa;
    for (; !(m >> 63); m <<= 1)
        exponent--;
    for (; exponent < DBL_MIN_EXP - 1; exponent++)
        shift++;
    return (struct hex){m >> shift, 13, exponent};
}

static void round_hex(struct hex *h, int precision, bool negative)
{
    if (precision < 0)
        for (; h->digits > 0 && h->mantissa % 16 == 0; h->mantissa /= 16)
            h->digits--;
    if (precision < 0 || precision >= h->digits)
        return;
    int cut = 4 * (h->digits - precision);
    uint64_t unit = 1ull << cut, rest = h->mantissa & (unit - 1), half = unit / 2;
    h->mantissa >>= cut;
    h->digits = precision;
    int compared = rest > half ? 1 : rest < half ? -1 : 0;
    if (!rounds_up(rest == 0, compared, h->mantissa % 2 != 0, negative))
        return;
    h->mantissa++;
    if (h->digits < 15 && h->mantissa >> (4 * h->digits) == 16) {
        h->mantissa >>= 4;
        h->exponent += 4;
    }
}

static void put_hex(struct out *o, const struct field *f, struct bits b, char sign)
{
    const char *names = f->how == 'A' ? "0123456789ABCDEF" : "0123456789abcdef";
    struct hex h = hex_of(b, f->length == 'L');
    round_hex(&h, f->precision, b.negative);
    long zeros = f->precision > h.digits ? f->precision - h.digits : 0;
    bool dot = h.digits + zeros > 0 || f->alternative;
    char exponent[10];
    write_exponent(exponent, f->how == 'A' ? 'P' : 'p', h.exponent, 1);
    long blanks = f->width - (sign != 0) - 3 - dot - h.digits - zeros - (long)strlen(exponent);
    if (!f->left && !f->zeros)
        put_many(o, ' ', blanks);
    if (sign != 0)
        put(o, sign);
    put_text(o, f->how == 'A' ? "0X" : "0x", 2);
    if (!f->left && f->zeros)
        put_many(o, '0', blanks);
    put(o, names[h.mantissa >> (4 * h.digits) & 15]);
    if (dot)
        put(o, '.');
    for (int i = h.digits - 1; i >= 0; i--)
        put(o, names[h.mantissa >> (4 * i) & 15]);
    put_many(o, '0', zeros);
    put_text(o, exponent, strlen(exponent));
    if (f->left)
        put_many(o, ' ', blanks);
}

void print_float(struct out *o, const struct field *f, long double real)
{
    struct bits b = bits_of(real);
    char sign = b.negative ? '-' : f->sign;
    if (b.special) {
        bool infinite = b.mantissa << 1 == 0, small = f->how >= 'a';
        const char *name = infinite ? (small ? "inf" : "INF") : small ? "nan" : "NAN";
        long blanks = f->width - (sign != 0) - 3;
        put_many(o, ' ', f->left ? 0 : blanks);
        if (sign != 0)
            put(o, sign);
        put_text(o, name, 3);
        put_many(o, ' ', f->left ? blanks : 0);
    } else if ((f->how | 0x20) == 'a') {
        put_hex(o, f, b, sign);
    } else {
        put_decimal(o, f, b, sign);
    }
}
