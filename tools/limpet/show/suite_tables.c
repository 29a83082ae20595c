/* The tables of suites: a column for each platform.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/busy.h"
#include "results/disturbance.h"
#include "results/results.h"
#include "show/fill.h"

#include <stdlib.h>
#include <string.h>

/* A row of a table: the row in the result and how it is called here. */
struct line {
    const char *name, *label;
    bool expected; /* of every platform, which tells why when it has none */
};

#define SAME(name)                                                                                 \
    {                                                                                              \
        name, name, true                                                                           \
    }
static const struct line basic_lines[] = {
    {"getpid", "system call (getpid)", true},
    {"sched_yield", "reschedule (sched_yield)", true},
    {"malloc(1 MiB)", "malloc()", true},
    {"first page access", "write access (first page access)", true},
    {0},
};

/* A line without a name is the difference of the two above it. */
static const struct line access_lines[] = {
    {"first page access", "first page access, all pages mixed", false},
    {"fault 4 KiB fresh", "4 KiB, memory new to the guest", false},
    {"fault 4 KiB", "4 KiB, backed by the host already", false},
    {"", "    the host's part (difference)", false},
    {"zero 4 KiB", "4 KiB, zeroing alone", false},
    {"fault 2 MiB fresh", "2 MiB, memory new to the guest", false},
    {"fault 2 MiB", "2 MiB, backed by the host already", false},
    {"", "    the host's part (difference)", false},
    {"zero 2 MiB", "2 MiB, zeroing alone", false},
    {"second touch", "second touch of a page", false},
    {0},
};

static const struct line stream_lines[] = {
    SAME("Copy"), SAME("Scale"), SAME("Add"), SAME("Triad"), {0}};

static const struct line boot_lines[] = {
    {"start to first byte", "start to first byte", false}, /* older files have none */
    SAME("start to exit"),
    {"door to main", "door to main()", true},
    {"create", "xl create", false},
    {"unpause to door", "unpause to door", false},
    {"unpause to main", "unpause to main()", false},
    {"unpause to exit", "unpause to exit", false},
    {"CPU of the VMM, user", "CPU time of the VMM, user", false},
    {"CPU of the VMM, system", "CPU time of the VMM, system", false},
    {"memory of the VMM", "memory of the VMM", false},
    {"memory of the domain", "memory of the domain", false},
    {0},
};

static const struct line throughput_lines[] = {SAME("1 at once"), {0}};

/* What a VMM's guests time themselves, then their lives. */
static const struct line guest_lines[] = {
    SAME("fibonacci(30)"),
    SAME("fibonacci(90)"),
    SAME("matrix 8x8"),
    SAME("characters 1 KiB"),
    SAME("multiply 9x9"),
    SAME("counter, a line"),
    SAME("hypercall, CPUID"),
    SAME("hypercall, port"),
    SAME("hello, set-up"),
    SAME("hello, start to exit"),
    SAME("fibonacci, start to exit"),
    SAME("matrix, start to exit"),
    SAME("characters, start to exit"),
    SAME("multiply, start to exit"),
    SAME("counter, start to exit"),
    {0},
};

static bool is_line(const struct line *lines, const char *name)
{
    for (; lines->name; lines++)
        if (!strcmp(lines->name, name))
            return true;
    return false;
}

/* A table that is being filled. */
struct filling {
    const struct view *v;
    const char *suite;
    struct column columns[VIEW_COLUMNS];
    int count;
    struct sheet *s;
};

static json_t *run_of(const struct filling *t, int column)
{
    return results_find_run(t->v->result, t->suite, t->columns[column].name);
}

static json_t *row_of(const struct filling *t, const char *name, int column)
{
    return results_row(t->v->result, t->suite, name, t->columns[column].name);
}

/* The heading: what the rows are, then the platforms, where each ran, and whether it was busy
 * there. */
static void heading(struct filling *t, const char *what)
{
    bool emulated = false;

    t->s->columns = (size_t)t->count + 1;
    sheet_cell(t->s, "%s", what);
    for (int i = 0; i < t->count; i++) {
        struct cell *c = sheet_cell(t->s, "%s", t->columns[i].title);
        struct buf busy = {0};

        if (busy_tell(run_of(t, i), &busy))
            cell_note(c, "a busy machine: %s", busy.data);
        emulated |= json_is_true(json_object_get(run_of(t, i), "emulated"));
        buf_free(&busy);
    }
    sheet_cell(t->s, "  where");
    for (int i = 0; i < t->count; i++)
        sheet_cell(t->s, "%s", json_text(run_of(t, i), "mode"));
    cell_note(sheet_cell(t->s, "  nesting level"), "nesting ");
    for (int i = 0; i < t->count; i++)
        if (run_of(t, i))
            sheet_cell(t->s, "%d", (int)json_number(run_of(t, i), "nesting"));
        else
            sheet_cell(t->s, "%s", "");
    t->s->heads = 3;
    if (!emulated)
        return;
    sheet_cell(t->s, "%s", "");
    for (int i = 0; i < t->count; i++)
        sheet_cell(t->s, "%s",
                   json_is_true(json_object_get(run_of(t, i), "emulated")) ? "emulated" : "");
    t->s->heads = 4;
}

static bool begin(struct filling *t, const char *what)
{
    t->count = view_columns(t->v, t->suite, t->columns);
    if (t->count)
        heading(t, what);
    return t->count;
}

