/* The last screen of a measurement: the classic tables in short, what was skipped, the findings.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/screen.h"
#include "measure/suites.h"
#include "vm/platforms.h"
#include "results/busy.h"
#include "results/estimate.h"
#include "show/fill.h"
#include "show/findings.h"
#include "results/results.h"
#include "show/text.h"
#include "base/quote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEDIAN         "p50"
#define SKIPS_SHOWN    4
#define ASKED          12 /* rows of --only, most */
#define FINDINGS_LINES 8  /* are kept free of tables */

/* Another statistic of a row's samples, below it. */
static const struct beside {
    const char *suite, *name, *label, *stat;
} beside[] = {
    {"basic", "first page access", "  the median access", MEDIAN},
    {"boot", "start to exit", "  the fastest [ms]", "min"},
};

/* A suite's table: of the platforms that take part in all, or in boot of those with a firmware. */
struct section {
    const struct suite *suite;
    const struct platform *columns[PLATFORMS_MAX];
    int count;
    const struct result *result;
    struct sheet s;
};

static const char *title_of(const struct suite *suite, bool firmware)
{
    return firmware ? "Boot by firmware, median" : suite->screen;
}

/* Has a suite something on a platform: figures, or a reason why not? */
static bool mentions(const struct result *result, const char *suite, const struct platform *p)
{
    return results_find_run(result, suite, p->name) || results_reason(result, suite, p->name);
}

static const struct row *row_of(const struct section *s, const char *name, int column)
{
    return results_row(s->result, s->suite->name, name, s->columns[column]->name);
}

static const struct facts *run_of(const struct section *s, int column)
{
    return results_find_run(s->result, s->suite->name, s->columns[column]->name);
}

/* A figure, another statistic of its samples where one is meant. */
static void cell(struct section *s, const char *name, const char *stat, int column)
{
    const struct row *row = row_of(s, name, column);
    bool median = stat && !strcmp(stat, MEDIAN);
    struct estimate e = median ? estimate_median(row) : estimate_figure(row);
    double value;

    if (!row && run_none(run_of(s, column), name))
        sheet_cell(&s->s, "none");
    else if (!stat || median)
        sheet_estimate(&s->s, CELL_VALUE, &e);
    else if (e.known && estimate_stat(row, stat, &value))
        sheet_beside(&s->s, &e, value);
    else
        sheet_none(&s->s);
}

/* A row, where a platform has it. */
static void line(struct section *s, const char *name, const char *label, const char *stat)
{
    bool any = false;

    for (int i = 0; i < s->count; i++)
        any |= row_of(s, name, i) || run_none(run_of(s, i), name);
    if (!any)
        return;
    sheet_cell(&s->s, "  %s", label);
    for (int i = 0; i < s->count; i++)
        cell(s, name, stat, i);
}

/* What no platform has, and nobody's table knows, with the reason. */
static void lack_lines(struct section *s)
{
    struct args names = {0};

    results_lacks(s->result, s->suite->name, &names);
    for (size_t i = 0; i < names.n; i++) {
        const struct suite_row *row = s->suite->rows;

        while (row->name && strcmp(row->name, names.v[i]) != 0)
            row++;
        if (row->name)
            continue;
        sheet_cell(&s->s, "  %s", names.v[i]);
        for (int c = 0; c < s->count; c++) {
            const char *why = run_none(run_of(s, c), names.v[i]);

            if (why)
                sheet_skip(&s->s, CELL_LACKS, why);
            else
                sheet_none(&s->s);
        }
    }
    args_free(&names);
}

/* A suite's rows. */
static void usual_lines(struct section *s)
{
    for (const struct suite_row *row = s->suite->rows; row->name; row++) {
        if (!row->screen)
            continue;
        line(s, row->name, row->screen, NULL);
        for (size_t i = 0; i < sizeof beside / sizeof *beside; i++)
            if (!strcmp(beside[i].suite, s->suite->name) && !strcmp(beside[i].name, row->name))
                line(s, row->name, beside[i].label, beside[i].stat);
    }
    lack_lines(s);
}

/* A row's name, with its unit where the title does not tell it. Caller frees. */
static char *asked_label(const struct section *s, const char *name)
{
    const struct row *row = NULL;

    for (int i = 0; i < s->count && !row; i++)
        row = row_of(s, name, i);
    return s->suite->own_rows && row ? xasprintf("%s [%s]", name, unit_text(row->unit))
                                     : xstrdup(name);
}

