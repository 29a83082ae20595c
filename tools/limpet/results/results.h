/* results/: what was measured, from a guest's lines to the file, and what is computed of it. It
 * shows nothing. Above vm/, stats/, host/ and base/.
 * A result: runs, rows and what was skipped (docs/results.md tells its file).
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_RESULTS_H
#define LIMPET_RESULTS_H

#include "base/facts.h"
#include "results/guest_lines.h"
#include "results/rows.h"
#include "vm/vm.h"

#define RESULTS_SCHEMA "limpet-result-2"

struct result {
    struct facts *facts; /* of the whole: created, command, seed, host, …, side */
    struct facts **runs; /* one for each suite and platform */
    size_t run_count;
    struct rows rows;
    struct skip {
        char *suite, *platform, *reason;
    } * skips;
    size_t skip_count;
};

/* A result without runs, with what this host is. command: as it was given; seed: of the order. */
struct result *results_new(const char *command, unsigned long long seed);
void results_free(struct result *result);

/* Notes that it is not all that was asked for, and why. */
#define RESULT_INTERRUPTED "interrupted"
#define RESULT_LATE        "--time-limit"
void results_partial(struct result *result, const char *why);

/* What its user calls it, beside others; NULL: nothing. */
void results_label(struct result *result, const char *label);

/* A run's record with what is known before it ends: where and what. image: path; hash: of its
 * bytes. */
struct facts *results_run(const char *suite, const struct vm_config *config, const char *image,
                          const char *hash);

/* Completes the record by what the last guest was and said. */
void results_complete(struct facts *run, const struct vm_result *vm,
                      const struct guest_lines *lines);

/* Appends the record with its rows, both of which it takes over. */
void results_add(struct result *result, struct facts *run, struct rows *rows);

/* Notes that a suite has no figure, or not all, on a platform, and why. */
void results_skip(struct result *result, const char *suite, const char *platform,
                  const char *reason);

/* Appends the runs, rows and skips of another result, which is then empty. */
void results_merge(struct result *result, struct result *other);

/* Long measurements are split into parts; each boots the labs anew, because two boots of a lab
 * differ more than two runs in one. */
#define RESULT_PARTS       5 /* most */
#define RESULT_LEAST_PARTS 3 /* fewer are not split */
#define RESULT_PART_RUNS   4 /* of each part, least */

/*
 * Joins another part of the same measurement, made after it: its runs continue the rows (join.c).
 * Where a part was skipped, only those rows of that suite and platform are left that both have.
 */
void results_join(struct result *result, const struct result *part);

/* A unit as people write it: µs, in a file us. */
const char *unit_text(const char *unit);

/* The row of a suite, name and platform, or NULL (borrowed). */
const struct row *results_row(const struct result *result, const char *suite, const char *name,
                              const char *platform);

/* The run that a row is of, or NULL (borrowed). row: may be NULL. */
const struct facts *results_run_of(const struct result *result, const struct row *row);

/* The first run of a suite on a platform, or NULL (borrowed). */
const struct facts *results_find_run(const struct result *result, const char *suite,
                                     const char *platform);

/* A platform's title, with the door of its first run where that is not the usual one: "QEMU, bz".
 * Static storage. */
const char *results_title(const struct result *result, const struct platform *platform);

/* Why a suite has no figures on a platform, or NULL (borrowed). */
const char *results_reason(const struct result *result, const char *suite, const char *platform);

/* Why a system has no such thing as a row measures, as a guest's app says; or NULL (borrowed). run:
 * may be NULL. */
const char *run_none(const struct facts *run, const char *row);

/* The rows that some system has not, of a suite, each once. Caller frees. */
void results_lacks(const struct result *result, const char *suite, struct args *names);

/* Did it run in a lab whose hardware is emulated? It tells nothing of speeds then. */
bool run_in_emulated_lab(const struct facts *run);

/* What hid the guest's memory from its host: "sev", …; "" when nothing did, or nobody asked, as in
 * files from before there was such a thing. */
const char *run_confidential(const struct facts *run);

/* Several results, oldest first. */
struct results {
    struct result **v;
    size_t n;
};
void results_free_all(struct results *results);

/*
 * A file of results holds one in each line, the newest last; it only grows. Appending writes all of
 * it beside the file and renames, under a lock of the folder: at any moment the file is either the
 * old or the new one. Returns 0, or -1 with a message; the file then stands as it was.
 */
int results_append(const struct result *result, const char *path);

/* The same with several results, all of them or none. */
int results_append_all(struct result *const results[], size_t n, const char *path);

/* All results of a file, audited (audit.h). None with a message that names the line. */
struct results results_load(const char *path);

/* The last one of them. Returns NULL with a message. */
struct result *results_read(const char *path);

/* Can results be appended to this file, or the file be made? If not, a message. */
bool results_can_append(const char *path);

#endif
