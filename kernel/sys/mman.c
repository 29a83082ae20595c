/* SPDX-License-Identifier: BSD-2-Clause */
/* sys/mman.h: POSIX' questions and errors, over mm/map.h. */
#include "sys/mapped.h"
#include "mm/map.h"
#include "mm/page.h"
#include <errno.h>
#include <sys/mman.h>

_Static_assert(PROT_READ == VM_READ && PROT_WRITE == VM_WRITE && PROT_EXEC == VM_EXEC,
               "rights are told by the same bits");
#define ALL (PROT_READ | PROT_WRITE | PROT_EXEC)

/* Flags that are known, of which those that say how nothing else is done are passed over. */
#define KNOWN                                                                                      \
    (MAP_TYPE | MAP_FIXED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_POPULATE | MAP_FIXED_NOREPLACE |   \
     MAP_GROWSDOWN | MAP_DENYWRITE | MAP_EXECUTABLE | MAP_LOCKED | MAP_NONBLOCK | MAP_STACK |      \
     MAP_HUGETLB)

static int fail(int error)
{
    errno = error;
    return -1;
}

static int result(int error) { return error == 0 ? 0 : fail(-error); }

/* In whole pages; false: it is more than there are addresses. */
static bool round_up(size_t bytes, uint64_t *rounded)
{
    *rounded = (bytes + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
    return *rounded >= bytes;
}

/* An address and a size, as most calls get them. 0, or an error; no bytes are none. */
static int take_range(const void *address, size_t bytes, uint64_t *start, uint64_t *rounded)
{
    *start = (uint64_t)address;
    if (*start % PAGE_SIZE != 0)
        return EINVAL;
    return !round_up(bytes, rounded) || *start + *rounded < *start ? ENOMEM : 0;
}

static bool is_ours(uint64_t start) { return start >= VM_MAPS && start < VM_REGIONS; }

/* Is all of it memory, be it of a mapping or not? */
static bool is_memory(uint64_t start, uint64_t bytes)
{
    return is_ours(start) ? map_covers(start, bytes) : vm_accessible((void *)start, bytes, false);
}

static int add(struct map *m, int fd, bool of_file)
{
    mutex_lock(&file_mutex);
    struct file *f = of_file ? file_of(fd) : 0;
    int error = !of_file ? 0 : f == 0 ? -EBADF : mapped_open(f, m);
    if (error == 0)
        error = map_add(m);
    mutex_unlock(&file_mutex);
    return error;
}

void *mmap(void *address, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    struct map m = {.start = (uint64_t)address,
                    .rights = (unsigned)protection & ALL,
                    .most = ALL,
                    .shared = flags & MAP_SHARED,
                    .fixed = flags & (MAP_FIXED | MAP_FIXED_NOREPLACE),
                    .keep = flags & MAP_FIXED_NOREPLACE,
                    .scarce = flags & MAP_NORESERVE,
                    .offset = flags & MAP_ANONYMOUS ? 0 : (uint64_t)offset};
    int type = flags & MAP_TYPE, error = 0;
    if (bytes == 0 || protection & ~ALL || type < MAP_SHARED || type > MAP_SHARED_VALIDATE ||
        (uint64_t)offset % PAGE_SIZE != 0 || (m.fixed && m.start % PAGE_SIZE != 0))
        error = -EINVAL;
    else if (type == MAP_SHARED_VALIDATE && flags & ~KNOWN)
        error = -EOPNOTSUPP;
    else if (!round_up(bytes, &m.bytes))
        error = -ENOMEM;
    else if (m.offset > (uint64_t)INT64_MAX - m.bytes)
        error = -EOVERFLOW;
    m.start &= ~(PAGE_SIZE - 1);
    if (error == 0)
        error = add(&m, flags & MAP_ANONYMOUS ? -1 : fd, !(flags & MAP_ANONYMOUS));
    if (error != 0) {
        errno = -error;
        return MAP_FAILED;
    }
    if (flags & (MAP_POPULATE | MAP_LOCKED) && m.rights != 0)
        map_populate(m.start, m.bytes);
    return (void *)m.start;
}

int munmap(void *address, size_t bytes)
{
    uint64_t start, rounded;
    if (take_range(address, bytes, &start, &rounded) != 0 || bytes == 0)
        return fail(EINVAL);
    mutex_lock(&file_mutex); /* a file may be closed with its last mapping */
    int error = map_remove(start, rounded);
    mutex_unlock(&file_mutex);
    return result(error);
}

int mprotect(void *address, size_t bytes, int protection)
{
    uint64_t start, rounded;
    int error = take_range(address, bytes, &start, &rounded);
    if (error != 0 || protection & ~ALL)
        return fail(error != 0 ? error : EINVAL);
    return bytes == 0 ? 0 : result(map_protect(start, rounded, (unsigned)protection));
}

void *mremap(void *address, size_t bytes, size_t wanted, int flags, ...)
{
    uint64_t start, old, larger = 0;
    int error = take_range(address, bytes, &start, &old) != 0 || flags & ~MREMAP_MAYMOVE ||
                        old == 0 || wanted == 0
                    ? -EINVAL
                : !round_up(wanted, &larger) ? -ENOMEM
                                             : 0;
    mutex_lock(&file_mutex);
    if (error == 0)
        error = map_resize(&start, old, larger, flags & MREMAP_MAYMOVE);
    mutex_unlock(&file_mutex);
    if (error == 0)
        return (void *)start;
    errno = -error;
    return MAP_FAILED;
}

static bool all_locked; /* by mlockall() */

int msync(void *address, size_t bytes, int flags)
{
    uint64_t start, rounded;
    int error = take_range(address, bytes, &start, &rounded);
    if (error != 0 || flags & ~(MS_ASYNC | MS_SYNC | MS_INVALIDATE) ||
        (flags & MS_ASYNC && flags & MS_SYNC))
        return fail(error != 0 ? error : EINVAL);
    if (!is_memory(start, rounded))
        return fail(ENOMEM);
    if (flags & MS_INVALIDATE && all_locked)
        return fail(EBUSY);
    mutex_lock(&file_mutex);
    map_sync(start, rounded);
    mutex_unlock(&file_mutex);
    return 0;
}

/* From here on, of any address: the pages that it lies in. */
static int take_pages(const void *address, size_t bytes, uint64_t *start, uint64_t *rounded)
{
    size_t more = (uint64_t)address % PAGE_SIZE;
    return bytes + more < bytes
               ? ENOMEM
               : take_range((const char *)address - more, bytes + more, start, rounded);
}

static int fetch(const void *address, size_t bytes)
{
    uint64_t start, rounded;
    int error = take_pages(address, bytes, &start, &rounded);
    if (error != 0 || bytes == 0)
        return error;
    if (is_ours(start))
        return -map_populate(start, rounded);
    if (!vm_accessible(address, bytes, false))
        return ENOMEM;
    for (uint64_t at = start > 0 ? start : (uint64_t)address; at < start + rounded; at += PAGE_SIZE)
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): all of it is accessible */
        (void)*(const volatile char *)(at < (uint64_t)address ? (uint64_t)address : at);
    return 0;
}

