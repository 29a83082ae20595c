/* The boots of all platforms, phase by phase.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/phases.h"
#include "show/fill.h"

#include <string.h>

const struct phase_words phase_words[BOOT_PHASES] = {
    [BOOT_VMM] = {"V", "VMM", "until it lets the processor go; on Xen the toolstack"},
    [BOOT_FIRMWARE] = {"F", "firmware", "as far as it tells what it does"},
    [BOOT_LOADER] = {"L", "loader", "what firmware started, up to the image"},
    [BOOT_UNTOLD] = {"U", "up to the image",
                     "firmware and loader where there are any: nothing tells them apart"},
    [BOOT_STUB] = {"S", "stub", "of UEFI, with the end of boot services, which is firmware's"},
    [BOOT_IMAGE] = {"D", "door to main", "Limpet's own boot"},
    [BOOT_MAIN] = {"M", "main to last line", "the program, which tells its ledger"},
    [BOOT_END] = {"E", "to the end", "until the machine is gone"},
};

static const struct place {
    const char *lab, *where;
} places[] = {
    {"", "native"},
    {"kvm", "KVM lab"},
    {"xen", "Xen lab"},
    {"?", "a lab"},
};

/* The lab in which a platform ran; "" for none. */
static const char *lab_of(const struct facts *run, const char *name)
{
    const struct platform *p = platform_find(name);

    if (strcmp(facts_text(run, "mode"), "lab") != 0)
        return "";
    return p && p->lab ? p->lab : "?";
}

const char *phase_where(const struct facts *run, const char *platform)
{
    const struct place *p = places;

    while (p->lab[0] != '?' && strcmp(p->lab, lab_of(run, platform)) != 0)
        p++;
    return p->where;
}

static void add_line(const struct view *v, int column, const struct place *p,
                     struct phase_list *list)
{
    const char *name = v->columns[column].name;
    const struct facts *run = results_find_run(v->result, "boot", name);
    struct phase_line *line = &list->v[list->count];

    if (list->count == PHASE_LINES || strcmp(lab_of(run, name), p->lab) != 0 ||
        !boots_stages(v->result, name, &line->boots))
        return;
    line->column = v->columns[column];
    line->run = run;
    line->door = facts_text(run, "door");
    line->where = p->where;
    line->emulated = facts_true(run, "emulated");
    line->file = v->file;
    line->median = estimate_figure(results_row(v->result, "boot", "start to exit", name));
    list->count++;
}

/* Are all told apart by platform and door? */
static bool distinct(const struct phase_list *list)
{
    for (int i = 0; i < list->count; i++)
        for (int k = 0; k < i; k++)
            if (!strcmp(list->v[i].column.name, list->v[k].column.name) &&
                !strcmp(list->v[i].door, list->v[k].door))
                return false;
    return true;
}

void phases_find(const struct view *views, size_t count, struct phase_list *list)
{
    list->count = 0;
    for (const struct place *p = places; p < places + sizeof places / sizeof *places; p++)
        for (const struct view *v = views; v < views + count; v++)
            for (int i = 0; i < v->count; i++)
                add_line(v, i, p, list);
    for (int i = 0, apart = distinct(list); i < list->count && apart; i++)
        list->v[i].file = NULL;
}

bool phases_compare(const struct view *views, size_t count)
{
    static const char *const facts[] = {"host.cpu_model", "host.cpus", "host.distribution"};

    for (size_t i = 1; i < count; i++)
        for (size_t k = 0; k < sizeof facts / sizeof *facts; k++)
            if (facts_number(views[i].result->facts, facts[k]) !=
                    facts_number(views[0].result->facts, facts[k]) ||
                strcmp(facts_text(views[i].result->facts, facts[k]),
                       facts_text(views[0].result->facts, facts[k])) != 0)
                return false;
    return true;
}

void phase_title(const struct phase_line *line, struct buf *out)
{
    const struct platform *p = platform_find(line->column.name);

    buf_printf(out, "%s%s%s", p ? p->title : line->column.title, line->door[0] ? ", " : "",
               line->door);
    if (line->file)
        buf_printf(out, " (%s)", line->file);
}

void phase_ms(double ms, struct buf *out)
{
    struct estimate e = {.known = true, .value = ms};

    estimate_beside(out, &e, ms, NUMBER_PEOPLE);
}

static struct cell *ms_cell(double ms, struct sheet *s)
{
    struct estimate e = {.known = true, .value = ms};

    return sheet_beside(s, &e, ms);
}

static void phase_cell(const struct boot_stages *b, enum boot_phase p, struct sheet *s)
{
    struct cell *c;

    if (!b->has[p]) {
        sheet_none(s);
        return;
    }
    c = ms_cell(b->phase_ms[p], s);
    if (b->phase_ms[p] < 0)
        cell_note(c, "noise");
    if ((p == BOOT_UNTOLD || p == BOOT_LOADER) && b->apart)
        cell_note(c, "and from main to the first byte");
}

static void phase_heads(struct sheet *s)
{
    s->columns = BOOT_PHASES + 5;
    s->left = 1 << 1;
    sheet_cell(s, "the middle boot [ms]");
    sheet_cell(s, "where");
    for (int p = 0; p < BOOT_PHASES; p++)
        cell_note(sheet_cell(s, "%s", phase_words[p].title), "%s", phase_words[p].letter);
    sheet_cells(s, (const char *[]){"start to exit", "interval of all", "boots", NULL});
}

void fill_phases(const struct view *v, struct sheet *s)
{
    struct phase_list list;
    struct buf text = {0};

    phases_find(v, 1, &list);
    if (list.count)
        phase_heads(s);
    for (struct phase_line *line = list.v; line < list.v + list.count; line++) {
        buf_clear(&text);
        phase_title(line, &text);
        sheet_cell(s, "%s", text.data);
        sheet_cell(s, "%s%s", line->where, line->emulated ? ", emulated" : "");
        for (int p = 0; p < BOOT_PHASES; p++)
            phase_cell(&line->boots, (enum boot_phase)p, s);
        ms_cell(line->boots.total_ms, s);
        sheet_estimate(s, CELL_INTERVAL, &line->median);
        sheet_estimate(s, CELL_COUNT, &line->median);
    }
    if (s->n)
        sheet_drop_empty(s, 2);
    buf_free(&text);
}
