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
    {"", "here"},
    {"kvm", "KVM lab"},
    {"xen", "Xen lab"},
    {"?", "a lab"},
};

/* The lab in which a platform's boots ran; "" for here. */
static const char *lab_of(const struct facts *run, const char *name)
{
    const struct platform *p = platform_find(name);

    if (strcmp(facts_text(run, "mode"), "lab") != 0)
        return "";
    return p && p->lab ? p->lab : "?";
}

void phases_find(const struct view *v, struct phase_list *list)
{
    list->count = 0;
    for (const struct place *p = places; p < places + sizeof places / sizeof *places; p++)
        for (int i = 0; i < v->count; i++) {
            const char *name = v->columns[i].name;
            const struct facts *run = results_find_run(v->result, "boot", name);
            struct phase_line *line = &list->v[list->count];

            if (strcmp(lab_of(run, name), p->lab) != 0 ||
                !boots_stages(v->result, name, &line->boots))
                continue;
            line->column = v->columns[i];
            line->door = facts_text(run, "door");
            line->where = p->where;
            line->emulated = facts_true(run, "emulated");
            list->count++;
        }
}

void phase_title(const struct phase_line *line, struct buf *out)
{
    const struct platform *p = platform_find(line->column.name);

    buf_printf(out, "%s%s%s", p ? p->title : line->column.title, line->door[0] ? ", " : "",
               line->door);
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
    s->columns = BOOT_PHASES + 3;
    s->left = 1 << 1;
    sheet_cell(s, "the middle boot [ms]");
    sheet_cell(s, "where");
    for (int p = 0; p < BOOT_PHASES; p++)
        cell_note(sheet_cell(s, "%s", phase_words[p].title), "%s", phase_words[p].letter);
    sheet_cell(s, "start to exit");
}

void fill_phases(const struct view *v, struct sheet *s)
{
    struct phase_list list;
    struct buf text = {0};

    phases_find(v, &list);
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
    }
    if (s->n)
        sheet_drop_empty(s, 2);
    buf_free(&text);
}
