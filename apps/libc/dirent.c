/* SPDX-License-Identifier: BSD-2-Clause */
/* Folders, entry by entry: <dirent.h>. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOM 4096 /* bytes that are read at once */

struct __dir {
    int fd;
    pthread_mutex_t mutex;
    long at;             /* of the next entry, for seekdir() */
    size_t next, end;    /* in room: entries that are read and not yet given */
    struct dirent entry; /* what readdir() gave last */
    _Alignas(8) char room[ROOM];
};

DIR *fdopendir(int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return NULL;
    if (!S_ISDIR(st.st_mode)) {
        errno = ENOTDIR;
        return NULL;
    }
    DIR *dir = malloc(sizeof *dir);
    if (dir == NULL)
        return NULL;
    dir->fd = fd;
    dir->at = (long)lseek(fd, 0, SEEK_CUR);
    dir->next = dir->end = 0;
    pthread_mutex_init(&dir->mutex, NULL);
    return dir;
}

DIR *opendir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir == NULL && fd >= 0)
        close(fd);
    return dir;
}

int closedir(DIR *dir)
{
    int fd = dir->fd;
    pthread_mutex_destroy(&dir->mutex);
    free(dir);
    return close(fd);
}

int dirfd(DIR *dir) { return dir->fd; }

/* 0; *found is false at the end. Or an error's number. */
static int next(DIR *dir, struct dirent *entry, int *found)
{
    *found = 0;
    if (dir->next == dir->end) {
        ssize_t n = posix_getdents(dir->fd, dir->room, ROOM, 0);
        if (n <= 0)
            return n < 0 ? errno : 0;
        dir->next = 0;
        dir->end = (size_t)n;
    }
    const struct posix_dent *d = (const struct posix_dent *)(dir->room + dir->next);
    dir->next += d->d_reclen;
    dir->at = (long)d->d_off;
    entry->d_ino = d->d_ino;
    entry->d_off = d->d_off;
    entry->d_reclen = d->d_reclen;
    entry->d_type = d->d_type;
    memcpy(entry->d_name, d->d_name, strlen(d->d_name) + 1);
    *found = 1;
    return 0;
}

int readdir_r(DIR *restrict dir, struct dirent *restrict entry, struct dirent **restrict result)
{
    int found, keep = errno;
    pthread_mutex_lock(&dir->mutex);
    int error = next(dir, entry, &found);
    pthread_mutex_unlock(&dir->mutex);
    errno = keep;
    *result = found ? entry : NULL;
    return error;
}

struct dirent *readdir(DIR *dir)
{
    struct dirent *result;
    int error = readdir_r(dir, &dir->entry, &result);
    if (error != 0)
        errno = error;
    return result;
}

void seekdir(DIR *dir, long at)
{
    pthread_mutex_lock(&dir->mutex);
    dir->next = dir->end = 0;
    dir->at = (long)lseek(dir->fd, at, SEEK_SET);
    pthread_mutex_unlock(&dir->mutex);
}

void rewinddir(DIR *dir) { seekdir(dir, 0); }

long telldir(DIR *dir)
{
    pthread_mutex_lock(&dir->mutex);
    long at = dir->at;
    pthread_mutex_unlock(&dir->mutex);
    return at;
}

int alphasort(const struct dirent **a, const struct dirent **b)
{
    return strcoll((*a)->d_name, (*b)->d_name);
}

/* Adds a copy of the entry. 0: no memory. */
static int keep(struct dirent ***list, size_t *n, const struct dirent *entry)
{
    size_t bytes = offsetof(struct dirent, d_name) + strlen(entry->d_name) + 1;
    if ((*n & (*n - 1)) == 0) { /* it is full: as large again */
        struct dirent **more = realloc(*list, (*n == 0 ? 1 : 2 * *n) * sizeof(struct dirent *));
        if (more == NULL)
            return 0;
        *list = more;
    }
    struct dirent *copy = malloc(bytes);
    if (copy == NULL)
        return 0;
    memcpy(copy, entry, bytes);
    (*list)[(*n)++] = copy;
    return 1;
}

int scandir(const char *path, struct dirent ***out, int (*choose)(const struct dirent *),
            int (*compare)(const struct dirent **, const struct dirent **))
{
    struct dirent **list = NULL, *entry;
    size_t n = 0;
    DIR *dir = opendir(path);
    if (dir == NULL)
        return -1;
    int before = errno;
    errno = 0;
    while ((entry = readdir(dir)) != NULL)
        if ((choose == NULL || choose(entry)) && !keep(&list, &n, entry))
            break;
    int error = entry != NULL ? ENOMEM : errno;
    closedir(dir);
    errno = error != 0 ? error : before;
    if (error != 0) {
        while (n > 0)
            free(list[--n]);
        free(list);
        return -1;
    }
    if (compare != NULL && n > 0)
        qsort(list, n, sizeof(struct dirent *), (int (*)(const void *, const void *))compare);
    *out = list;
    return (int)n;
}