/* A cell without a figure: skipped, or one that not every platform has. */
static void no_figure(struct filling *t, bool expected, int column)
{
    const char *reason = results_reason(t->v->result, t->suite, t->columns[column].name);

    if (reason || expected)
        sheet_skip(t->s, CELL_SKIP, reason ? reason : "the guest did not report it");
    else
        sheet_none(t->s);
}

static void figure(struct filling *t, json_t *row)
{
    struct estimate e = estimate_value(row);
    struct cell *c = sheet_estimate(t->s, CELL_FIGURE, &e);

    if (row_two_modes(row))
        cell_note(c, "two modes");
    if (disturbance_is_mean(row))
        c->median = estimate_median(row);
}

/* A row's figures, a cell for each platform; the unit stands behind its name where the table has
 * several. */
static void line(struct filling *t, const struct line *l, bool unit)
{
    json_t *any = view_row(t->v, t->suite, l->name);

    if (unit && any)
        sheet_cell(t->s, "%s [%s]", l->label, row_unit(any));
    else
        sheet_cell(t->s, "%s", l->label);
    for (int i = 0; i < t->count; i++) {
        json_t *row = row_of(t, l->name, i);

        if (row)
            figure(t, row);
        else
            no_figure(t, l->expected, i);
    }
}

/* The lines that are expected or that some platform has. */
static void lines(struct filling *t, const struct line *l, bool unit)
{
    for (; l->name; l++)
        if (l->expected || view_row(t->v, t->suite, l->name))
            line(t, l, unit);
}

/* The other rows of the suite, by their names: what later versions may bring, too. */
static void others(struct filling *t, const struct line *known, const struct line *elsewhere,
                   bool unit)
{
    struct args names = {0};

    view_names(t->v, t->suite, &names);
    for (size_t i = 0; i < names.n; i++)
        if (!is_line(known, names.v[i]) && !is_line(elsewhere, names.v[i]))
            line(t, &(struct line){names.v[i], names.v[i], false}, unit);
    args_free(&names);
}

void fill_basic(const struct view *v, struct sheet *s)
{
    struct filling t = {.v = v, .suite = "basic", .s = s};

    if (!begin(&t, "cycles per call"))
        return;
    if (!view_only(v)[0])
        lines(&t, basic_lines, false);
    others(&t, view_only(v)[0] ? access_lines : basic_lines, access_lines, false);
    if (sheet_rows(s) == s->heads)
        line(&t, &(struct line){"", view_only(v), true}, false);
}

/* The difference of the two rows above a line, on each platform. */
static void differences(struct filling *t, const struct line *l)
{
    sheet_cell(t->s, "%s", l->label);
    for (int i = 0; i < t->count; i++) {
        struct estimate more = estimate_value(row_of(t, l[-2].name, i));
        struct estimate less = estimate_value(row_of(t, l[-1].name, i));
        struct estimate e = estimate_difference(&more, &less);

        sheet_estimate(t->s, CELL_FIGURE, &e);
    }
}

void fill_access(const struct view *v, struct sheet *s)
{
    struct filling t = {.v = v, .suite = "basic", .s = s};

    for (const struct line *l = access_lines; l->name; l++) {
        bool shown = l->name[0]
                         ? view_row(v, t.suite, l->name) != NULL
                         : view_row(v, t.suite, l[-2].name) && view_row(v, t.suite, l[-1].name);

        if (!shown || (!s->n && !begin(&t, "cycles per page")))
            continue;
        if (l->name[0])
            line(&t, l, false);
        else
            differences(&t, l);
    }
}

void fill_stream(const struct view *v, struct sheet *s)
{
    struct filling t = {.v = v, .suite = "stream", .s = s};

    if (!begin(&t, "MB/s, best pass"))
        return;
    lines(&t, stream_lines, false);
    sheet_cell(s, "result validates");
    for (int i = 0; i < t.count; i++) {
        json_t *valid = json_object_get(run_of(&t, i), "valid");

        if (!valid)
            no_figure(&t, true, i);
        else if (json_is_true(json_object_get(valid, "ok")))
            sheet_cell(s, "yes");
        else
            sheet_skip(s, CELL_WRONG, json_text(valid, "text"));
    }
}

/* All of a suite's rows, each with its unit. */
static void by_name(const struct view *v, struct sheet *s, const char *suite, const char *what,
                    const struct line *known)
{
    struct filling t = {.v = v, .suite = suite, .s = s};

    if (!begin(&t, what))
        return;
    lines(&t, known, true);
    others(&t, known, known, true);
}

/* A row "to door" of a boot is one of its stages, which have a table of their own. */
void fill_boot(const struct view *v, struct sheet *s)
{
    struct filling t = {.v = v, .suite = "boot", .s = s};

    if (begin(&t, "median, 95 % interval, n boots"))
        lines(&t, boot_lines, true);
}

void fill_throughput(const struct view *v, struct sheet *s)
{
    by_name(v, s, "throughput", "row", throughput_lines);
}

/* And a line for guests at once that did not keep their memory, when there are none that did. */
void fill_guests(const struct view *v, struct sheet *s)
{
    struct filling t = {.v = v, .suite = "vmm", .s = s};
    bool failed = false;

    by_name(v, s, "vmm", "row", guest_lines);
    t.count = view_columns(v, "vmm", t.columns);
    for (int i = 0; i < t.count; i++) {
        const char *why = results_reason(v->result, "vmm", t.columns[i].name);

        failed |= why && !strncmp(why, "isolation:", 10);
    }
    for (size_t row = 0; row < sheet_rows(s); row++)
        failed &= !strstr(sheet_at(s, row, 0)->text, "all held");
    if (failed)
        line(&t, &(struct line){"", "guests at once, all held their memory", false}, false);
}
