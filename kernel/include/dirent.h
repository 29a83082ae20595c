/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Folders, as POSIX.1-2024's <dirent.h> says: a folder is read in an order of its own, which what
 * is added or removed meanwhile does not disturb.
 */
#ifndef _DIRENT_H
#define _DIRENT_H

#include <limits.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned short reclen_t; /* bytes of an entry */

/* d_type: the type's bits of st_mode, shifted down. */
#define DT_UNKNOWN 0
#define DT_FIFO    1
#define DT_CHR     2
#define DT_DIR     4
#define DT_BLK     6
#define DT_REG     8
#define DT_LNK     10
#define DT_SOCK    12
#define DTTOIF(t)  ((mode_t)(t) << 12)
#define IFTODT(m)  ((m) >> 12 & 15)

struct dirent {
    ino_t d_ino;
    off_t d_off;       /* where the next one is: seekdir() */
    reclen_t d_reclen; /* bytes of this entry */
    unsigned char d_type;
    char d_name[NAME_MAX + 1];
};
#define _DIRENT_HAVE_D_TYPE 1
#define _DIRENT_HAVE_D_OFF  1

/* The same, its name as long as it is; d_reclen bytes to the next one. */
struct posix_dent {
    ino_t d_ino;
    off_t d_off;
    reclen_t d_reclen;
    unsigned char d_type;
    char d_name[];
};

typedef struct __dir DIR;

DIR *opendir(const char *path);
DIR *fdopendir(int fd);
int closedir(DIR *dir);
struct dirent *readdir(DIR *dir);
int readdir_r(DIR *__restrict dir, struct dirent *__restrict entry,
              struct dirent **__restrict result);
void rewinddir(DIR *dir);
void seekdir(DIR *dir, long at);
long telldir(DIR *dir);
int dirfd(DIR *dir);
int alphasort(const struct dirent **a, const struct dirent **b);
int scandir(const char *path, struct dirent ***list, int (*choose)(const struct dirent *),
            int (*compare)(const struct dirent **, const struct dirent **));

/* As many entries as fit into size bytes; how many bytes they take: 0 at the end. flags: 0. */
ssize_t posix_getdents(int fd, void *buf, size_t size, int flags);

#ifdef __cplusplus
}
#endif
#endif
