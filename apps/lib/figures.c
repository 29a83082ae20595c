/* SPDX-License-Identifier: BSD-2-Clause */
/* Figures: see figures.h. */
#include "figures.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool json;

bool figures_begin(int *argc, char **argv)
{
    json = getenv("LIMPET_ROWS") != NULL;
    if (*argc > 1 && strcmp(argv[1], "--json") == 0) {
        json = true;
        (*argc)--;
        memmove(argv + 1, argv + 2, (size_t)*argc * sizeof *argv);
    }
    return json;
}

int figures_main(const char *name, int argc, char **argv, int (*run)(bool quick))
{
    figures_begin(&argc, argv);
    bool quick = argc > 1 && strcmp(argv[1], "-q") == 0;
    if (argc > 1 + quick) {
        printf("%s: bad argument %s\nusage: %s [--json] [-q]\n", name, argv[1 + quick], name);
        return 2;
    }
    return run(quick);
}

double figure_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void print_json(const char *suite, const struct figure *f)
{
    printf("{\"limpet\":\"row\",\"bench\":\"%s\",\"name\":\"%s\",\"unit\":\"%s\",\"better\":\"%s\","
           "\"value\":%.9g",
           suite, f->name, f->unit, f->more ? "more" : "less", f->value);
    if (f->note != NULL)
        printf(",\"note\":\"%s\"", f->note);
    if (f->invalid != NULL)
        printf(",\"invalid\":\"%s\"", f->invalid);
    if (f->n != 0)
        printf(",\"sample_unit\":\"%s\",\"samples\":[", f->sample_unit);
    for (unsigned i = 0; i < f->n; i++)
        printf("%s%.9g", i == 0 ? "" : ",", f->samples[i]);
    printf("%s}\n", f->n != 0 ? "]" : "");
}

bool figure_print(const char *suite, const struct figure *f)
{
    printf("%-32s %14.6g %s%s%s\n", f->name, f->value, f->unit, f->note != NULL ? ", " : "",
           f->note != NULL ? f->note : "");
    if (f->invalid != NULL)
        printf("%s is not valid: %s\n", f->name, f->invalid);
    if (json)
        print_json(suite, f);
    return f->invalid == NULL;
}

void figure_none(const char *name, const char *why)
{
    printf("%-32s none: %s\n", name, why);
    if (json)
        printf("{\"limpet\":\"none\",\"row\":\"%s\",\"why\":\"%s\"}\n", name, why);
}
