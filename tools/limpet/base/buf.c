/* Strings that grow, lists of arguments, and memory that does not run out.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/buf.h"
#include "tools/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Without any, as warn() would want. A line of progress may stand there. */
static _Noreturn void out_of_memory(void)
{
    fprintf(stderr, "%slimpet: out of memory\n", isatty(STDERR_FILENO) ? "\n" : "");
    exit(ST_FAILED);
}

void *xrealloc(void *p, size_t n)
{
    void *q = realloc(p, n ? n : 1);

    if (!q)
        out_of_memory();
    return q;
}

char *xstrdup(const char *s)
{
    size_t n = strlen(s) + 1;

    return memcpy(xrealloc(NULL, n), s, n);
}

bool ends_in(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n > m && !strcmp(text + n - m, end);
}

char *xvasprintf(const char *fmt, va_list ap)
{
    char *text;

    if (vasprintf(&text, fmt, ap) < 0)
        out_of_memory();
    return text;
}

char *xasprintf(const char *fmt, ...)
{
    char *text;
    va_list ap;

    va_start(ap, fmt);
    text = xvasprintf(fmt, ap);
    va_end(ap);
    return text;
}

void buf_add(struct buf *b, const void *data, size_t n)
{
    if (b->len + n + 1 > b->cap) {
        b->cap = (b->len + n + 1) * 2;
        b->data = xrealloc(b->data, b->cap);
    }
    if (n)
        memcpy(b->data + b->len, data, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void buf_str(struct buf *b, const char *s) { buf_add(b, s, strlen(s)); }

void buf_printf(struct buf *b, const char *fmt, ...)
{
    char *text;
    va_list ap;

    va_start(ap, fmt);
    text = xvasprintf(fmt, ap);
    va_end(ap);
    buf_str(b, text);
    free(text);
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    if (b->data)
        b->data[0] = '\0';
}

void buf_keep_end(struct buf *b, size_t n)
{
    if (b->len <= 2 * n)
        return;
    memmove(b->data, b->data + b->len - n, n + 1);
    b->len = n;
}

void buf_free(struct buf *b)
{
    free(b->data);
    *b = (struct buf){0};
}

void args_add(struct args *a, const char *word)
{
    a->v = xrealloc(a->v, (a->n + 2) * sizeof *a->v);
    a->v[a->n++] = xstrdup(word);
    a->v[a->n] = NULL;
}

void args_words(struct args *a, const char *words)
{
    for (size_t n; *(words += strspn(words, " ")); words += n) {
        n = strcspn(words, " ");
        args_addf(a, "%.*s", (int)n, words);
    }
}

void args_addf(struct args *a, const char *fmt, ...)
{
    char *word;
    va_list ap;

    va_start(ap, fmt);
    word = xvasprintf(fmt, ap);
    va_end(ap);
    args_add(a, word);
    free(word);
}

void args_free(struct args *a)
{
    for (size_t i = 0; i < a->n; i++)
        free(a->v[i]);
    free(a->v);
    *a = (struct args){0};
}
