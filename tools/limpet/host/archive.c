/* A folder as one archive: see archive.h.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "host/archive.h"
#include "base/buf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A file that has several names: its number in the archive. */
struct linked {
    dev_t dev;
    ino_t ino;
    unsigned number;
};

struct packer {
    FILE *out;
    struct archive_size *size;
    struct linked *linked;
    size_t linked_count;
    unsigned numbers;
    char *wrong;
};

static void fail(struct packer *p, const char *path, const char *why)
{
    if (!p->wrong)
        p->wrong = xasprintf("cannot take %s into the guest's root: %s", path, why);
}

/* The file's number; *first: its bytes come with this name. */
static unsigned number_of(struct packer *p, const struct stat *st, int *first)
{
    *first = 1;
    for (size_t i = 0; S_ISREG(st->st_mode) && st->st_nlink > 1 && i < p->linked_count; i++)
        if (p->linked[i].dev == st->st_dev && p->linked[i].ino == st->st_ino) {
            *first = 0;
            return p->linked[i].number;
        }
    if (S_ISREG(st->st_mode) && st->st_nlink > 1) {
        p->linked = xrealloc(p->linked, (p->linked_count + 1) * sizeof *p->linked);
        p->linked[p->linked_count++] = (struct linked){st->st_dev, st->st_ino, p->numbers + 1};
    }
    return ++p->numbers;
}

static void put(struct packer *p, const void *bytes, size_t n)
{
    if (n && fwrite(bytes, 1, n, p->out) != n && !p->wrong)
        p->wrong = xasprintf("cannot write the guest's root: %s", strerror(errno));
    p->size->bytes += n;
}

static void pad(struct packer *p) { put(p, "\0\0\0", -p->size->bytes & 3); }

/* Documentation/driver-api/early-userspace/buffer-format.rst of Linux. */
void archive_header(char header[ARCHIVE_HEADER + 1], const char *name, const struct stat *st,
                    unsigned number, unsigned long long bytes)
{
    long long time = st->st_mtime < 0 ? 0 : st->st_mtime > UINT_MAX ? UINT_MAX : st->st_mtime;
    dev_t device = S_ISCHR(st->st_mode) ? st->st_rdev : 0;

    snprintf(header, ARCHIVE_HEADER + 1,
             "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", number, st->st_mode, 0,
             0, (unsigned)st->st_nlink, (unsigned)time, (unsigned)bytes, 0, 0, major(device),
             minor(device), (unsigned)strlen(name) + 1, 0);
}

/* An entry without what it holds. */
static void put_header(struct packer *p, const char *name, const struct stat *st, unsigned number,
                       unsigned long long bytes)
{
    char header[ARCHIVE_HEADER + 1];

    archive_header(header, name, st, number, bytes);
    put(p, header, ARCHIVE_HEADER);
    put(p, name, strlen(name) + 1);
    pad(p);
}

/* So many bytes of a file, which another program may change meanwhile. */
static void put_file(struct packer *p, const char *path, unsigned long long bytes)
{
    static char block[1 << 18];
    FILE *in = fopen(path, "rb");
    size_t n;

    if (!in) {
        fail(p, path, strerror(errno));
        return;
    }
    while (bytes && (n = fread(block, 1, bytes < sizeof block ? bytes : sizeof block, in))) {
        put(p, block, n);
        bytes -= n;
    }
    if (bytes)
        fail(p, path, ferror(in) ? strerror(errno) : "it became shorter while it was read");
    fclose(in);
    pad(p);
}

static void put_link(struct packer *p, const char *path, const char *name, const struct stat *st)
{
    char to[PATH_MAX];
    ssize_t n = readlink(path, to, sizeof to);

    if (n < 0 || n == sizeof to) {
        fail(p, path, n < 0 ? strerror(errno) : strerror(ENAMETOOLONG));
        return;
    }
    put_header(p, name, st, ++p->numbers, (unsigned long long)n);
    put(p, to, (size_t)n);
    pad(p);
}

static void pack_folder(struct packer *p, const char *path, const char *name);

static void pack_one(struct packer *p, const char *path, const char *name)
{
    struct stat st;
    int first;

    if (lstat(path, &st)) {
        fail(p, path, strerror(errno));
        return;
    }
    p->size->entries++;
    if (S_ISDIR(st.st_mode)) {
        st.st_nlink = 2; /* file systems count them otherwise */
        put_header(p, name, &st, ++p->numbers, 0);
        pack_folder(p, path, name);
    } else if (S_ISLNK(st.st_mode)) {
        put_link(p, path, name, &st);
    } else if (!S_ISREG(st.st_mode)) {
        fail(p, path, "it is no file, folder or symbolic link");
    } else if (st.st_size > UINT_MAX) {
        fail(p, path, "it has 4 GiB or more");
    } else {
        unsigned number = number_of(p, &st, &first);
        unsigned long long bytes = first ? (unsigned long long)st.st_size : 0;

        put_header(p, name, &st, number, bytes);
        put_file(p, path, bytes);
    }
}

/* In the order of bytes, whatever the locale. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_entry(const struct dirent *e)
{
    return strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
}

static void pack_folder(struct packer *p, const char *path, const char *name)
{
    struct dirent **list;
    int n = scandir(path, &list, is_entry, by_bytes);

    if (n < 0) {
        fail(p, path, strerror(errno));
        return;
    }
    for (int i = 0; i < n; i++) {
        char *below = xasprintf("%s/%s", path, list[i]->d_name);
        char *inner = xasprintf("%s%s%s", name, *name ? "/" : "", list[i]->d_name);

        if (!p->wrong)
            pack_one(p, below, inner);
        free(below);
        free(inner);
        free(list[i]);
    }
    free(list);
}

char *archive_pack(const char *folder, const char *file, struct archive_size *size)
{
    struct packer p = {.out = fopen(file, "wxbe"), .size = size};
    struct stat end = {.st_nlink = 1};

    *size = (struct archive_size){0};
    if (!p.out)
        return xasprintf("cannot write the guest's root, %s: %s", file, strerror(errno));
    pack_folder(&p, folder, "");
    put_header(&p, "TRAILER!!!", &end, 0, 0);
    if (fclose(p.out) && !p.wrong)
        p.wrong = xasprintf("cannot write the guest's root, %s: %s", file, strerror(errno));
    free(p.linked);
    return p.wrong;
}
