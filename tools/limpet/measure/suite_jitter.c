/* The suite jitter: how often and for how long a CPU is taken away.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/suite.h"

static const struct suite_app apps[] = {
    {.name = "jitter",
     .args = "--json",
     .collect = suite_collect_rows,
     .seconds = 10,
     .runs = 3,
     .lab_runs = 1},
    {.name = NULL},
};

#define ROW(name, label, unit, class, screen)                                                      \
    {                                                                                              \
        name, label, unit, "less", class, screen, NULL, NULL                                       \
    }

static const struct suite_row rows[] = {
    {"taken", "time taken", "us/s", "less", ROW_MAIN, "time taken [µs/s]", "leaves the CPU alone",
     "time taken"},
    ROW("longest gap", "longest gap", "us", ROW_MAIN, "longest gap [µs]"),
    ROW("gaps of 1 us", "gaps of 1 µs and more", "/s", ROW_MAIN, "gaps of 1 µs and more [/s]"),
    ROW("gaps of 10 us", "gaps of 10 µs and more", "/s", ROW_MAIN, NULL),
    ROW("gaps of 100 us", "gaps of 100 µs and more", "/s", ROW_MAIN, NULL),
    ROW("gaps of 1 ms", "gaps of 1 ms and more", "/s", ROW_MAIN, "gaps of 1 ms and more [/s]"),
    ROW("gaps of 10 ms", "gaps of 10 ms and more", "/s", ROW_MAIN, NULL),
    ROW("gaps", "length of a gap, median", "ns", ROW_MAIN, NULL),
    {"longest gaps with an exit", "of the 100 longest gaps, with a VM exit", "%", "more",
     ROW_OPTIONAL, NULL, NULL, NULL},
    ROW("stolen", "stolen, as the hypervisor tells", "us/s", ROW_OPTIONAL, "stolen [µs/s]"),
    ROW("waited for a CPU", "waited, as Linux tells", "us/s", ROW_OPTIONAL, NULL),
    ROW("interrupts off taken", "interrupts off: time taken", "us/s", ROW_OPTIONAL,
        "interrupts off: taken [µs/s]"),
    ROW("interrupts off longest", "interrupts off: longest gap", "us", ROW_OPTIONAL, NULL),
    ROW("interrupts off gaps", "interrupts off: length of a gap, median", "ns", ROW_OPTIONAL, NULL),
    ROW("wake-up late by", "wake-up late by, median", "ns", ROW_MAIN, "wake-up late by [ns]"),
    ROW("two readings", "two readings of the TSC", "cycles", ROW_OPTIONAL, NULL),
    {.name = NULL},
};

const struct suite suite_jitter = {
    .name = "jitter",
    .title = "Jitter",
    .what = "Time in which somebody else had the CPU",
    .note = "A loop that reads the TSC sees it as gaps of 1 µs and more between two readings; less "
            "is better.",
    .figure = "row",
    .screen = "Jitter, median of the runs",
    .count = "runs",
    .help = "gaps of a busy CPU, stolen time, late wake-ups",
    .apps = apps,
    .rows = rows,
    .exits = EXITS_ALWAYS,
    .plots = true,
    .extra = true,
};
