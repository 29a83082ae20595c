/* SPDX-License-Identifier: BSD-2-Clause */
/* A tree of files in one boot module: see archive.h. */
#include "sys/archive.h"
#include "sys/directory.h"
#include <errno.h>
#include <string.h>

/* The header: "070701" and 13 numbers of 8 hexadecimal digits; name and data begin at multiples of
 * 4. */
#define HEADER 110u
enum {
    INODE,
    MODE,
    UID,
    GID,
    LINKS,
    TIME,
    SIZE,
    MAJOR,
    MINOR,
    RMAJOR,
    RMINOR,
    NAME_SIZE,
    SUM,
    FIELDS
};

static int digit(char c)
{
    return c >= '0' && c <= '9'                 ? c - '0'
           : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                : -1;
}

/* The number at eight digits; false: they are none. */
static bool number(const uint8_t *text, uint32_t *out)
{
    *out = 0;
    for (unsigned i = 0; i < 8; i++) {
        int d = digit((char)text[i]);
        if (d < 0)
            return false;
        *out = *out << 4 | (uint32_t)d;
    }
    return true;
}

int archive_next(const uint8_t *bytes, uint64_t size, uint64_t *at, struct archive_entry *out)
{
    static const char end[] = "TRAILER!!!";
    uint32_t field[FIELDS];
    if (*at > size || size - *at < HEADER || memcmp(bytes + *at, "070701", 6) != 0)
        return -1;
    const uint8_t *header = bytes + *at;
    for (unsigned i = 0; i < FIELDS; i++)
        if (!number(header + 6 + 8 * i, &field[i]))
            return -1;
    uint64_t name = *at + HEADER, data = (name + field[NAME_SIZE] + 3) & ~3ull;
    if (field[NAME_SIZE] == 0 || data > size || field[SIZE] > size - data ||
        bytes[name + field[NAME_SIZE] - 1] != '\0')
        return -1;
    *out = (struct archive_entry){.name = (const char *)bytes + name,
                                  .length = field[NAME_SIZE] - 1,
                                  .identity = (const char *)header + 6 + 8 * INODE,
                                  .mode = field[MODE],
                                  .links = field[LINKS],
                                  .time = field[TIME],
                                  .data = bytes + data,
                                  .size = field[SIZE]};
    *at = (data + field[SIZE] + 3) & ~3ull;
    return out->length == sizeof end - 1 && memcmp(out->name, end, sizeof end - 1) == 0 ? 0 : 1;
}

/* The next part of a path, from *at on; false: there is none. */
static bool next_part(const struct archive_entry *e, size_t *at, const char **part, size_t *n)
{
    for (;;) {
        while (*at < e->length && e->name[*at] == '/')
            ++*at;
        *part = e->name + *at;
        for (*n = 0; *at < e->length && e->name[*at] != '/'; ++*at)
            ++*n;
        if (*n != 1 || **part != '.')
            return *n != 0;
    }
}

static struct inode *child(struct inode *dir, const char *name, size_t n)
{
    struct entry *e = *directory_find(&dir->entries, name, n);
    return e != 0 ? e->node : 0;
}

/* Where a name is to stand: folders that lead there are made. -ENOTDIR, -EINVAL (".."), …; *part is
 * NULL for the top itself. */
static int lead(struct inode *top, const struct archive_entry *e, struct inode **dir,
                const char **part, size_t *n)
{
    size_t at = 0, next_n;
    const char *next;
    *dir = top;
    *part = 0;
    while (next_part(e, &at, &next, &next_n)) {
        if (next_n == 2 && memcmp(next, "..", 2) == 0)
            return -EINVAL;
        if (*part != 0) {
            struct inode *node = child(*dir, *part, *n);
            int error = node == 0 ? memfs_make(*dir, *part, *n, S_IFDIR | 0755, &node) : 0;
            if (error != 0)
                return error;
            if (!is_directory(node) || node->device != DEVICE_NONE)
                return -ENOTDIR;
            *dir = node;
        }
        *part = next;
        *n = next_n;
    }
    return 0;
}

