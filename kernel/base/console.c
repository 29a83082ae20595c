/* SPDX-License-Identifier: BSD-2-Clause */
/* The console and the kernel's own small printf (apps have newlib's). */
#include "base/console.h"
#include "base/lock.h"
#include "base/platform.h"
#include <stdbool.h>
#include <stdint.h>

bool console_fast;
static bool line_open;
static struct lock lock;

static void write_now(const char *text, size_t n)
{
    platform->console_write(text, n);
    line_open = text[n - 1] != '\n';
}

/* With other CPUs one writes at a time, and is not stopped (stop_others()) halfway. */
void console_write(const char *text, size_t n)
{
    if (n == 0)
        return;
    if (!smp_running) {
        write_now(text, n);
        return;
    }
    unsigned long flags = lock_take(&lock);
    write_now(text, n);
    lock_drop(&lock, flags);
}

bool console_line_open(void) { return line_open; }

void console_fresh_line(void)
{
    if (line_open)
        console_write("\n", 1);
}

/* Collects output, so that the platform is called once a line and not once a character. */
struct buffer {
    char text[128];
    size_t n;
};

static void put(struct buffer *b, char c)
{
    b->text[b->n++] = c;
    if (c == '\n' || b->n == sizeof b->text) {
        console_write(b->text, b->n);
        b->n = 0;
    }
}

static void put_number(struct buffer *b, unsigned long v, unsigned base, int width, char pad)
{
    char digits[20];
    int n = 0;
    do
        digits[n++] = "0123456789abcdef"[v % base];
    while ((v /= base) != 0);
    for (; width > n; width--)
        put(b, pad);
    while (n > 0)
        put(b, digits[--n]);
}

static const char *put_conversion(struct buffer *b, const char *f, va_list args)
{
    char pad = ' ';
    int width = 0;
    bool is_long = false;

    if (*f == '0')
        pad = *f++;
    for (; *f >= '0' && *f <= '9'; f++)
        width = width * 10 + *f - '0';
    for (; *f == 'l'; f++)
        is_long = true;
    switch (*f) {
    case 's': {
        const char *s = va_arg(args, const char *);
        for (; *s != '\0'; s++, width--)
            put(b, *s);
        for (; width > 0; width--)
            put(b, ' ');
        break;
    }
    case 'c':
        put(b, (char)va_arg(args, int));
        break;
    case 'd': {
        long v = is_long ? va_arg(args, long) : va_arg(args, int);
        if (v < 0)
            put(b, '-');
        put_number(b, v < 0 ? -(unsigned long)v : (unsigned long)v, 10, width, pad);
        break;
    }
    case 'u':
    case 'x': {
        unsigned long v = is_long ? va_arg(args, unsigned long) : va_arg(args, unsigned);
        put_number(b, v, *f == 'x' ? 16 : 10, width, pad);
        break;
    }
    case 'p':
        put_number(b, (unsigned long)va_arg(args, void *), 16, 16, '0');
        break;
    default:
        put(b, *f);
    }
    return f + 1;
}

static void print(struct buffer *b, const char *format, va_list args)
{
    va_list copy;
    va_copy(copy, args); /* an array type: only a copy of our own can be passed on by reference */
    for (const char *f = format; *f != '\0';)
        if (*f == '%')
            f = put_conversion(b, f + 1, copy);
        else
            put(b, *f++);
    va_end(copy);
}

void kvprintf_more(const char *format, va_list args)
{
    struct buffer b = {.n = 0};
    print(&b, format, args);
    put(&b, '\n');
}

void kprintf(const char *format, ...)
{
    struct buffer b = {.n = 0};
    va_list args;
    console_fresh_line();
    va_start(args, format);
    print(&b, format, args);
    va_end(args);
    console_write(b.text, b.n);
}
