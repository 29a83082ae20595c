/* The suite lz4: compressing and decompressing.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/suite.h"

static const struct suite_app apps[] = {
    {.name = "lz4",
     .args = "--json",
     .arguments = suite_quick,
     .collect = suite_collect_rows,
     .seconds = 20,
     .runs = 1,
     .lab_runs = 1},
    {.name = NULL},
};

#define RATE(name)                                                                                 \
    {                                                                                              \
        name, name, "MB/s", "more", ROW_OPTIONAL, name, NULL, NULL                                 \
    }
#define LEVEL(name) RATE(name ", compress"), RATE(name ", decompress")
#define DATA(name)  LEVEL(name ", level 1"), LEVEL(name ", level 3"), LEVEL(name ", level 9")

static const struct suite_row rows[] = {
    DATA("16 MiB text"), DATA("16 MiB noise"), DATA("1 MiB text"),
    DATA("1 MiB noise"), {.name = NULL},
};

const struct suite suite_lz4 = {
    .name = "lz4",
    .title = "LZ4",
    .what = "Compression and decompression, 10^6 bytes of plain data a second",
    .note = "More is better. The fastest loop; each result is unpacked and its hash compared.",
    .figure = "MB/s, fastest loop",
    .screen = "LZ4, MB/s, fastest loop",
    .count = "runs",
    .help = "LZ4 on text and noise",
    .apps = apps,
    .rows = rows,
    .extra = true,
};
