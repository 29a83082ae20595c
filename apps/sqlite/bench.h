/* SPDX-License-Identifier: BSD-2-Clause */
/* The suite sqlite: its rows, what its file system counts, and how the files use them. */
#ifndef SQLITE_BENCH_H
#define SQLITE_BENCH_H

#include <stdbool.h>
#include <stdint.h>

struct sqlite3;
struct sqlite3_stmt;

/* What databases asked of files since counts_clear(), as far as the system said yes. */
struct counts {
    uint64_t syncs, writes, written, reads, read; /* written, read: bytes */
};
extern struct counts counts;
void counts_clear(void);

/* SQLite's own VFS with counters in front of it; from here on all databases use it. */
bool counting_vfs(void);

/* Where databases are made: in memory, if the system has such a place. */
const char *database_path(void);

/* Opens the database, or ends the program with a sentence. anew: without what was there. */
struct sqlite3 *database(bool anew);
void database_close(struct sqlite3 *db);

/* A statement, which sqlite3_finalize() ends; or ends the program with a sentence. */
struct sqlite3_stmt *prepare(struct sqlite3 *db, const char *sql);

/* Runs SQL, or ends the program with a sentence. */
void run_sql(struct sqlite3 *db, const char *sql);

/* The one number that a query gives. */
int64_t ask(struct sqlite3 *db, const char *sql);

/* Rows, each printed; false when one is not valid. Counts of inserts, blobs; speedtest1's size. */
bool insert_rows(unsigned inserts);
bool blob_rows(unsigned blobs);
bool speedtest_row(unsigned size);

/* speedtest1's own main() with these arguments, and "bytes hash" of all that it got: speedtest.c */
int speedtest1(int argc, char **argv);
const char *speedtest1_hash(void);

#define SQLITE_SUITE "sqlite"

#endif
