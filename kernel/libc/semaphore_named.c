/* SPDX-License-Identifier: BSD-2-Clause */
/* Named semaphores: a list of the process's. One that was unlinked lives until all have closed it.
 */
#include "sched/mutex.h"
#include <errno.h>
#include <limits.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Without a leading slash: as on Linux, where the file has four letters more. */
#define NAME_BYTES 251

struct named {
    sem_t sem; /* first: its address is ours */
    struct named *next;
    unsigned opened;
    bool unlinked;
    char name[];
};
static struct named *all;
static struct mutex mutex;

static void *fail(int error)
{
    errno = error;
    return SEM_FAILED;
}

/* A name without its slash; NULL with errno: it cannot be one. */
static const char *checked(const char *name)
{
    if (*name == '/')
        name++;
    size_t length = strlen(name);
    if (length > NAME_BYTES)
        return fail(ENAMETOOLONG);
    return length == 0 || strchr(name, '/') != 0 ? fail(EINVAL) : name;
}

static struct named *find(const char *name)
{
    struct named *s = all;
    while (s != 0 && (s->unlinked || strcmp(s->name, name) != 0))
        s = s->next;
    return s;
}

static void drop(struct named *s)
{
    struct named **at = &all;
    if (s->opened != 0 || !s->unlinked)
        return;
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    free(s);
}

static struct named *make(const char *name, unsigned value)
{
    struct named *s = value <= SEM_VALUE_MAX ? calloc(1, sizeof *s + strlen(name) + 1) : 0;
    if (s == 0)
        return fail(value > SEM_VALUE_MAX ? EINVAL : ENOSPC);
    sem_init(&s->sem, 0, value);
    memcpy(s->name, name, strlen(name) + 1);
    s->next = all;
    all = s;
    return s;
}

sem_t *sem_open(const char *name, int flags, ...)
{
    unsigned value = 0;
    if (flags & O_CREAT) {
        va_list arguments;
        va_start(arguments, flags);
        va_arg(arguments, unsigned); /* its mode: there is one user */
        value = va_arg(arguments, unsigned);
        va_end(arguments);
    }
    name = checked(name);
    if (name == 0)
        return SEM_FAILED;
    mutex_lock(&mutex);
    struct named *s = find(name);
    if (s != 0 && (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
        s = fail(EEXIST);
    else if (s == 0)
        s = flags & O_CREAT ? make(name, value) : fail(ENOENT);
    if (s != 0)
        s->opened++;
    mutex_unlock(&mutex);
    return s != 0 ? &s->sem : SEM_FAILED;
}

int sem_close(sem_t *sem)
{
    mutex_lock(&mutex);
    struct named *s = all;
    while (s != 0 && &s->sem != sem)
        s = s->next;
    bool found = s != 0 && s->opened != 0;
    if (found) {
        s->opened--;
        drop(s);
    }
    mutex_unlock(&mutex);
    if (!found)
        errno = EINVAL;
    return found ? 0 : -1;
}

int sem_unlink(const char *name)
{
    name = checked(name);
    if (name == 0) {
        if (errno != ENAMETOOLONG)
            errno = ENOENT; /* none has such a name, as Linux says */
        return -1;
    }
    mutex_lock(&mutex);
    struct named *s = find(name);
    if (s != 0) {
        s->unlinked = true;
        drop(s);
    }
    mutex_unlock(&mutex);
    if (s == 0)
        errno = ENOENT;
    return s != 0 ? 0 : -1;
}
