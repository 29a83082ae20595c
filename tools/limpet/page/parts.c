/* The parts of a report, in their order.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/page.h"

#include "show/lead.h"

#include <string.h>

static const struct part of_comparisons[] = {
    {"Comparison", "The verdict", "A is measured twice in every round: A and A again.", fill_sum,
     NULL, false, false, NULL},
    {NULL, "What differs between the sides",
     "As it is recorded, not measured: any of it may be the reason of what follows.", fill_sides,
     NULL, false, false, NULL},
    {NULL, "B against A",
     "A row for each figure, with the word on it; the change is in percent, with its 95 % "
     "interval. "
     "The grey middle counts as the same; what is wider than the scale goes on.",
     NULL, draw_changes, false, false, NULL},
    {NULL, "B against A, row by row",
     "The change and its 95 % interval; noise is half of that. A and B are figures of the way of "
     "summing up that is steadiest here, not the medians of the tables below.",
     fill_verdict, NULL, false, false, NULL},
    {NULL, "A, A again and B", "All samples of each side; the word is B's against A's.", NULL,
     draw_sides, false, false, NULL},
};

/* What follows a suite's own table. */
static const struct part of_basic[] = {
    {NULL, "What a page access costs",
     "Memory new to the guest costs the guest's fault, zeroing and the host's own fault; memory "
     "that the host has backed already, the first two.",
     fill_access, NULL, false, false, NULL},
    {NULL, "Distributions",
     "Of single calls between time stamps; the stamps' own cost (rdtsc pair) is in them, as it is "
     "not in the tables.",
     NULL, draw_basic, false, false, NULL},
};
static const struct part of_boot[] = {
    {NULL, "A boot's phases, in milliseconds", NULL, fill_phases, NULL, false, false, NULL},
    {NULL, "Stage by stage", NULL, fill_stages, draw_stages, false, true, NULL},
    {NULL, "Distributions of the boots", NULL, NULL, draw_boot, false, false, NULL},
};

static const struct part of_findings[] = {
    {"Findings", "Between which platforms the figures decide, and between which they do not",
     "Each interval is 95 % of its own.", NULL, draw_findings, false, false, NULL},
};

static const struct part of_norm[] = {
    {"Ratios", "Every row as a ratio to one platform's",
     "How many times as much it costs; of a rate, how many times less it is: above 1 is worse. "
     "Each interval is of these runs: another session, or another boot of a lab, may differ more. "
     "A geometric mean is of its suite's rows, all of the same weight.",
     fill_norm, NULL, false, false, NULL},
};

static const struct part of_boots[] = {
    {"Boots", "Where a boot's time goes, all platforms at one scale",
     "Boots of one place compare with each other; those of a lab, or emulated, with no others.",
     NULL, draw_phases, false, false, NULL},
};

static const struct part of_all[] = {
    {"Counts", "What was counted, exactly",
     "One run under the plugin; another has the same figures.", fill_counts, NULL, false, false,
     NULL},
    {"Exits", "Exits to the hypervisor, by reason", NULL, fill_exits, NULL, false, false, NULL},
    {"Two modes and outliers", "Rows whose median is not the whole story", NULL, fill_oddities,
     NULL, true, false, NULL},
    {"All figures", "Every row with its distribution", NULL, fill_all, NULL, true, false, NULL},
    {"Skipped", "What could not be measured, and why", NULL, fill_skipped, NULL, false, false,
     NULL},
    {"Provenance", "Where the figures come from", NULL, fill_provenance, draw_provenance, false,
     true, NULL},
};

#define ADD(parts) add(list, parts, sizeof(parts) / sizeof *(parts))
static void add(struct part_list *list, const struct part *parts, size_t n)
{
    for (size_t i = 0; i < n && list->n < PAGE_PARTS; i++)
        list->v[list->n++] = parts[i];
}

void comparison_parts(struct part_list *list)
{
    list->n = 0;
    ADD(of_comparisons);
}

void page_parts(struct part_list *list)
{
    list->n = 0;
    ADD(of_boots);
    ADD(of_findings);
    ADD(of_norm);
    for (const struct suite *const *s = suites; *s; s++) {
        const struct part own = {
            .section = (*s)->title, .title = (*s)->what, .intro = (*s)->note, .suite = *s};

        add(list, &own, 1);
        if (!strcmp((*s)->name, "basic"))
            ADD(of_basic);
        if ((*s)->joins_clocks)
            ADD(of_boot);
    }
    ADD(of_all);
}

void page_lead(const struct view *v, struct buf *sentence, struct buf *basis)
{
    if (v->comparison) {
        comparison_sentence(v->comparison, sentence);
        comparison_basis(v->comparison, basis);
    } else if (!facts_text(v->result->facts, "side")[0]) {
        lead_sentence(v->result, sentence);
    }
}

char *part_title(const struct part *part, const struct view *v)
{
    return part->suite && part->suite->own_rows ? suite_called(part->suite, v->result)
                                                : xstrdup(part->title);
}

void part_fill(const struct part *part, const struct view *v, struct sheet *s)
{
    if (part->suite)
        fill_suite(v, part->suite, s);
    else if (part->fill)
        part->fill(v, s);
}

void part_draw(const struct part *part, const struct view *v, struct buf *out)
{
    if (part->suite && suite_is_rate(part->suite))
        draw_bars(v, part->suite->name, out);
    else if (part->suite && part->suite->plots)
        draw_plots(v, part->suite->name, out);
    else if (part->draw)
        part->draw(v, out);
}
