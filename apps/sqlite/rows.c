/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of the suite sqlite: what they do, and what proves it. */
#ifdef SQLITE_THERE
#include "bench.h"
#include "figures.h"
#include "hash.h"
#include "../../tools/cost/marks.h"
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#define PASSES 3
#define PAGE   4096 /* SQLite's, by default */
#define BLOB   4096u
#define STRIDE 40503u /* through all blobs in no order: odd, and their number is a power of two */

/* Figures in microseconds for one of n, of each pass; the mean counts. */
static void time_passes(struct figure *f, unsigned n, void (*before)(unsigned n),
                        void (*pass)(unsigned n))
{
    f->unit = f->sample_unit = "us";
    for (f->n = 0; f->n < PASSES; f->n++) {
        before(n);
        double began = figure_clock();
        MARK(MARK_BEGIN);
        pass(n);
        MARK(MARK_END);
        f->samples[f->n] = (figure_clock() - began) * 1e6 / n;
        f->value += f->samples[f->n] / PASSES;
    }
}

static sqlite3 *db;

/* Inserts: a table without an index, a transaction each. */

static void new_table(unsigned n)
{
    (void)n;
    if (db != NULL)
        database_close(db);
    db = database(true);
    run_sql(db, "CREATE TABLE t(i INTEGER, made TEXT DEFAULT CURRENT_TIMESTAMP, a TEXT, b TEXT)");
    counts_clear();
}

static void insert(unsigned n)
{
    char sql[80];
    for (unsigned i = 1; i <= n; i++) {
        snprintf(sql, sizeof sql, "INSERT INTO t(i, a, b) VALUES(%u, 'wave', 'rock and limpet')",
                 i);
        run_sql(db, sql);
    }
}

/* With the journal that is SQLite's default a commit syncs the journal twice and the database once,
 * and writes its first page, the row's page and, in the journal, the first as it was. */
static const char *inserts_missing(unsigned n)
{
    database_close(db);
    db = database(false);
    int64_t sum = ask(db, "SELECT sum(i) FROM t WHERE b = 'rock and limpet'");
    if (ask(db, "SELECT count(*) FROM t") != n || sum != (int64_t)n * (n + 1) / 2)
        return "the rows are not in the file";
    if (counts.syncs < 3ull * n)
        return "there were fewer syncs than its commits need";
    return counts.written < 3ull * PAGE * n ? "less was written than its commits need" : NULL;
}

bool insert_rows(unsigned n)
{
    char name[48], note[96];
    struct figure f = {.name = name, .note = note};
    snprintf(name, sizeof name, "%u inserts, a commit each", n);
    MARK(MARK_ROW);
    time_passes(&f, n, new_table, insert);
    struct counts last = counts;
    snprintf(note, sizeof note, "a commit: %.2f syncs, %.2f writes, %.0f B; in %s",
             (double)last.syncs / n, (double)last.writes / n, (double)last.written / n,
             database_path());
    f.invalid = inserts_missing(n);
    return figure_print(SQLITE_SUITE, &f);
}

/* Blobs: a table from number to 4 KiB, as SQLite's kvtest has. */

static sqlite3_stmt *statement;
static uint64_t sum;            /* of what was read */
static unsigned long long seed; /* which blobs are there */

/* What blob k is made of. Returns its sum. */
static uint64_t fill(uint64_t *blob, unsigned k)
{
    uint64_t x = (k + 1) * 0x9e3779b97f4a7c15u + seed, all = 0;
    for (unsigned i = 0; i < BLOB / 8; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        all += blob[i] = x;
    }
    return all;
}

static void close_statement(void)
{
    sqlite3_finalize(statement);
    statement = NULL;
}

/* Nothing of it is in SQLite's cache. */
static void reopen(const char *sql)
{
    close_statement();
    database_close(db);
    db = database(false);
    statement = prepare(db, sql);
    sum = 0;
    counts_clear();
}

static void before_reading(unsigned n)
{
    (void)n;
    reopen("SELECT v FROM kv WHERE k = ?1");
}

static void read_blob(unsigned k)
{
    sqlite3_bind_int64(statement, 1, k);
    if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_bytes(statement, 0) == BLOB) {
        const char *v = sqlite3_column_blob(statement, 0);
        for (unsigned i = 0; i < BLOB; i += 8) {
            uint64_t x;
            memcpy(&x, v + i, 8);
            sum += x;
        }
    }
    sqlite3_reset(statement);
}

static void read_in_order(unsigned n)
{
    for (unsigned k = 0; k < n; k++)
        read_blob(k);
}

