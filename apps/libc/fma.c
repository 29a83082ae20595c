/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fma(), fmaf(): one rounding, by the processor's instruction where it has it. Else the exact sum
 * is made of integers, of which 64 bits go into a long double, the last of them set if others are
 * lost: so that the conversion to the result, which the processor rounds, as it was told to, and
 * with the exceptions that belong to it, is right.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include "has_fma.h"

typedef unsigned __int128 wide;

/* m * 2^e, bit 52 of m set. */
struct parts {
    uint64_t m;
    int e;
    bool negative;
};

/* Of a number that is finite and not zero. */
static struct parts take(double x)
{
    uint64_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    uint64_t m = bits & ((1ull << 52) - 1);
    int e = (int)(bits >> 52 & 0x7ff), shift = e == 0 ? __builtin_clzll(m) - 11 : 0;
    m = e == 0 ? m << shift : m | 1ull << 52;
    return (struct parts){m, (e == 0 ? 1 - shift : e) - 1075, bits >> 63 != 0};
}

/* The last bit is set if one that is lost was. */
static wide shift_right(wide x, int n)
{
    return n == 0 ? x : n > 127 ? x != 0 : x >> n | ((x << (128 - n)) != 0);
}

static long double make(wide m, int e, bool negative)
{
    uint64_t high = (uint64_t)(m >> 64);
    int shift = high != 0 ? 64 - __builtin_clzll(high) : -__builtin_clzll((uint64_t)m);
    struct {
        uint64_t m;
        uint16_t exponent; /* bias 16383, for bit 63; bit 15: the sign */
    } raw = {(uint64_t)(shift > 0 ? shift_right(m, shift) : m << -shift),
             (uint16_t)((e + shift + 63 + 16383) | (negative ? 0x8000 : 0))};
    long double r;
    __builtin_memcpy(&r, &raw, 10);
    return r;
}

/* x * y + z, none of which is zero; false: the sum is zero. */
static bool sum(double x, double y, double z, long double *r)
{
    struct parts a = take(x), b = take(y), c = take(z);
    bool negative = a.negative != b.negative;
    wide p = (wide)a.m * b.m << 20, q = (wide)c.m << 73; /* bit 125 or 124; bit 125 */
    int e = a.e + b.e - 20, d = e - (c.e - 73);
    if (d >= 0)
        q = shift_right(q, d);
    else
        p = shift_right(p, -d), e -= d;
    if (negative == c.negative) {
        p += q;
    } else if (p >= q) {
        p -= q;
    } else {
        p = q - p;
        negative = c.negative;
    }
    if (p == 0)
        return false;
    *r = make(p, e, negative);
    return true;
}

/* Is a factor a zero, or no number? */
static bool plain(double x, double y) { return x == 0 || y == 0 || !isfinite(x) || !isfinite(y); }

static double soft(double x, double y, double z)
{
    long double r;
    if (plain(x, y))
        return x * y + z;
    if (!isfinite(z)) /* however large the product is */
        return z + z;
    if (z == 0) /* a product that is too small keeps its sign */
        return x * y;
    return sum(x, y, z, &r) ? (double)r : x * y + z;
}

static float soft_single(float x, float y, float z)
{
    long double r;
    if (plain((double)x, (double)y))
        return x * y + z;
    if (!isfinite(z))
        return z + z;
    double product = (double)x * (double)y; /* exact */
    if (z == 0)
        return (float)product;
    return sum((double)x, (double)y, (double)z, &r) ? (float)r : (float)(product + (double)z);
}

/* The instruction has no exception for zero times infinity where z is no number. */
double fma(double x, double y, double z)
{
    if (!has_fma())
        return soft(x, y, z);
    double r = x;
    __asm__ volatile("vfmadd213sd %2, %1, %0" : "+x"(r) : "x"(y), "x"(z));
    return isnan(r) ? soft(x, y, z) : r;
}

float fmaf(float x, float y, float z)
{
    if (!has_fma())
        return soft_single(x, y, z);
    float r = x;
    __asm__ volatile("vfmadd213ss %2, %1, %0" : "+x"(r) : "x"(y), "x"(z));
    return isnan(r) ? soft_single(x, y, z) : r;
}
