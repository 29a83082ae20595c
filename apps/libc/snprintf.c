/* SPDX-License-Identifier: BSD-2-Clause */
/* snprintf and vsnprintf: straight into the caller's buffer. */
#include "printf.h"
#include <stdio.h>

int vsnprintf(char *restrict to, size_t size, const char *restrict format, va_list args)
{
    struct out o = {.to = to, .limit = size > 0 ? size - 1 : 0};
    int n = print_format(&o, format, args);
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
#include <reent.h>

int _vsnprintf_r(struct _reent *r, char *restrict to, size_t size, const char *restrict format,
                 va_list args)
{
    (void)r;
    return vsnprintf(to, size, format, args);
}

int _snprintf_r(struct _reent *r, char *restrict to, size_t size, const char *restrict format, ...)
{
    (void)r;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(to, size, format, args);
    va_end(args);
    return n;
}
#endif
