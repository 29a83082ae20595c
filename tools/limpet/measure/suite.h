/* Measuring: suites, what they measure on which target, in which order, here and in labs. The room
 * uses lab/, exits/, results/ and what is below them; it knows neither options nor tables.
 *
 * A suite is one file, suite_NAME.c, which ends with its struct suite, and a line in suites.c:
 * help, completion, tables, page and errors ask these. Its apps are apps/NAME/.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_SUITE_H
#define LIMPET_SUITE_H

#include "measure/plan.h"
#include "results/results.h"
#include "vm/platforms.h"

struct suite;
struct target;

/* An app, called with its arguments, and what becomes of its runs: one of collect and run. */
struct suite_app {
    const char *name, *args;
    /* Adds the arguments that the plan asks for; may be NULL. */
    void (*arguments)(const struct measure_plan *plan, struct args *argv);
    /* Adds a run that went well to the rows of all runs. */
    void (*collect)(const struct suite *suite, const struct suite_app *app, struct rows *rows,
                    const struct vm_result *vm, const struct guest_lines *lines);
    /* Rounds of its own kind, of several guests at once (0: as usual). */
    void (*run)(const struct suite *suite, const struct suite_app *app, struct target *target,
                unsigned rounds);
    unsigned runs;     /* by default; 0: as the platform says */
    unsigned lab_runs; /* in a lab that emulates no more than so many by default */
    double seconds;    /* one run under TCG, roughly, for who waits; 0: SUITE_SECONDS */
    unsigned mem_mib;  /* of a guest, by default; 0: as usual */
    bool own;          /* the plan's program (name: SUITE_PROGRAM) */
};
#define SUITE_PROGRAM "program"
#define SUITE_SECONDS 2

/* Where a row is shown. */
enum row_class {
    ROW_MAIN,     /* in the suite's table; a platform without it is skipped, with the reason */
    ROW_OPTIONAL, /* in the suite's table, where a platform has it */
    ROW_ACCESS,   /* where a platform has it, in the table of what a page access costs */
    ROW_OTHER,    /* where a platform has it, below the suite's table */
};

struct suite_row {
    const char *name;   /* in a result */
    const char *label;  /* in tables */
    const char *unit;   /* "cycles", "us", "ms", "MB/s", … */
    const char *better; /* "less" or "more" */
    enum row_class class;
    const char *screen; /* its label on the screen of a whole measurement; NULL: it is not there */
    /* Of a row worth a sentence: what a platform does ("PVH boots 2.6 times faster"), and what it
     * is told by. Both or none. */
    const char *does, *by;
};

enum suite_exits {
    EXITS_NEVER,
    EXITS_ASKED, /* with --exits */
    EXITS_ALWAYS,
};

struct suite {
    const char *name;   /* "basic" */
    const char *title;  /* "Basic" */
    const char *what;   /* is measured, below the title */
    const char *note;   /* how to read it, in a sentence or two, or NULL */
    const char *figure; /* what stands in its table's cells: "cycles per call" */
    const char *screen; /* its title on the screen of a whole measurement */
    const char *count;  /* what its repetitions are called: "runs" */
    const char *help;   /* what it measures, behind its name in the help */
    const char *usual;  /* how many runs by default, in the help; NULL: those of its first app */

    const struct suite_app *apps; /* in the order in which they run; ends with a NULL name */
    const struct suite_row *rows; /* known by now, in the tables' order; ends with a NULL name */
    enum suite_exits exits;
    bool by_default;      /* is measured when no suite is named */
    bool extra;           /* is one of those that the word "extra" means (make bench-all) */
    bool is_boot;         /* all platforms take part in it, whatever their attendance */
    bool own_rows;        /* its rows are those of a program of the user's own */
    bool picks_rows;      /* its app takes names of rows (--only) */
    bool plots;           /* its rows' distributions are drawn below its table */
    bool joins_clocks;    /* its rows tell when the host did what, and when the guest */
    const char *usual_on; /* platforms by commas on which it is measured where nobody names one;
                           * NULL: all */
    const char *norm;     /* of these the one that ratios are to, where nobody says; or NULL */
};

/* Its title above a table of a result: of a user's own program the program's name, with its
 * arguments. Caller frees. */
char *suite_called(const struct suite *suite, const struct result *result);

/* What arguments is of an app that measures less with -q: --quick. */
void suite_quick(const struct measure_plan *plan, struct args *argv);

/* What most apps' collect is: takes the rows that the guest tells. */
void suite_collect_rows(const struct suite *suite, const struct suite_app *app, struct rows *rows,
                        const struct vm_result *vm, const struct guest_lines *lines);

/* What a guest's VMM took of CPU and memory, and its domain of memory, as far as it is known. */
void suite_collect_vmm(const struct suite *suite, struct rows *rows, const struct vm_result *vm);

/* Is it measured on the platform? usual: nobody named the platform. */
bool suite_fits(const struct suite *suite, const struct platform *platform, bool usual);

/* Is a platform measured in boot alone? */
bool suite_is_boot_alone(const struct platform *platform, bool usual);

/* Can sides take turns in it, or in some of it? */
bool suite_takes_turns(const struct suite *suite);

/* Are its figures rates, of which more is better? */
bool suite_is_rate(const struct suite *suite);

/* How often an app runs on a platform when nobody says. */
unsigned suite_usual_runs(const struct suite_app *app, const struct platform *platform);

/* How long the name of one of its rows is with which a list of them by commas begins; 0: with none.
 */
size_t suite_row_length(const struct suite *suite, const char *list);

#endif
