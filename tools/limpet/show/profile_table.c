/* A profile as a table of functions, and what it is worth.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/profile_table.h"
#include "show/text.h"
#include "stats/stats.h"

#include <stdlib.h>

#define WIDTH      80
#define LATE_TELLS 0.02 /* less of the time is no word worth */

static void add_share(struct sheet *s, uint64_t count, double all)
{
    sheet_cell(s, "%.1f %%", 100 * (double)count / all);
}

static void add_row(struct sheet *s, const struct profile *p, const char *name, uint64_t self,
                    uint64_t total)
{
    double ci[2], all = (double)(profile_busy(p) ? profile_busy(p) : 1);

    stats_share((double)self, all, ci);
    sheet_cell(s, "%s", name);
    add_share(s, self, all);
    if (!p->exact) {
        sheet_cell(s, "%.1f–%.1f %%", 100 * ci[0], 100 * ci[1]);
        if (total)
            add_share(s, total, all);
        else
            sheet_none(s);
    }
    sheet_cell(s, "%llu", (unsigned long long)self);
}

void profile_fill(const struct profile *p, const struct functions *f, size_t most,
                  struct sheet *sheet)
{
    static const char *const heads[] = {"Function", "Self",    "95 % interval",
                                        "Total",    "Samples", NULL};
    static const char *const exact[] = {"Function", "Share", "Instructions", NULL};
    struct profile_row *rows;
    size_t n = profile_rows(p, f, &rows), shown = n < most ? n : most;
    uint64_t others = 0;

    sheet_begin(sheet, p->exact ? exact : heads, 0);
    for (size_t i = 0; i < n; i++)
        if (i < shown)
            add_row(sheet, p, rows[i].name, rows[i].self, rows[i].total);
        else
            others += rows[i].self;
    if (shown < n) {
        char *name = xasprintf("%zu others", n - shown);

        add_row(sheet, p, name, others, 0);
        free(name);
    }
    free(rows);
}

/* Of counts there is nothing to doubt. */
static void exact_notes(const struct profile *p, struct buf *out)
{
    buf_printf(out,
               "%llu instructions from the door to the end, each of them counted; how long they "
               "take on a processor is another matter.",
               (unsigned long long)p->samples);
}

void profile_notes(const struct profile *p, const char *emulated, struct buf *out)
{
    double seconds = (double)p->ns / 1e9,
           late = (double)p->late / ((double)p->ns * (double)p->cpus);

    if (p->exact) {
        exact_notes(p, out);
        return;
    }
    buf_printf(out, "%llu samples of %llu CPU%s in %.3g s", (unsigned long long)p->samples,
               (unsigned long long)p->cpus, p->cpus > 1 ? "s" : "", seconds);
    if (p->idle)
        buf_printf(out, ", of which %.1f %% found a CPU idle: shares are of the others",
                   100 * (double)p->idle / (double)p->samples);
    buf_printf(out,
               ". Self: the function itself ran; total: it, or what it called. The interval is "
               "that of chance in so many samples.");
    if (late > LATE_TELLS)
        buf_printf(
            out,
            " Samples came late, by %.0f %% of the time: it was spent with interrupts off, or "
            "the host ran something else. Such a sample is of the instruction after that.",
            100 * late);
    if (emulated)
        buf_printf(out, " Shares are those of %s, not of a processor.", emulated);
    if (p->lost)
        buf_printf(out,
                   " %llu samples are of stacks that there was no room for: they are in no "
                   "row.",
                   (unsigned long long)p->lost);
}

void profile_text(const struct profile *p, const struct functions *f, size_t most,
                  const char *emulated, struct buf *out)
{
    struct sheet sheet = {0};
    struct buf notes = {0};

    profile_fill(p, f, most, &sheet);
    sheet_text(&sheet, out);
    profile_notes(p, emulated, &notes);
    buf_str(out, "\n");
    text_wrap(notes.data, WIDTH, out);
    buf_free(&notes);
    sheet_free(&sheet);
}
