/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SQLite: inserts, each its own transaction, whose syncs and bytes are counted; blobs of 4 KiB read
 * in order, at random, and overwritten; speedtest1, whose hash must be what it was where it was
 * built.
 *
 * usage: sqlite [--json] [-q]
 */
#include "bench.h"
#include "figures.h"
#include <stdio.h>
#ifdef SQLITE_THERE
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

/* How much of each; with -q: the second. */
static const unsigned inserts[] = {2500, 250}, blobs[] = {8192, 1024}, size[] = {10, 1};

static void give_up(struct sqlite3 *db, const char *what)
{
    printf("sqlite: %s: %s\n", what, db != NULL ? sqlite3_errmsg(db) : "no memory: --mem 512");
    exit(1);
}

const char *database_path(void)
{
    return access("/dev/shm", W_OK) == 0 ? "/dev/shm/limpet-sqlite.db" : "/tmp/limpet-sqlite.db";
}

struct sqlite3 *database(bool anew)
{
    struct sqlite3 *db = NULL;
    if (anew)
        unlink(database_path());
    if (sqlite3_open(database_path(), &db) != SQLITE_OK)
        give_up(db, database_path());
    return db;
}

void database_close(struct sqlite3 *db)
{
    if (sqlite3_close(db) != SQLITE_OK)
        give_up(db, "closing");
}

void run_sql(struct sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        give_up(db, sql);
}

struct sqlite3_stmt *prepare(struct sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        give_up(db, sql);
    return statement;
}

int64_t ask(struct sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = prepare(db, sql);
    if (sqlite3_step(statement) != SQLITE_ROW)
        give_up(db, sql);
    int64_t answer = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return answer;
}

static int run(bool quick)
{
    if (!counting_vfs()) {
        printf("sqlite: this build of SQLite has no files\n");
        return 1;
    }
    bool right = insert_rows(inserts[quick]);
    right &= blob_rows(blobs[quick]);
    right &= speedtest_row(size[quick]);
    unlink(database_path());
    return !right;
}
#else
static int run(bool quick)
{
    (void)quick;
    figure_none(SQLITE_SUITE, "built without SQLite's source: make suites, then make");
    return 0;
}
#endif

int main(int argc, char **argv) { return figures_main(SQLITE_SUITE, argc, argv, run); }
