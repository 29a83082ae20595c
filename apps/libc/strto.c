/* SPDX-License-Identifier: BSD-2-Clause */
/* newlib's other names for what reads numbers: they take its state, or a locale, neither of which
 * matters. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <reent.h>
#include <stdlib.h>
#include <wchar.h>

#define BOTH(type, name, c)                                                                        \
    type _##name##_r(struct _reent *r, const c *s, c **end, int base);                             \
    type _##name##_r(struct _reent *r, const c *s, c **end, int base)                              \
    {                                                                                              \
        (void)r;                                                                                   \
        return name(s, end, base);                                                                 \
    }                                                                                              \
    type name##_l(const c *restrict s, c **restrict end, int base, locale_t locale)                \
    {                                                                                              \
        (void)locale;                                                                              \
        return name(s, end, base);                                                                 \
    }
#define REAL(type, name, c)                                                                        \
    type name##_l(const c *restrict s, c **restrict end, locale_t locale)                          \
    {                                                                                              \
        (void)locale;                                                                              \
        return name(s, end);                                                                       \
    }

BOTH(long, strtol, char)
BOTH(unsigned long, strtoul, char)
BOTH(long long, strtoll, char)
BOTH(unsigned long long, strtoull, char)
BOTH(long, wcstol, wchar_t)
BOTH(unsigned long, wcstoul, wchar_t)
BOTH(long long, wcstoll, wchar_t)
BOTH(unsigned long long, wcstoull, wchar_t)
BOTH(intmax_t, strtoimax, char)
BOTH(uintmax_t, strtoumax, char)
BOTH(intmax_t, wcstoimax, wchar_t)
BOTH(uintmax_t, wcstoumax, wchar_t)
REAL(float, strtof, char)
REAL(double, strtod, char)
REAL(long double, strtold, char)
REAL(float, wcstof, wchar_t)
REAL(double, wcstod, wchar_t)
REAL(long double, wcstold, wchar_t)

double _strtod_r(struct _reent *r, const char *restrict s, char **restrict end)
{
    (void)r;
    return strtod(s, end);
}

long double _strtold_r(struct _reent *r, const char *restrict s, char **restrict end);
long double _strtold_r(struct _reent *r, const char *restrict s, char **restrict end)
{
    (void)r;
    return strtold(s, end);
}

double _wcstod_r(struct _reent *r, const wchar_t *s, wchar_t **end)
{
    (void)r;
    return wcstod(s, end);
}

float _wcstof_r(struct _reent *r, const wchar_t *s, wchar_t **end)
{
    (void)r;
    return wcstof(s, end);
}