static void read_at_random(unsigned n)
{
    for (unsigned k = 0; k < n; k++)
        read_blob(k * STRIDE % n);
}

static uint64_t blob[BLOB / 8];

static uint64_t write_blob(unsigned k)
{
    uint64_t its = fill(blob, k);
    sqlite3_bind_int64(statement, 1, k);
    sqlite3_bind_blob(statement, 2, blob, BLOB, SQLITE_STATIC);
    sqlite3_step(statement);
    sqlite3_reset(statement);
    return its;
}

static void before_writing(unsigned n)
{
    (void)n;
    seed++;
    reopen("UPDATE kv SET v = ?2 WHERE k = ?1");
}

static void overwrite(unsigned n)
{
    run_sql(db, "BEGIN");
    for (unsigned k = 0; k < n; k++)
        write_blob(k * STRIDE % n);
    run_sql(db, "COMMIT");
}

/* The sum of all blobs as they should be. */
static uint64_t sum_of_all(unsigned n)
{
    uint64_t all = 0;
    for (unsigned k = 0; k < n; k++)
        all += fill(blob, k);
    return all;
}

static void make_blobs(unsigned n)
{
    close_statement();
    database_close(db);
    db = database(true);
    run_sql(db, "CREATE TABLE kv(k INTEGER PRIMARY KEY, v BLOB)");
    statement = prepare(db, "INSERT INTO kv VALUES(?1, ?2)");
    run_sql(db, "BEGIN");
    for (unsigned k = 0; k < n; k++)
        write_blob(k);
    run_sql(db, "COMMIT");
}

static bool read_row(unsigned n, const char *how, void (*pass)(unsigned n))
{
    char name[48];
    struct figure f = {.name = name, .note = "for one"};
    snprintf(name, sizeof name, "%u blobs, %s", n, how);
    MARK(MARK_ROW);
    time_passes(&f, n, before_reading, pass);
    if (sum != sum_of_all(n))
        f.invalid = "what was read is not what was written";
    else if (counts.read < (uint64_t)n * BLOB)
        f.invalid = "less was read from the file than the blobs are";
    return figure_print(SQLITE_SUITE, &f);
}

static bool overwrite_row(unsigned n)
{
    char name[48], note[80];
    struct figure f = {.name = name, .note = note};
    snprintf(name, sizeof name, "%u blobs, overwritten", n);
    MARK(MARK_ROW);
    time_passes(&f, n, before_writing, overwrite);
    struct counts last = counts;
    snprintf(note, sizeof note, "for one, in one commit: %.2f writes, %.0f B; %llu syncs in all",
             (double)last.writes / n, (double)last.written / n, (unsigned long long)last.syncs);
    before_reading(n);
    read_in_order(n);
    if (sum != sum_of_all(n))
        f.invalid = "the new blobs are not in the file";
    else if (last.written < 2ull * n * BLOB || last.syncs < 3)
        f.invalid = "less was written and synced than the commit needs";
    return figure_print(SQLITE_SUITE, &f);
}

bool blob_rows(unsigned n)
{
    make_blobs(n);
    bool right = read_row(n, "read in order", read_in_order);
    right &= read_row(n, "read at random", read_at_random);
    right &= overwrite_row(n);
    close_statement();
    database_close(db);
    db = NULL;
    return right;
}

/* speedtest1, once. */

bool speedtest_row(unsigned size)
{
    static const struct {
        unsigned size;
        const char *hash;
    } known[] = {SPEEDTEST1_HASHES};
    char name[32], number[12], path[64];
    char *words[] = {"speedtest1", "--verify", "--size", number, path, NULL};
    struct figure f = {.name = name, .unit = "s", .note = "hash as on the machine that built it"};
    snprintf(name, sizeof name, "speedtest1, size %u", size);
    snprintf(number, sizeof number, "%u", size);
    snprintf(path, sizeof path, "%s", database_path());
    MARK(MARK_ROW);
    double began = figure_clock();
    MARK(MARK_BEGIN);
    int status = speedtest1(5, words);
    MARK(MARK_END);
    f.value = figure_clock() - began;
    f.invalid =
        status != 0 ? "speedtest1 failed" : "its hash is not that of the machine that built it";
    for (size_t i = 0; i < sizeof known / sizeof *known && status == 0; i++)
        if (known[i].size == size && strcmp(known[i].hash, speedtest1_hash()) == 0)
            f.invalid = NULL;
    return figure_print(SQLITE_SUITE, &f);
}
#endif
