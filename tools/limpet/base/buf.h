/* Strings that grow, lists of arguments, and memory that does not run out. This room, base/, is
 * what every other may use: texts, files, processes, messages. It uses none, and knows no guest.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_BUF_H
#define LIMPET_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Like their namesakes, but they end the tool with a message when memory is exhausted. */
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

/* Does a text end so, with something before it? */
bool ends_in(const char *text, const char *end);

/* Zero-initialized it is empty. data is NUL-terminated once anything was added (NULL before). */
struct buf {
    char *data;
    size_t len, cap;
};

void buf_add(struct buf *b, const void *data, size_t n);
void buf_str(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_clear(struct buf *b); /* keeps the storage */

/* Drops all but the last n bytes once there are more than twice as many. */
void buf_keep_end(struct buf *b, size_t n);
void buf_free(struct buf *b);

/* An argument list: v[n] is always NULL once anything was added; the strings belong to the list. */
struct args {
    char **v;
    size_t n;
};

void args_add(struct args *a, const char *word);
void args_words(struct args *a, const char *words); /* those between blanks */
void args_addf(struct args *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void args_free(struct args *a);

#endif
