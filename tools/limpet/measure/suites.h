/* All suites, and those that are chosen.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_SUITES_H
#define LIMPET_SUITES_H

#include "base/buf.h"
#include "measure/suite.h"

/* In their order everywhere; ends with NULL. */
extern const struct suite *const suites[];

/* NULL when there is none of that name. */
const struct suite *suite_find(const char *name);

/* Chosen ones, in the order of all; all zeroes: none. */
#define SUITES_MAX 32
struct suite_list {
    const struct suite *v[SUITES_MAX];
    size_t n;
};

/* On which platforms they are measured where nobody names one; NULL: on all. And the one of these
 * that ratios are to, or NULL. */
const char *suites_usual_on(const struct suite_list *chosen);
const char *suites_norm(const struct suite_list *chosen);

/* A word for all that make bench leaves to make bench-all. */
#define SUITES_EXTRA "extra"

/* Which suites are meant (no names: those by default). A path, with a slash in it or .elf at its
 * end, is a program of the user's own: *program gets it, which may be set before, and its suite is
 * chosen. Returns false with a message when a suite is unknown, or there are several programs. */
bool suites_choose(char *const names[], int count, struct suite_list *chosen, const char **program);

/* Appends what the suites measure, for the help, as a paragraph without line breaks; and how often
 * each runs: "basic 3, stream 1". */
void suites_help(struct buf *out);
void suites_usual(struct buf *out);

#endif