/* With --only the rows that were asked for; all of a program of the user's own. */
static void asked_lines(struct section *s)
{
    struct args names = {0};
    const struct row *row;
    size_t k;

    for (size_t i = 0; (row = rows_at(&s->result->rows, i)); i++) {
        const char *name = row->name;

        if (strcmp(row->suite, s->suite->name) != 0)
            continue;
        for (k = 0; k < names.n && strcmp(names.v[k], name) != 0;)
            k++;
        if (k == names.n && k < ASKED)
            args_add(&names, name);
    }
    for (k = 0; k < names.n; k++) {
        char *label = asked_label(s, names.v[k]);

        line(s, names.v[k], label, NULL);
        free(label);
    }
    args_free(&names);
}

static bool has_figures(const struct section *s)
{
    const struct row *row;
    size_t i;

    for (i = 0; (row = rows_at(&s->result->rows, i)); i++)
        if (!strcmp(row->suite, s->suite->name))
            return true;
    return false;
}

/* How often a platform was measured: the runs of the suite's first row there. */
static void count_cell(struct section *s, int column)
{
    struct estimate e = {0};
    const struct row *row;

    for (size_t i = 0; !e.known && (row = rows_at(&s->result->rows, i)); i++)
        if (row == row_of(s, row->name, column))
            e = estimate_figure(row);
    if (e.known)
        sheet_estimate(&s->s, CELL_COUNT, &e);
    else
        sheet_skip(&s->s, CELL_SKIP, "");
}

static void counts(struct section *s)
{
    sheet_cell(&s->s, "  %s", s->suite->count);
    for (int c = 0; c < s->count; c++)
        count_cell(s, c);
}

/* A line on whether the results are right, where some are not: there the figures mean nothing. */
static void validity(struct section *s)
{
    const struct facts *runs[PLATFORMS_MAX] = {NULL};
    bool wrong = false;

    for (int i = 0; i < s->count; i++) {
        runs[i] = results_find_run(s->result, s->suite->name, s->columns[i]->name);
        wrong |= facts_false(runs[i], "valid.ok");
    }
    if (wrong)
        sheet_cell(&s->s, "  result validates");
    for (int i = 0; i < s->count && wrong; i++)
        sheet_words(&s->s, !facts_has(runs[i], "valid.ok")   ? ""
                           : facts_true(runs[i], "valid.ok") ? "yes"
                                                             : "NO");
}

/* Boot has a table of its own for those that a firmware starts. */
static bool is_in(const struct platform *p, const struct suite *suite, bool firmware)
{
    return suite->is_boot ? (p->suites != ALL_SUITES) == firmware : p->suites != BOOT_ONLY;
}

/* Of its widest line, in characters. */
static size_t text_width(const char *text)
{
    size_t widest = 0, n = 0;

    for (; *text; text++) {
        n = *text == '\n' ? 0 : n + ((*text & 0xc0) != 0x80);
        widest = n > widest ? n : widest;
    }
    return widest;
}

/* A table of its columns, as text. */
static void usual_table(struct section *s, struct buf *text)
{
    const struct facts *run = results_find_run(s->result, s->suite->name, s->columns[0]->name);
    bool only = s->suite->own_rows || (s->suite->picks_rows && facts_has(run, "only"));
    char *title = suite_called(s->suite, s->result);

    sheet_free(&s->s);
    s->s = (struct sheet){.columns = (size_t)s->count + 1};
    sheet_cell(&s->s, "%s", title);
    free(title);
    for (int i = 0; i < s->count; i++)
        sheet_cell(&s->s, "%s", results_title(s->result, s->columns[i]));
    (only ? asked_lines : usual_lines)(s);
    if (sheet_rows(&s->s) > 1 && has_figures(s)) {
        counts(s);
        validity(s);
    }
    buf_clear(text);
    sheet_text(&s->s, text);
}

/* The other way round: a line for each platform, however many there are. */
static void boot_table(struct section *s, const char *title, struct buf *out)
{
    const struct suite_row *shown[ASKED];
    size_t n = 0;

    for (const struct suite_row *row = s->suite->rows; row->name && n < ASKED; row++)
        if (row->screen && row->does)
            shown[n++] = row;
    sheet_free(&s->s);
    s->s = (struct sheet){.columns = n + 2};
    sheet_cell(&s->s, "%s", title);
    for (size_t i = 0; i < n; i++)
        sheet_cell(&s->s, "%s", shown[i]->screen);
    sheet_cell(&s->s, "%s", s->suite->count);
    for (int c = 0; c < s->count; c++) {
        sheet_cell(&s->s, "  %s", results_title(s->result, s->columns[c]));
        for (size_t i = 0; i < n; i++)
            cell(s, shown[i]->name, NULL, c);
        count_cell(s, c);
    }
    sheet_text(&s->s, out);
    buf_str(out, "\n");
}

