/* The stages of a boot from a disk, by what hvmloader and SeaBIOS say.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/xen/stages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the order in which they come; with is_end only right after the one before was seen. */
static const struct {
    const char *words, *name;
    bool is_end;
} marks[VM_STAGES] = {
    {"HVM Loader", "hvmloader", false},
    {"Invoking SeaBIOS", "SeaBIOS", false},
    {"Invoking OVMF", "OVMF", false},
    {"Press ESC for boot menu", "boot menu", false},
    {"Searching bootorder for: HALT", "boot menu's end", true},
    {"Booting from 0000:7c00", "boot sector", false},
};

#define MARKS (sizeof marks / sizeof *marks)

/* "(d3) [0000001e96f1ff42] text": the text, and the stamp; NULL for other lines. */
static const char *line_of(const char *line, const char *prefix, long long *tsc)
{
    char *end;

    if (strncmp(line, prefix, strlen(prefix)))
        return NULL;
    *tsc = (long long)strtoull(line + strlen(prefix), &end, 16);
    return strncmp(end, "] ", 2) ? NULL : end + 2;
}

unsigned xen_stages(const char *log, int domid, struct vm_stage *stages)
{
    char prefix[24];
    unsigned n = 0;
    size_t mark = 0; /* the first that may come */

    snprintf(prefix, sizeof prefix, "(d%d) [", domid);
    for (const char *line = log; line; line = strchr(line, '\n')) {
        long long tsc;
        const char *text = line_of(line += *line == '\n', prefix, &tsc);

        for (size_t m = mark; text && m < MARKS; m++)
            if (!strncmp(text, marks[m].words, strlen(marks[m].words)) &&
                (!marks[m].is_end || m == mark)) {
                stages[n++] = (struct vm_stage){.name = marks[m].name, .tsc = tsc};
                mark = m + 1;
                break;
            }
    }
    return n;
}
