/* The suite cpuid: what instructions cost that may make the hypervisor run.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/suite.h"

static const struct suite_app apps[] = {
    {.name = "cpuid",
     .args = "--json",
     .collect = suite_collect_rows,
     .seconds = 10,
     .runs = 3,
     .lab_runs = 1},
    {.name = NULL},
};

#define ROW(name, label, class)                                                                    \
    {                                                                                              \
        name, label, "cycles", "less", class, NULL, NULL, NULL                                     \
    }
#define OTHER(name, label) ROW(name, label, ROW_OPTIONAL)
#define LEAF(leaf, label, does, by)                                                                  \
    {"leaf " leaf, "CPUID " leaf ", " label, "cycles", "less", ROW_MAIN, "CPUID " leaf, does, by},   \
        {"leaf " leaf " time", "CPUID " leaf ", in time", "ns", "less", ROW_MAIN, NULL, NULL, NULL}, \
    {                                                                                                \
        "leaf " leaf " by clock", "CPUID " leaf ", mean of many by the clock", "ns", "less",         \
            ROW_MAIN, NULL, NULL, NULL                                                               \
    }

static const struct suite_row rows[] = {
    LEAF("0x0", "vendor", "answers CPUID", "CPUID"),
    LEAF("0x2", "caches", NULL, NULL),
    LEAF("0x15", "TSC and crystal", NULL, NULL),
    LEAF("0x16", "frequencies", NULL, NULL),
    OTHER("leaf 0x1", "CPUID 0x1, features"),
    OTHER("leaf 0x40000000", "CPUID 0x40000000, hypervisor"),
    OTHER("RDMSR APIC_BASE", "RDMSR, local APIC's base"),
    OTHER("RDMSR FS_BASE", "RDMSR, FS base"),
    OTHER("RDMSR TSC_ADJUST", "RDMSR, TSC adjust"),
    OTHER("WRMSR KERNEL_GS_BASE", "WRMSR, kernel's GS base"),
    OTHER("WRMSR SPEC_CTRL", "WRMSR, IBRS on and off"),
    OTHER("MOV to CR0", "MOV to CR0, write protection"),
    OTHER("MOV to CR3", "MOV to CR3"),
    OTHER("MOV to CR4", "MOV to CR4, global pages"),
    OTHER("MOV to CR8", "MOV to CR8"),
    OTHER("MOV to DR7", "MOV to DR7"),
    OTHER("SGDT", "SGDT"),
    OTHER("SIDT", "SIDT"),
    OTHER("SLDT", "SLDT"),
    OTHER("SMSW", "SMSW"),
    OTHER("LGDT", "LGDT"),
    {"IN 0x3ff", "IN, a device's port", "cycles", "less", ROW_OPTIONAL, "IN, a device's port", NULL,
     NULL},
    OTHER("IN 0x4d0", "IN, the PIC's port"),
    OTHER("IN 0x1234", "IN, nobody's port"),
    OTHER("INS 26 bytes", "INS, 26 bytes"),
    OTHER("OUT 0x3ff", "OUT, a device's port"),
    {"hypercall", "hypercall", "cycles", "less", ROW_OPTIONAL, "hypercall", NULL, NULL},
    {"self-IPI", "self-IPI, handled", "cycles", "less", ROW_OPTIONAL, "self-IPI", NULL, NULL},
    OTHER("self-IPI in HLT", "self-IPI, handled out of HLT"),
    {"timer of 1 tick", "timer, armed and handled", "cycles", "less", ROW_OPTIONAL, "timer", NULL,
     NULL},
    OTHER("TSC deadline now", "TSC deadline, armed and handled"),
    {"HLT 100 us late by", "HLT for 100 µs, woken late by", "cycles", "less", ROW_OPTIONAL,
     "HLT for 100 µs, late by", NULL, NULL},
    OTHER("IPI", "IPI, handled by a CPU at work"),
    OTHER("IPI to an idle CPU", "IPI, handled by an idle CPU"),
    OTHER("two stamps", "two time stamps, in every sample"),
    {.name = NULL},
};

const struct suite suite_cpuid = {
    .name = "cpuid",
    .title = "Exits by instruction",
    .what = "Instructions that may exit",
    .note =
        "The median of single calls, each between two fenced time stamps, whose own cost (the last "
        "row) is in every figure; less is better.",
    .figure = "median of single calls",
    .screen = "Instructions that may exit, median",
    .count = "runs",
    .help = "CPUID, MSRs, ports, hypercalls, interrupts: each by itself",
    .apps = apps,
    .rows = rows,
    .exits = EXITS_ALWAYS,
    .plots = true,
    .extra = true,
};
