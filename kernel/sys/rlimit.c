/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Limits of what the program may use. Descriptors are counted; memory that it is not to have is
 * promised to nobody, so that it is short for everybody. Other limits are what they are.
 */
#include "libc/local.h"
#include "mm/page.h"
#include "sys/file.h"
#include <errno.h>
#include <limits.h>
#include <sys/resource.h>

static struct mutex mutex;
static rlim_t most_descriptors = OPEN_MAX;
static struct rlimit data = {RLIM_INFINITY, RLIM_INFINITY}, space = {RLIM_INFINITY, RLIM_INFINITY};
static uint64_t withheld; /* pages, promised for no use */

static struct rlimit same(rlim_t n) { return (struct rlimit){n, n}; }

/* False: there is no such limit. */
static bool read_limit(int resource, struct rlimit *l)
{
    switch (resource) {
    case RLIMIT_CPU:
    case RLIMIT_FSIZE:
    case RLIMIT_RSS:
    case RLIMIT_MEMLOCK: /* all memory is locked */
        *l = same(RLIM_INFINITY);
        return true;
    case RLIMIT_DATA:
        *l = data;
        return true;
    case RLIMIT_AS:
        *l = space;
        return true;
    case RLIMIT_STACK:
        *l = same(pthread_main.thread->stack_size - PAGE_SIZE);
        return true;
    case RLIMIT_CORE:
        *l = same(0);
        return true;
    case RLIMIT_NPROC:
        *l = same(THREADS_MAX);
        return true;
    case RLIMIT_NOFILE:
        *l = (struct rlimit){(rlim_t)descriptor_limit, most_descriptors};
        return true;
    }
    return false;
}

/* So much of what is free is withheld that no more than the lesser limit is in use. */
static void withhold(void)
{
    rlim_t least = data.rlim_cur < space.rlim_cur ? data.rlim_cur : space.rlim_cur;
    page_unreserve(withheld);
    withheld = 0;
    if (least == RLIM_INFINITY)
        return;
    struct page_stats s = page_get_stats();
    uint64_t left = s.free - s.reserved, used = s.total - left, most = least / PAGE_SIZE;
    uint64_t allowed = most > used ? most - used : 0, wanted = left > allowed ? left - allowed : 0;
    while (wanted > 0 && !page_reserve(wanted)) /* others were faster */
        wanted -= wanted / 64 + 1;
    withheld = wanted;
}

/* 0, or a negative error. */
static int change(int resource, const struct rlimit *l)
{
    struct rlimit now;
    if (!read_limit(resource, &now) || l->rlim_cur > l->rlim_max)
        return -EINVAL;
    if (l->rlim_max > now.rlim_max)
        return -EPERM;
    switch (resource) {
    case RLIMIT_NOFILE:
        descriptor_limit = (int)l->rlim_cur;
        most_descriptors = l->rlim_max;
        return 0;
    case RLIMIT_DATA:
        data = *l;
        withhold();
        return 0;
    case RLIMIT_AS:
        space = *l;
        withhold();
        return 0;
    }
    return l->rlim_cur == now.rlim_cur && l->rlim_max == now.rlim_max ? 0 : -EINVAL;
}

int getrlimit(int resource, struct rlimit *limit)
{
    mutex_lock(&mutex);
    bool known = read_limit(resource, limit);
    mutex_unlock(&mutex);
    return (int)file_result(known ? 0 : -EINVAL);
}

int setrlimit(int resource, const struct rlimit *limit)
{
    mutex_lock(&mutex);
    int error = change(resource, limit);
    mutex_unlock(&mutex);
    return (int)file_result(error);
}
