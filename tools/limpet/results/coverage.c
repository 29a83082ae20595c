/* Which lines of a guest ran: the .gcda files that it told, added to those that stand there.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/coverage.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/proc.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MERGE_S 120.0

/* A .gcda file and its .gcno begin with a magic word, the version, and a stamp of the compilation
 * that both have (gcc/gcov-io.h). */
#define STAMP_AT  8
#define STAMP_END 12

/* Behind those and a checksum stands, in the files of programs of Linux, how many runs they are
 * of: a record of two words, the second of which (a greatest count) nothing reads. The function
 * that guests have leaves it out, and gcov then says "Runs: 0". */
#define HEAD_END 16
static const char one_run[] = "\0\0\0\xa1\x08\0\0\0\x01\0\0\0\0\0\0";
_Static_assert(sizeof one_run == 16, "tag 0xa1000000, 8 bytes, 1 run, 0");

/* As a file: with that record. */
static struct buf file_bytes(const struct told_file *f)
{
    size_t n = f->bytes.len, head = n < HEAD_END ? n : HEAD_END;
    struct buf out = {0};

    buf_add(&out, f->bytes.data, head);
    if (n < HEAD_END + 4 || memcmp(f->bytes.data + HEAD_END, one_run, 4))
        buf_add(&out, one_run, sizeof one_run);
    buf_add(&out, f->bytes.data + head, n - head);
    return out;
}

/* The .gcno of a .gcda, opened and locked as long as that is open; -1: there is none of the same
 * compilation. */
static int open_notes(const struct told_file *f)
{
    size_t n = strlen(f->path);
    char head[STAMP_END], *path;
    int fd;

    if (!f->whole || f->bytes.len < STAMP_END || n < 6 || strcmp(f->path + n - 5, ".gcda"))
        return -1;
    path = xasprintf("%.*sno", (int)n - 2, f->path);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    free(path);
    if (fd >= 0 && (read(fd, head, sizeof head) != sizeof head || memcmp(head, "oncg", 4) ||
                    memcmp(f->bytes.data, "adcg", 4) ||
                    memcmp(head + STAMP_AT, f->bytes.data + STAMP_AT, STAMP_END - STAMP_AT) ||
                    flock(fd, LOCK_EX))) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* Is there an older file of the same compilation? */
static bool has_older(const struct told_file *f)
{
    size_t n = 0;
    char *old = file_read(f->path, TOLD_MAX, &n);
    bool same = old && n >= STAMP_END && !memcmp(old, f->bytes.data, STAMP_END);

    free(old);
    return same;
}

/* Puts the files that have an older one into dir/old and dir/new, by their numbers. Returns how
 * many, or -1 with a message. */
static int lay_out(const struct told *c, const int *notes, const char *dir)
{
    int found = 0;

    for (size_t i = 0; i < c->n && found >= 0; i++) {
        const struct told_file *f = &c->files[i];
        char *old = xasprintf("%s/old/%zu.gcda", dir, i);
        char *new = xasprintf("%s/new/%zu.gcda", dir, i);
        struct buf bytes = file_bytes(f);

        if (notes[i] >= 0 && has_older(f))
            found = file_copy(f->path, old, 0600) || output_file(new, bytes.data, bytes.len)
                        ? -1
                        : found + 1;
        buf_free(&bytes);
        free(old);
        free(new);
    }
    return found;
}

/* Runs gcov-tool in dir: out/ is old/ and new/ together. */
static int merge(const char *dir)
{
    char *argv[] = {"gcov-tool", "merge", "old", "new", "-o", "out", NULL};
    struct buf words = {0};
    int failed = proc_run(argv, dir, MERGE_S, NULL, &words);

    if (failed)
        warn("coverage: gcov-tool, of gcc's package, could not add the counts: %s",
             words.len ? words.data : "it takes too long");
    buf_free(&words);
    return failed ? -1 : 0;
}

/* All files take the place of the older ones; those that were merged as they are in dir/out. */
static int replace(const struct told *c, const int *notes, const char *dir)
{
    int failed = 0;

    for (size_t i = 0; i < c->n && !failed; i++) {
        const struct told_file *f = &c->files[i];
        char *path = xasprintf("%s/out/%zu.gcda", dir, i);
        size_t n = 0;
        char *merged = notes[i] >= 0 ? file_read(path, TOLD_MAX, &n) : NULL;
        struct buf bytes = file_bytes(f);

        if (merged)
            failed = output_file(f->path, merged, n);
        else if (notes[i] >= 0)
            failed = output_file(f->path, bytes.data, bytes.len);
        free(merged);
        buf_free(&bytes);
        free(path);
    }
    return failed;
}

static int add_all(const struct told *c, const int *notes)
{
    char *dir = cleanup_tmpdir(), *old, *new;
    int found, failed;

    if (!dir)
        return -1;
    old = xasprintf("%s/old", dir);
    new = xasprintf("%s/new", dir);
    found = mkdir(old, 0700) || mkdir(new, 0700) ? -1 : lay_out(c, notes, dir);
    failed = found < 0 || (found && merge(dir)) || replace(c, notes, dir);
    cleanup_remove(dir);
    free(old);
    free(new);
    free(dir);
    return failed ? -1 : 0;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct told_file *)a)->path, ((const struct told_file *)b)->path);
}

int coverage_write(struct told *c)
{
    int *notes = xrealloc(NULL, (c->n + 1) * sizeof *notes), failed;
    size_t strange = 0, first = 0;

    qsort(c->files, c->n, sizeof *c->files, by_path); /* one order, in which all lock */
    for (size_t i = 0; i < c->n; i++) {
        notes[i] =
            i && !strcmp(c->files[i].path, c->files[i - 1].path) ? -1 : open_notes(&c->files[i]);
        first = notes[i] < 0 && !strange++ ? i : first;
    }
    failed = c->n > strange && add_all(c, notes);
    if (strange)
        warn("coverage: %zu of %zu files are not written, as %s: no .gcno of the same compilation "
             "is beside it",
             strange, c->n, c->files[first].path);
    for (size_t i = 0; i < c->n; i++)
        if (notes[i] >= 0)
            close(notes[i]);
    if (c->damaged)
        warn("coverage: some lines of the guest are damaged or lost");
    free(notes);
    return failed || strange || c->damaged ? -1 : 0;
}
