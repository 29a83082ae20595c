/* Published claims: CPUID, memory and programs in confidential virtual machines.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "replay/replay.h"

#include <stddef.h>

#define CELL(side, stat_text, figure, stat_key, none_text, ...)                                    \
    .label = side ", " stat_text, .theirs = #figure " µs", .low = (figure), .high = (figure),      \
    .name = "leaf 0x0", .unit = "us", .suite = "cpuid", .stat = (stat_key), .grain = 0.01,         \
    .hardware = true, .where_measured = true, .none = (none_text), .platforms = {__VA_ARGS__}
#define FOUR(side, p50, p95, p99, most, none_text, ...)                                            \
    CELL(side, "50 %", p50, NULL, none_text, __VA_ARGS__)                                          \
    }                                                                                              \
    , {CELL(side, "95 %", p95, "p95", none_text, __VA_ARGS__)},                                    \
        {CELL(side, "99 %", p99, "p99", none_text, __VA_ARGS__)},                                  \
    {                                                                                              \
        CELL(side, "max", most, "max", none_text, __VA_ARGS__)
#define BARE "host"
#define VM   "kvm", "linux-kvm", "qemu"

#define NO_TME "no host with TME was measured"
#define NO_TDX "no TDX host was measured"

const struct replay_claim confidential_claims[] = {
    {.section = "CPUID, leaf 0x0", FOUR("bare", 0.05, 0.05, 0.05, 0.09, NULL, BARE)},
    {FOUR("bare:tme", 0.04, 0.05, 0.05, 0.09, NO_TME, NULL)},
    {FOUR("bare:tme:bypass", 0.04, 0.05, 0.05, 6.06, NO_TME, NULL)},
    {FOUR("vm:bare", 0.61, 0.62, 0.62, 27.94, NULL, VM)},
    {FOUR("vm:notdx", 0.62, 0.62, 0.64, 7.83, NO_TME, NULL)},
    {FOUR("vm:notdx:bypass", 0.62, 0.62, 0.63, 4.11, NO_TME, NULL)},
    {FOUR("vm:tdx", 1.45, 1.46, 1.47, 31.95, NO_TDX, NULL)},
    {FOUR("vm:tdx:bypass", 1.49, 1.62, 1.63, 29.64, NO_TDX, NULL)},
    {.section = "Memory, more than bare",
     .label = "RAMspeed, bare:tme",
     .theirs = "3.3 %",
     .none = NO_TME},
    {.label = "RAMspeed, vm:tdx", .theirs = "6.38 %", .none = NO_TDX},
    {.label = "tinymembench, bare:tme", .theirs = "5.95 %", .none = NO_TME},
    {.label = "tinymembench, vm:tdx", .theirs = "4.42 %", .none = NO_TDX},
    {.label = "MBW, bare:tme", .theirs = "9.37 %", .none = NO_TME},
    {.label = "MBW, vm:tdx", .theirs = "10.52 %", .none = NO_TDX},
    {.section = "Programs, more than a VM",
     .label = "compilation and NPB, vm:tdx",
     .theirs = "10 to 60 %",
     .none = NO_TDX},
    {.label = "LZ4, vm:notdx and vm:tdx", .theirs = "similar", .none = NO_TDX},
    {.label = "SQLite, vm:tdx, above 32 copies", .theirs = "larger, no figure", .none = NO_TDX},
    {.label = NULL},
};

const char *const confidential_notes[] = {
    "Ours is measured by: limpet bench cpuid -p kvm,host -o FILE",
    "CPUID: single calls between two fenced time stamps, ours in cycles and told as times by the "
    "guest's clock; the stamps' own cost (row two stamps of the suite) is in every figure, theirs "
    "and ours.",
    "The part that a VM itself has of the other tables: limpet report --norm host, of the suites "
    "memory, npb and lz4.",
    "Under TDX the image ends with a sentence that says so.",
    "bare is held against the host's own processor, vm:bare against a guest on KVM.",
    NULL,
};

const char *const confidential_faults[] = {
    "Which machine it was is not told: the text announces AMD SEV and lists an EPYC 7713P, while "
    "every row and remark is of TDX and TME, which are Intel's.",
    "Of the four leaves that are announced, the text has a table of 0x0 alone.",
    "Times are given in steps of 0.01 µs: bare's 0.04 and 0.05 may differ by next to nothing or by "
    "half, so the three bare rows cannot be told apart.",
    "A maximum of 10,000 calls tells of the one longest interruption: 0.09 and 6.06 µs stand in "
    "rows whose other percentiles are the same.",
    "RAMspeed and, as the test suite that was used shows it, tinymembench report MB/s, "
    "so the conclusion that latency suffers less than bandwidth compares bandwidths with each "
    "other.",
    "tinymembench has the encrypted VM (4.42 %) ahead of the bare machine with encryption "
    "(5.95 %), and RAMspeed the other way round: without intervals a difference of two points is "
    "not told from noise.",
    "The VM's processors were overcommitted, as the text itself says: the 10 to 60 % of "
    "compilation and NPB hold that, too, by an unknown share.",
    NULL,
};
