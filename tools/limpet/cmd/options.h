/* The options of all commands: one table, from which they are parsed, explained, completed and
 * given to the tool inside a lab.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_OPTIONS_H
#define LIMPET_OPTIONS_H

#include "base/buf.h"
#include "measure/plan.h"
#include "vm/vm.h"

#include <limits.h>
#include <stdbool.h>

/* Which command takes an option. */
enum {
    OPT_RUN = 1,
    OPT_BENCH = 2,
    OPT_PLATFORMS = 4,
    OPT_LAB = 8,
    OPT_REPLAY = 16,
    OPT_BOOT = 32,
    OPT_REPORT = 64,
    OPT_HISTORY = 128,
    OPT_COMPARE = 256,
    OPT_PROFILE = 1024,
    OPT_EXEC = 2048,
    OPT_SIDE = 512 /* in the texts of compare's --a and --b */
};

struct options {
    const char *platforms;          /* -p, or NULL */
    struct vm_config vm;            /* platform is left to the caller */
    unsigned runs;                  /* -n, or 0; -n auto: RUNS_AUTO */
    unsigned parallel;              /* --parallel, or 0 */
    bool exits;                     /* --exits */
    bool count;                     /* --count */
    bool usual;                     /* --usual */
    unsigned seed;                  /* of the order of runs, or 0 */
    const char *output, *label;     /* -o, --label, or NULL */
    const char *stream_args, *only; /* only: rows of basic, by commas, or NULL */
    struct args env, kernel, modules;
    const char *root;                            /* a folder: the guest's files; or NULL */
    struct args fetch;                           /* paths of the guest's that come back */
    struct args paths;                           /* what relative ones were made into */
    const char *a, *b;                           /* compare: the sides' options, or NULL */
    const char *rows;                            /* compare: --rows, or NULL */
    double within, fail_above;                   /* shares, or 0 */
    double budget_s;                             /* or 0 */
    unsigned most;                               /* rounds of -n auto, or 0 */
    const char *norm;                            /* the platform that ratios are to, or NULL */
    const char *columns;                         /* report: --columns, or NULL */
    const char *csv;                             /* report: what of, "" rows, or NULL */
    const char *apps;                            /* folder of the images, or NULL */
    unsigned rate, top;                          /* profile: samples a second, functions, or 0 */
    bool exact;                                  /* profile: --exact */
    const char *folded;                          /* profile: --folded, or NULL */
    const char *gdb;                             /* "" or "wait", or NULL */
    const char *tty;                             /* none, in, out or both, or NULL */
    const char *image, *initrd, *append, *until; /* of limpet boot, or NULL; until: of bench too */
    unsigned warmup;                             /* --warmup, or 0 */
    const char *prepare;                         /* --prepare, or NULL */
    bool lab, tap, verbose, partial, json, force, unsure_ok, markdown, text, tables;
    bool any_output, quick; /* --any-output, --quick */
    double time_limit_s;    /* or 0 */
    char **rest;            /* what is no option; ends with NULL */
    int rest_count, behind; /* so many of them stand behind "--" */
};

/* What an option's value is, and so the type of its field. */
enum option_kind {
    OPTION_FLAG,    /* none: bool */
    OPTION_TEXT,    /* any: const char * */
    OPTION_NAME,    /* the same, but not empty */
    OPTION_CHOICE,  /* a word of arg, "in|out": const char * */
    OPTION_NUMBER,  /* from min to max: unsigned */
    OPTION_MEMORY,  /* MiB, or with a suffix M or G, from min: unsigned */
    OPTION_SECONDS, /* double */
    OPTION_TIME,    /* the same in s, m or h: double, seconds */
    OPTION_PERCENT, /* double, a share */
    OPTION_LIST,    /* may be repeated, none of them empty: struct args */
    OPTION_HELP     /* no field */
};

/* One option of one or several commands; where they explain it differently, each has its own. */
struct option_row {
    const char *name;
    char letter; /* its short form, or 0 */
    unsigned commands;
    const char *arg, *help; /* arg: its value's name, NULL: it takes none; help: @ is all platforms,
                               # how often suites run */
    bool bare;              /* it may stand without a value, which is "" then: --gdb[=wait] */
    enum option_kind kind;
    size_t at; /* its field in struct options */
    unsigned min, max;
    bool travels;                    /* the tool inside a lab gets it too */
    int (*check)(struct options *o); /* of what was taken: -1, or a status with a message */
    const char *values;              /* for completion: words, or one of OPTION_…, or NULL */
};
#define OPTION_FILES     "/"
#define OPTION_PLATFORMS ","
#define OPTION_DOORS     ":"
#define OPTION_AUTO      "auto" /* a number, or this word: */
#define RUNS_AUTO        UINT_MAX

/* In the order of the help; ends with a NULL name. */
extern const struct option_row option_rows[];

/* Parses a command's arguments. Returns -1 to go on, else the exit status to leave with: ST_USAGE,
 * or ST_START for a QEMU that is none, with a message, or OPTIONS_HELP for --help, which main()
 * prints. command: OPT_RUN or another of the enum, argv[0] its name. */
#define OPTIONS_HELP 256 /* no exit status */
int options_parse(unsigned command, int argc, char **argv, struct options *o);
void options_free(struct options *o);

/* What they ask of a measurement; what stands behind "--" goes to a program of the user's own. */
struct measure_plan options_plan(const struct options *o);

/* Is what is only of use to a program of the user's own (NULL: there is none) not given without
 * one? Else a message. */
bool options_fit_program(const struct options *o, const char *program);

/* The command as one could give it again; caller frees. */
char *options_command(int argc, char **argv);

/* Adds the options of a command that travel, as they are set, for the tool inside a lab. */
void options_to_args(unsigned command, const struct options *o, struct args *out);

/* The values of --tty; the index is 1 for the input plus 2 for the output. */
extern const char *const tty_words[];

/* Adds a row's help: in the place of an @ the names of all platforms, "qemu, kvm or vmm", in that
 * of a # how often the suites run. */
void options_help_text(struct buf *out, const char *text);

/* Prints the rows of a command on stdout. */
void options_help(unsigned command);

/* Says that --option does not take a text; returns ST_USAGE. */
int option_refuse(const char *option, const char *text, const char *wanted);

/* Reads a decimal number in min..max, nothing after it. Returns false without touching *value.
 * Pure. */
bool parse_number(const char *text, unsigned min, unsigned max, unsigned *value);

/* Reads an amount of memory: MiB, or with a suffix M or G. Pure. */
bool parse_mem(const char *text, unsigned *mib);

/* Is what --norm names a platform, or nothing? If not, a message. */
bool options_norm(const struct options *options);

#endif
