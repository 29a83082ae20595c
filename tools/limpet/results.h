/* A result: runs, rows and what was skipped, as JSON ("limpet-result-1").
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_RESULTS_H
#define LIMPET_RESULTS_H

#include "report.h"
#include "vm.h"

#include <jansson.h>

#define RESULTS_SCHEMA "limpet-result-1"

/* A result without runs, with what this host is. */
json_t *results_new(void);

/* A run's record with what is known before it ends: where and what. image: path; hash: of its
 * bytes. */
json_t *results_run(const char *suite, const struct vm_config *config, const char *image,
                    const char *hash);

/* Completes the record and appends it with the report's rows. Takes over run. */
void results_add(json_t *result, json_t *run, const struct vm_result *vm,
                 const struct report *report);

/* Notes that a suite, or with a name one row of it, has no figure on a platform, and why. */
void results_skip(json_t *result, const char *suite, const char *platform, const char *reason);

/* Appends the runs, rows and skips of another result (borrowed). */
void results_merge(json_t *result, json_t *other);

/* The row of a suite, name and platform, or NULL (borrowed). */
json_t *results_row(json_t *result, const char *suite, const char *name, const char *platform);

/* The first run of a suite on a platform, or NULL (borrowed). */
json_t *results_find_run(json_t *result, const char *suite, const char *platform);

/* Why a suite has no figures on a platform, or NULL (borrowed). */
const char *results_reason(json_t *result, const char *suite, const char *platform);

/* Writes beside the file and renames. Returns 0, or -1 with a message; the old file then stands as
 * it was. */
int results_write(json_t *result, const char *path);

/* Reads a result. Returns NULL with a message. */
json_t *results_read(const char *path);

#endif
