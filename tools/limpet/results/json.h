/* Results in JSON: included only where JSON is read or written.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_RESULTS_JSON_H
#define LIMPET_RESULTS_JSON_H

#include "base/facts.h"
#include "results/results.h"

#include <jansson.h>

/* A row (docs/result.schema.json). What is not of its type is as if it were not there, but for
 * lists: see row's wrong. */
struct row *row_of_json(json_t *object);

json_t *row_to_json(const struct row *row);

/* A result that is of today's schema. Takes its lists out of the object. */
struct result *result_of_json(json_t *object);

/* Facts are JSON inside (facts.c): the same thing, borrowed. */
static inline const struct facts *facts_of_json(json_t *object) { return (struct facts *)object; }
static inline json_t *facts_to_json(const struct facts *facts) { return (json_t *)facts; }

#endif
