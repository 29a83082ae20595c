/* Any kernel's boot, counted: see kernel_count.h.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/kernel_count.h"
#include "base/cleanup.h"
#include "base/msg.h"
#include "measure/count.h"
#include "results/counted.h"
#include "tools/status.h"
#include "vm/counting.h"
#include "vm/platforms.h"

#include <stdlib.h>
#include <string.h>

#define UNTIL_SEEN "\nuntil 1\n" /* among the plugin's lines (tools/cost/plugin.c) */

static void drop(void *ctx, const char *data, size_t n) { (void)ctx, (void)data, (void)n; }

/* The row, or NULL with the reason. */
static struct row *row_of(const struct subject *s, const struct counting *counting, char **why)
{
    size_t n = 0;
    char *text = counting_text(counting, &n);
    struct counted counted = {0};
    struct row *row = NULL;
    struct rows rows = {0};
    char *name = s->until[0] ? xasprintf("kernel: door to \"%s\"", s->until)
                             : xstrdup("kernel: door to exit");

    if (s->last.status == ST_HANG)
        *why = xasprintf("%s; counting makes a guest some ten times slower (--timeout S, --until)",
                         s->last.text);
    else if (!text || !counted_parse(text, n, counting->functions, counting->count, &counted) ||
             !counted_find(&counted, SECTION_END, 0))
        *why = xasprintf("nothing was counted: it did not come to its first instruction%s%s",
                         s->last.text[0] ? ": " : "", s->last.text);
    else if (s->until[0] && !strstr(text, UNTIL_SEEN))
        *why = xasprintf("\"%s\" was never seen", s->until);
    if (!*why) {
        struct counts all = counted_whole(&counted);

        row = rows_figure(&rows, SUITE_COUNT, name, "instructions", "less",
                          all.v[COUNT_INSTRUCTIONS]);
        row->counts = all;
        free(rows.v);
    }
    counted_free(&counted);
    free(name);
    free(text);
    return row;
}

int kernel_count(struct kernel_boot *b, const struct platform *platform, struct result *result)
{
    struct subject *s = &b->subjects[0];
    struct console_listener listener = {.bytes = drop, .show_exit = true};
    struct vm_job job = {
        .image = s->image, .line = s->line, .modules = &s->modules, .stdin_fd = -1};
    struct guest_lines lines;
    struct counting counting;
    struct rows rows = {0};
    struct buf why_not = {0};
    struct row *row = NULL;
    char *why = NULL;

    s->config.platform = platform;
    progress("counting %s …", s->what);
    if (counting_begin(&counting, s->image,
                       s->config.mem_mib ? s->config.mem_mib : VM_DEFAULT_MEM_MIB,
                       s->until[0] ? s->until : NULL, &why_not)) {
        s->config.plugin = counting.plugin;
        s->run = results_run(SUITE_COUNT, &s->config, s->image, s->sha256);
        facts_remove(s->run, "door");
        vm_run(&s->config, &job, &listener, &s->last);
        row = interrupted ? NULL : row_of(s, &counting, &why);
    } else {
        why = xstrdup(why_not.data ? why_not.data : "no temporary folder");
    }
    progress("%s", "");
    if (row) {
        rows_append(&rows, row);
        rows_finish(&rows);
        guest_lines_init(&lines);
        results_complete(s->run, &s->last, &lines);
        facts_remove(s->run, "busy");
        facts_set_count(s->run, "count", 1);
        results_add(result, s->run, &rows);
        s->run = NULL;
        guest_lines_free(&lines);
    } else if (!interrupted) {
        warn("%s: %s", s->what, why);
    }
    counting_end(&counting);
    buf_free(&why_not);
    free(why);
    return interrupted ? ST_INTERRUPT + interrupted : row ? ST_OK : ST_FAILED;
}