/* As many of the columns as fit into a screen's width, then the next; of boots no two tables. */
static void usual_tables(struct section *all, struct buf *out)
{
    struct section part = *all;

    for (int first = 0; first < all->count; first += part.count) {
        int left = all->count - first;
        struct buf text = {0};

        for (int i = 0; i < left; i++)
            part.columns[i] = all->columns[first + i];
        part.count = left;
        usual_table(&part, &text);
        while (text_width(text.data) > SCREEN_COLUMNS && part.count > 1) {
            part.count--;
            usual_table(&part, &text);
        }
        if (all->suite->is_boot && part.count < left) {
            part.count = left;
            boot_table(&part, title_of(all->suite, false), out);
        } else if (sheet_rows(&part.s) > 1) {
            buf_printf(out, "%s\n", text.data);
        }
        buf_free(&text);
    }
    sheet_free(&part.s);
}

static void section_format(const struct result *result, const struct suite *suite, bool firmware,
                           struct buf *out)
{
    struct section s = {.suite = suite, .result = result};
    const struct platform *all[PLATFORMS_MAX];
    int n = platform_every(all);

    for (int i = 0; i < n; i++)
        if (is_in(all[i], suite, firmware) && mentions(result, suite->name, all[i]))
            s.columns[s.count++] = all[i];
    if (s.count && firmware)
        boot_table(&s, title_of(suite, true), out);
    else if (s.count)
        usual_tables(&s, out);
    sheet_free(&s.s);
}

/* What was measured when, on what, and how busy that was before. */
static void head(const struct result *result, struct buf *out)
{
    const struct facts *load = facts_element(result->facts, "host.load", 0);
    double cpus = facts_number(result->facts, "host.cpus");
    const char *label = facts_text(result->facts, "label");
    struct buf text = {0};

    buf_printf(&text, "%s%s%.10s, %s", label, label[0] ? ", " : "",
               facts_text(result->facts, "created"), facts_text(result->facts, "host.cpu_model"));
    if (load && cpus > 0)
        buf_printf(&text, ", load %.2g on %.0f CPU%s at the start", facts_number(load, NULL), cpus,
                   cpus > 1 ? "s" : "");
    text_wrap(text.data, SCREEN_COLUMNS, out);
    buf_free(&text);
}

/* Appends the titles of the platforms whose runs are of a kind: "KVM, VMM and PVH". */
static int titles(const struct result *result, bool (*is)(const struct facts *run), struct buf *out)
{
    const struct platform *all[PLATFORMS_MAX], *those[PLATFORMS_MAX];
    int n = platform_every(all), count = 0;
    const struct facts *run;
    size_t k;

    for (int i = 0; i < n; i++) {
        bool found = false;

        for (k = 0; k < result->run_count && (run = result->runs[k]); k++)
            found |= !strcmp(facts_text(run, "platform"), all[i]->name) && is(run);
        if (found)
            those[count++] = all[i];
    }
    for (int i = 0; i < count; i++) {
        buf_str(out, !i ? "" : i + 1 == count ? " and " : ", ");
        findings_title(result, those[i], out);
    }
    return count;
}

static bool in_real_lab(const struct facts *run)
{
    return !strcmp(facts_text(run, "mode"), "lab") && !run_in_emulated_lab(run);
}

static bool under_tcg(const struct facts *run)
{
    return strcmp(facts_text(run, "mode"), "lab") != 0 && facts_true(run, "emulated");
}

static bool is_busy(const struct facts *run) { return busy_tell(run, NULL); }

/* Who was measured on a busy machine, and how busy it was: of several, for one of them. */
static void busy(const struct result *result, struct buf *text)
{
    struct buf who = {0}, whose = {0}, how = {0};
    int count = titles(result, is_busy, &who);

    for (size_t i = 0; i < result->run_count && count && !how.len; i++) {
        const struct facts *run = result->runs[i];
        const struct platform *p = platform_find(facts_text(run, "platform"));

        if (p && busy_tell(run, &how) && count > 1) {
            findings_title(result, p, &whose);
            buf_str(&whose, ": ");
        }
    }
    if (count)
        buf_printf(text, "The machine was busy while %s ran (%s%s). ", who.data,
                   whose.len ? whose.data : "", how.data);
    buf_free(&who);
    buf_free(&whose);
    buf_free(&how);
}

