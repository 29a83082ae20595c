/* A folder of the host as one file, a cpio archive of the kind newc, which a guest takes as its
 * tree of files (kernel/sys/archive.h). SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_ARCHIVE_H
#define LIMPET_ARCHIVE_H

#include <stddef.h>
#include <sys/stat.h>

/* Bytes; then come the name with its zero byte, and zeros up to a multiple of 4. */
#define ARCHIVE_HEADER 110

struct archive_size {
    size_t entries;
    unsigned long long bytes; /* of the archive */
};

/* The header of an entry: mode, number of names, device and time of st, which the name and so many
 * bytes follow. header has room for a zero byte, too. Pure. */
void archive_header(char header[ARCHIVE_HEADER + 1], const char *name, const struct stat *st,
                    unsigned number, unsigned long long bytes);

/* Writes all that is below the folder into a new file: names in order, so that one folder gives one
 * archive; permissions, times in seconds, symbolic links, names of one file; owners are left out.
 * Returns NULL, or what is wrong (caller frees). */
char *archive_pack(const char *folder, const char *file, struct archive_size *size);

#endif
