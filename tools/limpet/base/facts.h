/* What is recorded of a run, a guest or a machine: names and what each is, in the order in which
 * they came. A name may lead inside: "clock.tsc_hz". How it is kept is facts.c's own affair.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_FACTS_H
#define LIMPET_FACTS_H

#include "base/buf.h"

#include <stdbool.h>

struct facts;

struct facts *facts_new(void);
struct facts *facts_copy(const struct facts *facts);
void facts_free(struct facts *facts);

/* A text whose bytes are all UTF-8: where they are not, those beyond ASCII become question marks.
 * Caller frees. */
char *facts_readable(const char *text);

/* Text may have any bytes. NULL: it is known that there is none. */
void facts_set_text(struct facts *facts, const char *name, const char *text);
void facts_set_number(struct facts *facts, const char *name, double number);
void facts_set_count(struct facts *facts, const char *name, long long count);
void facts_set_truth(struct facts *facts, const char *name, bool truth);
void facts_set_list(struct facts *facts, const char *name, const double *numbers, size_t n);

/* A copy of all of another one's under a name; with NULL beside its own, of which it replaces those
 * of the same name. */
void facts_set(struct facts *facts, const char *name, const struct facts *more);

/* A copy as one more element of the list of this name. */
void facts_add(struct facts *facts, const char *name, const struct facts *element);

void facts_remove(struct facts *facts, const char *name);

/* Asking for what is not there gives "", 0, false and NULL. facts may be NULL. */
const char *facts_text(const struct facts *facts, const char *name);
double facts_number(const struct facts *facts, const char *name);
bool facts_has(const struct facts *facts, const char *name);
bool facts_true(const struct facts *facts, const char *name);
bool facts_false(const struct facts *facts, const char *name); /* it is there, and is false */
const struct facts *facts_at(const struct facts *facts, const char *name);
size_t facts_count(const struct facts *facts, const char *name); /* elements of a list */
const struct facts *facts_element(const struct facts *facts, const char *name, size_t i);

/* Is it in both the same, or in neither? */
bool facts_alike(const struct facts *a, const struct facts *b, const char *name);

/* One fact as text, numbers to three digits, "none" where there is none; caller frees. */
char *facts_words(const struct facts *facts, const char *name);

/* The same with quotes around what is text. */
char *facts_quoted(const struct facts *facts, const char *name);

/* The names, in order. */
void facts_names(const struct facts *facts, struct args *names);

/* Names and texts in turn, those inside another as "clock, tsc_hz". */
void facts_list(const struct facts *facts, struct args *out);

#endif