static bool is_confidential(const struct facts *run) { return run_confidential(run)[0]; }

/* Where the figures come from, in words. */
static void places(const struct result *result, struct buf *out)
{
    struct buf text = {0}, who = {0};

    if (titles(result, run_in_emulated_lab, &who))
        buf_printf(&text,
                   "%s ran in a lab whose hardware virtualization QEMU emulates: their figures "
                   "compare with each other, and are never the speed of hardware. ",
                   who.data);
    buf_clear(&who);
    if (titles(result, in_real_lab, &who))
        buf_printf(&text, "%s ran in a lab on this machine's KVM, one hypervisor deeper. ",
                   who.data);
    buf_clear(&who);
    if (titles(result, under_tcg, &who))
        buf_printf(&text, "%s ran here, where it translated its guests (TCG). ", who.data);
    buf_clear(&who);
    if (titles(result, is_confidential, &who))
        buf_printf(&text,
                   "%s ran confidential guests, whose memory is hidden from the host: what that "
                   "costs is in their figures. ",
                   who.data);
    busy(result, &text);
    if (text.len)
        text_wrap(text.data, SCREEN_COLUMNS, out);
    buf_str(out, "\n");
    buf_free(&who);
    buf_free(&text);
}

/* One line each, cut where it is too long: the page has the whole. */
static void skips(const struct result *result, struct buf *out)
{
    size_t n = result->skip_count;

    for (size_t i = 0; i < n && i < SKIPS_SHOWN; i++) {
        const struct skip *skip = &result->skips[i];
        const struct platform *p = platform_find(skip->platform);
        struct buf plain = {0};
        char *text =
            xasprintf("SKIP %s, %s: %s", skip->suite, p ? p->title : skip->platform, skip->reason);

        quote_plain(&plain, text, strlen(text));
        text_cut(plain.data, SCREEN_COLUMNS, out);
        buf_free(&plain);
        free(text);
    }
    if (n > SKIPS_SHOWN)
        buf_printf(out, "… and %zu more cells without a figure\n", n - SKIPS_SHOWN);
    buf_str(out, n ? "\n" : "");
}

static size_t lines_of(const struct buf *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->len; i++)
        n += b->data[i] == '\n';
    return n;
}

/* A section where there is room for it; else its title. */
static void add_section(const struct result *result, const struct suite *suite, bool firmware,
                        size_t room, struct buf *body, struct buf *elsewhere)
{
    struct buf table = {0};

    section_format(result, suite, firmware, &table);
    if (lines_of(body) + lines_of(&table) <= room)
        buf_add(body, table.data, table.len);
    else
        buf_printf(elsewhere, "%s%s", elsewhere->len ? "; " : "", title_of(suite, firmware));
    buf_free(&table);
}

void screen_format(const struct result *result, struct buf *out)
{
    const size_t lines = SCREEN_LINES - SCREEN_SPARE;
    struct buf body = {0}, below = {0}, elsewhere = {0};
    struct sheet counts = {.title = "Counted, exactly"};
    struct view view;
    size_t room;

    view_init(&view, result, NULL);

    head(result, &body);
    places(result, &body);
    skips(result, &below);
    room = lines - lines_of(&below) - FINDINGS_LINES;
    for (size_t i = 0; suites[i]; i++) {
        add_section(result, suites[i], false, room, &body, &elsewhere);
        if (suites[i]->is_boot)
            add_section(result, suites[i], true, room, &body, &elsewhere);
    }
    if (elsewhere.len) {
        char *text = xasprintf("In the report, not here: %s", elsewhere.data);

        text_cut(text, SCREEN_COLUMNS, &body);
        buf_str(&body, "\n");
        free(text);
    }
    fill_counts(&view, &counts);
    if (counts.n) {
        sheet_text(&counts, &body);
        buf_str(&body, "\n");
    }
    sheet_free(&counts);
    buf_add(&body, below.data, below.len);
    findings_format(result, lines - lines_of(&body), &body);
    buf_add(out, body.data, body.len);
    buf_free(&body);
    buf_free(&below);
    buf_free(&elsewhere);
}