int posix_madvise(void *address, size_t bytes, int advice)
{
    uint64_t start, rounded;
    int error = take_range(address, bytes, &start, &rounded);
    if (error != 0 || advice < POSIX_MADV_NORMAL || advice > POSIX_MADV_DONTNEED)
        return error != 0 ? error : EINVAL;
    return is_memory(start, rounded) ? 0 : ENOMEM;
}

int madvise(void *address, size_t bytes, int advice)
{
    uint64_t start, rounded;
    int error = take_range(address, bytes, &start, &rounded);
    if (error != 0)
        return fail(EINVAL);
    switch (advice) {
    case MADV_DONTNEED:
    case MADV_FREE:
        return bytes == 0 ? 0 : result(map_discard(start, rounded));
    case MADV_WILLNEED:
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_DONTFORK:
    case MADV_DOFORK:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
    case MADV_DONTDUMP:
    case MADV_DODUMP:
        return is_memory(start, rounded) ? 0 : fail(ENOMEM);
    }
    return fail(EINVAL);
}

int mlock(const void *address, size_t bytes)
{
    int error = fetch(address, bytes);
    return error == 0 ? 0 : fail(error);
}

int munlock(const void *address, size_t bytes)
{
    uint64_t start, rounded;
    int error = take_pages(address, bytes, &start, &rounded);
    return error == 0 && is_memory(start, rounded) ? 0 : fail(ENOMEM);
}

int mlockall(int flags)
{
    bool valid =
        flags & (MCL_CURRENT | MCL_FUTURE) && !(flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT));
    if (!valid)
        return fail(EINVAL);
    all_locked = true;
    return 0;
}

int munlockall(void)
{
    all_locked = false;
    return 0;
}

int mincore(void *address, size_t bytes, unsigned char *there)
{
    uint64_t start, rounded;
    int error = take_range(address, bytes, &start, &rounded);
    if (error != 0)
        return fail(error);
    if (!is_memory(start, rounded))
        return fail(ENOMEM);
    for (uint64_t i = 0; i < rounded / PAGE_SIZE; i++)
        there[i] = paging_has(start + i * PAGE_SIZE);
    return 0;
}
