/* The suites of limpet bench, and how they are run.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_BENCH_H
#define LIMPET_BENCH_H

#include "vm/image.h"
#include "cmd/options.h"
#include "vm/platforms.h"
#include "results/guest_lines.h"

#include <jansson.h>

#define BENCH_PLATFORMS PLATFORMS_MAX
#define BENCH_PATIENCE  4 /* a benchmark may take so many times the usual time-out */
#define SUITES          17
#define COMPARE_ROUNDS  20 /* of limpet compare, by default */

/* Of many runs (-n) each platform has a part, then each the next: every part boots the labs anew,
 * since one boot of a lab differs from the next by more than its guests' runs do. */
#define PARTS     5 /* most */
#define PART_RUNS 4 /* of each part, least */

/* Which suites. */
enum { SUITE_BASIC = 1, SUITE_STREAM = 2, SUITE_BOOT = 4, SUITE_THROUGHPUT = 8, SUITE_VMM = 16 };

struct side;

/* One suite: an app, and what is taken from each run of it into the rows of all runs. A suite of
 * several apps has an entry for each. */
struct suite {
    const char *name, *app, *args;
    unsigned bit; /* SUITE_… */
    /* Adds a run that went well to the rows. */
    void (*collect)(const struct suite *suite, json_t *tally, const struct vm_result *vm,
                    const struct report *report);
    /* In its place: rounds of its own kind, of several guests at once (0: as usual). */
    void (*at_once)(const struct suite *suite, struct side *side, unsigned rounds);
    unsigned runs;     /* by default; 0: as the platform says */
    unsigned lab_runs; /* in a lab that emulates no more than so many by default */
    unsigned mem_mib;  /* of a guest, by default; 0: as usual */
};
extern const struct suite suites[SUITES];

/* The names of basic's rows (apps/basic), ended by NULL; an app of one's own may have others. */
extern const char *const basic_rows[];

/* How long the name is with which a list of them by commas begins; 0: with none. */
size_t basic_row_length(const char *list);

/* One of those that are compared: a platform with options and images. */
struct side {
    const struct platform *platform;
    const struct options *options;
    const struct image *images; /* of the suites */
    const struct image *ruler;
    json_t *result;    /* gets runs, rows and skips */
    const char *label; /* in the progress line */
    json_t *fit;       /* what the ruler's check found, or NULL */
    char *unfit;       /* why it cannot be measured, or NULL */

    struct kvm_trace *trace; /* for the clocks of KVM's guests, or NULL */
};

/* Checks every side's clock before anything is measured; notes why one is unfit. */
void rounds_check_rulers(struct side *sides, int count);

/* Runs a suite so many rounds (0: as usual) on all sides, in every round in another random order.
 * in_turn: the sides are held against each other round by round, so that a round counts only when
 * all of them did well in it; the first that fails ends the suite, and what was before it stays. */
void rounds_run(const struct suite *suite, struct side *sides, int count, unsigned rounds,
                bool in_turn, unsigned long long *random);

/* Notes why a side has no figures of a suite; of a suite of several apps, which app's fault it is.
 */
void suite_skip(const struct suite *suite, const struct side *side, const char *why);

/* How often a suite runs on a platform when nobody says. */
unsigned usual_runs(const struct suite *suite, const struct platform *platform);

/* Is it the first entry of its name? */
bool suite_first(const struct suite *suite);

/* Boots a second (throughput.c); guests that look after their memory (isolation.c). */
void throughput_run(const struct suite *suite, struct side *side, unsigned rounds);
void isolation_run(const struct suite *suite, struct side *side, unsigned rounds);

/* Runs a suite's app once on a side, with more arguments (or NULL); report and vm are filled.
 * Returns why the run is no measurement (caller frees), or NULL. */
char *side_run(const struct side *side, const struct suite *suite, const char *more,
               struct report *report, struct vm_result *vm);

/* The record of runs of a suite on a side. */
json_t *side_new_run(const struct side *side, const struct suite *suite);

void sides_free(struct side *sides, int count);

/* What the suite boot takes from a boot (boot_line.c). */
void collect_boot(const struct suite *suite, json_t *tally, const struct vm_result *vm,
                  const struct report *report);

/* Which suites are meant (none: all), as SUITE_…; 0 for an unknown one, with a message. */
unsigned bench_suites(char *const names[], int count);

/* The command as one could give it again; caller frees. */
char *bench_command(int argc, char **argv);

/* Is the suite among the chosen ones, and has it rows for the platform? */
bool suite_has(const struct suite *suite, unsigned chosen, const struct platform *platform);

/* What is measured on what. */
struct bench {
    const struct options *options;
    struct args travelling; /* those for the tool inside a lab that each part has alike */
    json_t *result;
    unsigned long long seed;
    unsigned chosen; /* SUITE_… */
    const struct platform *platforms[BENCH_PLATFORMS], *native[BENCH_PLATFORMS];
    int count, native_count; /* asked for; of those, native here */
    struct image images[SUITES], ruler;
};

/* The platforms that a lab measures. */
#define LABS 2
struct lab_bench {
    const char *name; /* "kvm", "xen" */
    const struct platform *platforms[BENCH_PLATFORMS];
    int count;
};

/* Boots the lab once for all suites that are chosen: a part. Adds their rows to the result, or why
 * there are none. Returns false when the lab failed. */
bool bench_lab(const struct bench *b, const struct lab_bench *lab);

#endif
