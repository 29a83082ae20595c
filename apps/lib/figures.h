/* SPDX-License-Identifier: BSD-2-Clause */
/* Figures of work that an app times by itself: how often a second, how long, how many. */
#ifndef APPS_FIGURES_H
#define APPS_FIGURES_H

#include <stdbool.h>

#define FIGURE_SAMPLES 64 /* most that one figure has */

struct figure {
    const char *name, *unit;
    bool more;           /* is more better? */
    double value;        /* the published statistic of the samples, in the unit */
    const char *invalid; /* why it counts for nothing, or NULL; the whole run is then void */
    const char *note;    /* what the reader must know, or NULL */
    unsigned n;          /* of samples; each in sample_unit */
    const char *sample_unit;
    double samples[FIGURE_SAMPLES];
};

/* Are lines of JSON asked for: by --json, which is then taken out of the arguments, or by
 * LIMPET_ROWS in the environment? */
bool figures_begin(int *argc, char **argv);

/* The main of an app whose usage is "NAME [--json] [-q]": run gets whether -q, a quick look, is
 * asked for, and returns the exit status. 2: another argument, which is told. */
int figures_main(const char *name, int argc, char **argv, int (*run)(bool quick));

/* Prints a figure, as text or as asked for. Returns whether it is valid. */
bool figure_print(const char *suite, const struct figure *figure);

/* Tells that this system has no such figure, and why. */
void figure_none(const char *name, const char *why);

/* Seconds since some moment. */
double figure_clock(void);

#endif
