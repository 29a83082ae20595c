/* The guest's argument line, and lists in words: quoting and splitting.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_QUOTE_H
#define LIMPET_QUOTE_H

#include "base/buf.h"

/* Appends one word, quoted where it holds a blank, a quote or a backslash, or is empty, so that the
 * guest's splitter (blanks split, "…" groups, \ escapes the next character) gives the same bytes
 * back. */
void quote_word(struct buf *out, const char *word);

/* A module's name as the kernel reads it behind limpet.name=: %XX for what may not stand in a word.
 */
void quote_name(struct buf *out, const char *name);

/* The guest's argument line: the words limpet.OPTION and env.NAME=VALUE first, then "--" and the
 * arguments when there are any. kernel: strings OPTION; env: strings NAME=VALUE; argv: count
 * strings. */
void quote_guest_line(struct buf *out, const struct args *kernel, const struct args *env,
                      char *const argv[], size_t count);

/* The inverse of quote_word for a whole line, by the guest's rules. Returns 0, or -1 for an open
 * quote. */
int quote_split(const char *line, struct args *out);

/* A text from outside for people to read: what a terminal might obey (control characters but
 * newline and tab, C1's too, and bytes that are no UTF-8) is written as \xNN; a carriage return at
 * a line's end is left out. Nothing changes when it is done again. */
void quote_plain(struct buf *out, const char *text, size_t n);

/* A word for /bin/sh, in single quotes where needed. */
void quote_shell(struct buf *out, const char *word);

/* Several, each after a blank unless it comes first. */
void quote_shell_all(struct buf *out, char *const words[], size_t n);

#endif
