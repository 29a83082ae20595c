/* A row in JSON: the one place that knows its keys (docs/result.schema.json).
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_ROW_JSON_H
#define LIMPET_ROW_JSON_H

#include "results/row.h"

#include <jansson.h>

/* What is not of its type is as if it were not there, but for lists: see row's wrong. */
struct row *row_of_json(json_t *object);

json_t *row_to_json(const struct row *row);

#endif
