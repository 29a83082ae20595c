/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A compiler at work: tcc's library compiles tcc's own source, which is in the image, into an
 * object in memory, some times. Each object must be, byte for byte, what a process of the machine
 * made that built this.
 *
 * usage: compile [--json] [-q]
 */
#include "figures.h"
#include <stdio.h>
#include <string.h>
#ifdef TCC_THERE
#include "../../tools/cost/marks.h"
#include "object.h"
#include <hash.h>
#include <math.h>

#define PASSES 10
#define QUICK  3

static unsigned lines(void)
{
    unsigned n = 0;
    for (const char *at = object_text; (at = strchr(at, '\n')) != NULL; at++)
        n++;
    return n;
}

/* Seconds of one pass. The first says what is wrong with any of them. */
static double time_pass(bool counted, struct figure *f)
{
    if (counted)
        MARK(MARK_BEGIN);
    double began = figure_clock();
    bool made = object_make();
    double took = figure_clock() - began;
    if (counted)
        MARK(MARK_END);
    struct object o = object_take();
    if (f->invalid == NULL && (!made || o.bytes == 0))
        f->invalid = "tcc has made no object";
    else if (f->invalid == NULL && (o.bytes != OBJECT_BYTES || o.hash != OBJECT_HASH))
        f->invalid = "its object is not the one that the host makes";
    return took;
}

/* Of the passes the fastest; the last is the one that is counted. */
static int run(bool quick)
{
    char note[80];
    double best = HUGE_VAL;
    unsigned passes = quick ? QUICK : PASSES, n = lines();
    struct figure f = {
        .name = "tcc.c", .unit = "lines/s", .more = true, .note = note, .sample_unit = "s"};
    snprintf(note, sizeof note, "%u lines; object of %d B, as on the host", n, OBJECT_BYTES);
    MARK(MARK_ROW);
    for (; f.n < passes; f.n++) {
        f.samples[f.n] = time_pass(f.n == passes - 1, &f);
        best = fmin(best, f.samples[f.n]);
    }
    f.value = n / best;
    if (f.invalid != NULL)
        f.note = NULL;
    return !figure_print("compile", &f);
}
#else
static int run(bool quick)
{
    (void)quick;
    figure_none("compile", "built without tcc's source: make suites, then make");
    return 0;
}
#endif

int main(int argc, char **argv) { return figures_main("compile", argc, argv, run); }
