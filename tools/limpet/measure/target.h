/* What is measured, and one run of an app there.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_TARGET_H
#define LIMPET_TARGET_H

#include "measure/images.h"
#include "measure/suite.h"

#define TARGET_PATIENCE 4 /* a benchmark may take so many times the usual time-out */

/* By this variable of its environment a program of one's own learns that lines of JSON are asked
 * for. */
#define TARGET_ASKS_ROWS "LIMPET_ROWS=json"

/* A platform, what is asked of it, and the images: bench has one a platform, compare three. */
struct target {
    const struct platform *platform;
    const struct measure_plan *plan;
    const struct images *images;
    struct result *result; /* gets runs, rows and skips */
    const char *label;     /* in the progress line */
    struct facts *fit;     /* what the check of its clock found, or NULL */
    char *unfit;           /* why it cannot be measured, or NULL */

    struct kvm_trace *trace; /* for the clocks of KVM's guests, or NULL */
};

/* Runs an app once, with more arguments (or NULL); lines and vm are filled. Returns why the run is
 * no measurement (caller frees), or NULL. */
char *target_run(const struct target *target, const struct suite_app *app, const char *more,
                 struct guest_lines *lines, struct vm_result *vm);

/* The record of an app's runs. */
struct facts *target_new_run(const struct target *target, const struct suite *suite,
                             const struct suite_app *app);

/* Adds the record of so many runs with their rows to the result, unless there were none. Takes over
 * both. */
void target_end_run(const struct target *target, struct facts *run, struct rows *rows,
                    long long count);

/* Notes why there are no figures of a suite; of a suite of several apps, which app's fault it is.
 */
void target_skip(const struct target *target, const struct suite *suite,
                 const struct suite_app *app, const char *why);

/* Checks every target's clock before anything is measured; notes why one is unfit. */
void targets_check_clocks(struct target *targets, int count);

void targets_free(struct target *targets, int count);

#endif
