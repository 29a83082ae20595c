/* A result: runs, rows and what was skipped, as JSON ("limpet-result-2": docs/results.md).
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_RESULTS_H
#define LIMPET_RESULTS_H

#include "results/guest_lines.h"
#include "vm/vm.h"

#include <jansson.h>

#define RESULTS_SCHEMA "limpet-result-2"

/* A result without runs, with what this host is. command: as it was given; seed: of the order. */
json_t *results_new(const char *command, unsigned long long seed);

/* A run's record with what is known before it ends: where and what. image: path; hash: of its
 * bytes. */
json_t *results_run(const char *suite, const struct vm_config *config, const char *image,
                    const char *hash);

/* Completes the record by what the last guest was and said. */
void results_complete(json_t *run, const struct vm_result *vm, const struct report *report);

/* Appends the record with its rows (borrowed). Takes over run. */
void results_add(json_t *result, json_t *run, json_t *rows);

/* Notes that a suite, or with a name one row of it, has no figure on a platform, and why. */
void results_skip(json_t *result, const char *suite, const char *platform, const char *reason);

/* Appends the runs, rows and skips of another result (borrowed). */
void results_merge(json_t *result, json_t *other);

/* Long measurements are split into parts; each boots the labs anew, because two boots of a lab
 * differ more than two runs in one. */
#define RESULT_PARTS     5 /* most */
#define RESULT_PART_RUNS 4 /* of each part, least */

/*
 * Joins another part of the same measurement, made after it (borrowed): its runs continue the rows.
 * Where a part was skipped, only those rows of that suite and platform are left that both have.
 */
void results_join(json_t *result, json_t *part);

/* The text of an object's key; "" when there is none (borrowed). */
const char *json_text(json_t *object, const char *key);

/* A text as JSON's; bytes that are no UTF-8 become question marks. NULL for none. */
json_t *json_any_text(const char *text);

/* A unit as people write it: µs, in a file us. */
const char *unit_text(const char *unit);

/* The row of a suite, name and platform, or NULL (borrowed). */
json_t *results_row(json_t *result, const char *suite, const char *name, const char *platform);

/* The first run of a suite on a platform, or NULL (borrowed). */
json_t *results_find_run(json_t *result, const char *suite, const char *platform);

/* Why a suite has no figures on a platform, or NULL (borrowed). */
const char *results_reason(json_t *result, const char *suite, const char *platform);

/*
 * A file of results holds one in each line, the newest last; it only grows. Appending writes all of
 * it beside the file and renames, under a lock of the folder: at any moment the file is either the
 * old or the new one. Returns 0, or -1 with a message; the file then stands as it was.
 */
int results_append(json_t *result, const char *path);

/* The same with several results, all of them or none. */
int results_append_all(json_t *const results[], size_t n, const char *path);

/* All results of a file, oldest first, audited (audit.h). Returns NULL with a message that names
 * the line. */
json_t *results_load(const char *path);

/* The last one of them. Returns NULL with a message. */
json_t *results_read(const char *path);

/* Can results be appended to this file, or the file be made? If not, a message. */
bool results_can_append(const char *path);

#endif
