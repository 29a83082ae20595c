/* The counting run: one more run of a suite, traced and not timed.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/exits_count.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "exits/exits.h"
#include "base/msg.h"
#include "measure/vmm_stats.h"

#include <stdlib.h>
#include <string.h>

#define STATS_MAX (64ul << 20)

/* With the reason in why, unless all went well. e may be NULL. */
static bool run_counted(struct exits *e, const struct suite_app *app, const struct target *target,
                        const char *stats, struct guest_lines *lines, struct buf *why)
{
    struct measure_plan plan = *target->plan;
    struct target counted = *target;
    struct vm_result vm;
    char *bad;
    bool good;

    plan.vm.exact_clock = true;
    plan.vm.stats = stats;
    counted.plan = &plan;
    counted.trace = NULL;
    bad = target_run(&counted, app, NULL, lines, &vm);
    if (bad)
        buf_str(why, bad);
    good = !bad && (!e || exits_stop(e, &vm, why));
    free(bad);
    vm_result_free(&vm);
    return good;
}

static void take_stats(const char *path, const char *app, struct rows *rows)
{
    size_t n;
    char *text = file_read(path, STATS_MAX, &n);

    if (text)
        vmm_stats_give(text, n, app, rows);
    free(text);
}

void exits_count(const struct suite *suite, const struct suite_app *app,
                 const struct target *target, struct rows *rows)
{
    struct buf why = {0};
    struct exits *e = exits_start(target->platform, &why);
    char *dir = strcmp(target->platform->name, "vmm") ? NULL : cleanup_tmpdir();
    char *stats = dir ? xasprintf("%s/stats", dir) : NULL;
    struct guest_lines lines;
    bool good;

    if (e || stats) {
        progress("%s, counting VM exits on %s …", suite->name, target->label);
        good = run_counted(e, app, target, stats, &lines, &why);
        exits_give(good ? e : NULL, &lines, rows, why.data);
        if (good && e)
            exits_give_gaps(e, &lines, rows);
        if (good && stats)
            take_stats(stats, app->name, rows);
        guest_lines_free(&lines);
    } else {
        exits_give(NULL, NULL, rows, why.data);
    }
    if (dir)
        cleanup_remove(dir);
    free(dir);
    free(stats);
    exits_free(e);
    buf_free(&why);
}
