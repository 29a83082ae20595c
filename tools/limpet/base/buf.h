/* A growable string and a growable argument list.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_BUF_H
#define LIMPET_BUF_H

#include <stddef.h>

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
void args_addf(struct args *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void args_free(struct args *a);

#endif
