/* The suite sqlite: a database's commits, reads and speedtest1.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/suite.h"

static const struct suite_app apps[] = {
    {.name = "sqlite",
     .args = "--json",
     .arguments = suite_quick,
     .collect = suite_collect_rows,
     .seconds = 20,
     .runs = 3,
     .lab_runs = 1},
    {.name = NULL},
};

#define TIME(name, unit)                                                                           \
    {                                                                                              \
        name, name, unit, "less", ROW_OPTIONAL, name, NULL, NULL                                   \
    }
#define BLOBS(n)                                                                                   \
    TIME(n " blobs, read in order", "us"), TIME(n " blobs, read at random", "us"),                 \
        TIME(n " blobs, overwritten", "us")

static const struct suite_row rows[] = {
    TIME("2500 inserts, a commit each", "us"),
    BLOBS("8192"),
    TIME("speedtest1, size 10", "s"),
    TIME("250 inserts, a commit each", "us"),
    BLOBS("1024"),
    TIME("speedtest1, size 1", "s"),
    {.name = NULL},
};

const struct suite suite_sqlite = {
    .name = "sqlite",
    .title = "SQLite",
    .what = "A database in a file of the memory: commits, blobs of 4 KiB, its own speedtest1",
    .note = "Less is better. Times are for one insert, or one blob, and for all of speedtest1.",
    .figure = "us each, or s",
    .screen = "SQLite, us each, or s",
    .count = "runs",
    .help = "a database's commits, reads, its own speedtest1",
    .apps = apps,
    .rows = rows,
    .extra = true,
};
