/* SPDX-License-Identifier: BSD-2-Clause */
/* A VFS in front of SQLite's own, which counts what is asked of files. */
#ifdef SQLITE_THERE
#include "bench.h"
#include <sqlite3.h>
#include <string.h>

/* A file of ours; that of the VFS behind stands right after it. */
struct file {
    sqlite3_file base;
    sqlite3_file behind[];
};

struct counts counts;
static sqlite3_vfs *behind;

void counts_clear(void) { memset(&counts, 0, sizeof counts); }

static sqlite3_file *of(sqlite3_file *f) { return ((struct file *)f)->behind; }

static int counted_sync(sqlite3_file *f, int flags)
{
    int rc = of(f)->pMethods->xSync(of(f), flags);
    counts.syncs += rc == SQLITE_OK;
    return rc;
}

static int counted_write(sqlite3_file *f, const void *data, int n, sqlite3_int64 at)
{
    int rc = of(f)->pMethods->xWrite(of(f), data, n, at);
    if (rc == SQLITE_OK) {
        counts.writes++;
        counts.written += (uint64_t)n;
    }
    return rc;
}

static int counted_read(sqlite3_file *f, void *data, int n, sqlite3_int64 at)
{
    int rc = of(f)->pMethods->xRead(of(f), data, n, at);
    if (rc == SQLITE_OK) {
        counts.reads++;
        counts.read += (uint64_t)n;
    }
    return rc;
}

/* The rest is passed on. */
static int do_close(sqlite3_file *f) { return of(f)->pMethods->xClose(of(f)); }
static int do_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    return of(f)->pMethods->xTruncate(of(f), n);
}
static int do_size(sqlite3_file *f, sqlite3_int64 *n)
{
    return of(f)->pMethods->xFileSize(of(f), n);
}
static int do_lock(sqlite3_file *f, int level) { return of(f)->pMethods->xLock(of(f), level); }
static int do_unlock(sqlite3_file *f, int level) { return of(f)->pMethods->xUnlock(of(f), level); }
static int do_check(sqlite3_file *f, int *out)
{
    return of(f)->pMethods->xCheckReservedLock(of(f), out);
}
static int do_control(sqlite3_file *f, int what, void *with)
{
    return of(f)->pMethods->xFileControl(of(f), what, with);
}
static int do_sector(sqlite3_file *f) { return of(f)->pMethods->xSectorSize(of(f)); }
static int do_traits(sqlite3_file *f) { return of(f)->pMethods->xDeviceCharacteristics(of(f)); }

static const sqlite3_io_methods methods = {
    .iVersion = 1, /* without shared memory and mappings: all goes by read and write */
    .xClose = do_close,
    .xRead = counted_read,
    .xWrite = counted_write,
    .xTruncate = do_truncate,
    .xSync = counted_sync,
    .xFileSize = do_size,
    .xLock = do_lock,
    .xUnlock = do_unlock,
    .xCheckReservedLock = do_check,
    .xFileControl = do_control,
    .xSectorSize = do_sector,
    .xDeviceCharacteristics = do_traits,
};

static int open_counted(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *got)
{
    (void)vfs;
    int rc = behind->xOpen(behind, name, of(f), flags, got);
    f->pMethods = of(f)->pMethods != NULL ? &methods : NULL;
    return rc;
}

bool counting_vfs(void)
{
    static sqlite3_vfs counting;
    behind = sqlite3_vfs_find(NULL);
    if (behind == NULL)
        return false;
    counting = *behind;
    counting.zName = "counting";
    counting.szOsFile += (int)sizeof(struct file);
    counting.xOpen = open_counted;
    return sqlite3_vfs_register(&counting, 1) == SQLITE_OK;
}
#endif