static void set_times(struct inode *node, uint32_t seconds)
{
    for (unsigned i = 0; i < TIMES; i++)
        node->times[i] = seconds * 1000000000ull;
    node->told = (1u << TIMES) - 1;
}

/* What a new inode holds: a file's bytes where they are, a link's with a NUL. */
static int fill(struct inode *node, const struct archive_entry *e)
{
    if (S_ISREG(node->mode) && e->size > 0) {
        memfs_truncate(node, 0);
        node->data = (uint8_t *)e->data;
        node->size = e->size;
    } else if (S_ISLNK(node->mode)) {
        int64_t r = memfs_write(node, 0, e->data, e->size);
        if (r >= 0)
            r = memfs_write(node, e->size, "", 1);
        if (r < 0)
            return (int)r;
        node->size = e->size;
    }
    return 0;
}

/* One entry. linked: by identity, the files that have several names. */
static int add(struct inode *top, const struct archive_entry *e, struct entry **linked)
{
    struct inode *dir, *node = 0, *there;
    const char *part;
    size_t n;
    int error = lead(top, e, &dir, &part, &n);
    if (error != 0)
        return error;
    there = part == 0 ? top : child(dir, part, n);
    if (S_ISDIR(e->mode) && there != 0 && is_directory(there)) {
        there->mode = S_IFDIR | (e->mode & 07777);
        return 0;
    }
    if (!S_ISREG(e->mode) && !S_ISDIR(e->mode) && !S_ISLNK(e->mode))
        return 0; /* devices are ours */
    if (part == 0 || (there != 0 && (is_directory(there) || there->device != DEVICE_NONE)))
        return there != 0 && there->device != DEVICE_NONE ? 0 : -EEXIST;
    if (there != 0 && (error = memfs_remove(dir, part, n)) != 0)
        return error;
    bool several = S_ISREG(e->mode) && e->links > 1;
    struct entry *first = several ? *directory_find(linked, e->identity, ARCHIVE_IDENTITY) : 0;
    if (first != 0 && first->node->links > 0)
        error = memfs_add(dir, part, n, node = first->node);
    else
        error = memfs_make(dir, part, n, e->mode & (S_IFMT | 07777), &node);
    if (error == 0 && several && first == 0)
        error = directory_add(linked, e->identity, ARCHIVE_IDENTITY, node);
    if (error == 0)
        error = fill(node, e);
    if (error == 0)
        set_times(node, e->time);
    return error;
}

/* Folders change while they are filled: their times come last. */
static void set_folders_times(struct inode *top, const uint8_t *bytes, uint64_t size)
{
    struct archive_entry e;
    uint64_t at = 0;
    set_times(top, 0);
    while (archive_next(bytes, size, &at, &e) == 1) {
        struct inode *dir;
        const char *part;
        size_t n;
        if (!S_ISDIR(e.mode) || lead(top, &e, &dir, &part, &n) != 0)
            continue;
        struct inode *node = part == 0 ? top : child(dir, part, n);
        if (node != 0 && is_directory(node))
            set_times(node, e.time);
    }
}

const char *archive_unpack(struct inode *root, uint8_t *bytes, uint64_t size)
{
    struct entry *linked = 0;
    struct archive_entry e;
    const char *wrong = 0;
    uint64_t at = 0;
    int more, error = 0;
    while ((more = archive_next(bytes, size, &at, &e)) == 1 && error == 0)
        error = add(root, &e, &linked);
    while (linked != 0)
        directory_remove(&linked);
    if (error != 0)
        wrong = error == -ENOSPC         ? "There is no memory for all its names."
                : error == -ENAMETOOLONG ? "A name has more than 255 bytes."
                                         : "A name in it leads through a file, or out of it.";
    else if (more < 0)
        wrong = "It is no cpio archive of the kind newc, or cut off.";
    set_folders_times(root, bytes, size);
    return wrong;
}
