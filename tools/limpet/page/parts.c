/* The parts of a report, in their order.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/page.h"

const struct part page_parts[] = {
    {"Comparison", "The verdict", "A is measured twice in every round: A and A again.", fill_sum,
     NULL, false, false},
    {NULL, "What differs between the sides",
     "As it is recorded, not measured: any of it may be the reason of what follows.", fill_sides,
     NULL, false, false},
    {NULL, "B against A, row by row",
     "A and B are figures of their best runs, not medians. A once more in every round shows what "
     "the same thing differs by from itself, the floor. Where noise would hide 5 %, nothing is "
     "told.",
     fill_verdict, NULL, false, false},
    {"Basic", "CPU cycles per call",
     "Ticks of the time stamp counter, loops of many calls; less is better.", fill_basic, NULL,
     false, false},
    {NULL, "What a page access costs",
     "Memory new to the guest costs the guest's fault, zeroing and the host's own fault; memory "
     "that the host has backed already, the first two.",
     fill_access, NULL, false, false},
    {NULL, "Distributions",
     "Of single calls between time stamps; the stamps' own cost (rdtsc pair) is in them, as it is "
     "not in the tables.",
     NULL, draw_basic, false, false},
    {"STREAM", "Memory bandwidth", "More is better.", fill_stream, draw_stream, false, false},
    {"Boot time", "From the start of the hypervisor's tool to the end",
     "Less is better. Only Xen has a toolstack that creates a domain first and lets it go later.",
     fill_boot, NULL, false, false},
    {NULL, "Stage by stage", NULL, fill_stages, draw_stages, false, true},
    {NULL, "Distributions of the boots", NULL, NULL, draw_boot, false, false},
    {"Throughput", "Boots with so many guests at once", "More is better.", fill_throughput,
     draw_throughput, false, false},
    {"Guests of a VMM", "Programs that a published VMM ran",
     "Their own time in cycles, their lives in ms; less is better.", fill_guests, NULL, false,
     false},
    {"Exits", "Exits to the hypervisor, by reason", NULL, fill_exits, NULL, false, false},
    {"Two modes and outliers", "Rows whose median is not the whole story", NULL, fill_oddities,
     NULL, true, false},
    {"All figures", "Every row with its distribution", NULL, fill_all, NULL, true, false},
    {"Skipped", "What could not be measured, and why", NULL, fill_skipped, NULL, false, false},
    {"Provenance", "Where the figures come from", NULL, fill_provenance, draw_provenance, false,
     true},
    {0},
};
