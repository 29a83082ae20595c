/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mappings of memory: POSIX.1-2017, <sys/mman.h>, and what Linux' programs expect beside it. The
 * constants are those of Linux on x86-64 (its include/uapi/asm-generic/mman-common.h and mman.h).
 *
 * Sizes are in bytes and rounded up to pages of 4096; addresses that are given must be multiples of
 * that. Calls return 0, or -1 with errno set; mmap() and mremap() an address, or MAP_FAILED.
 */
#ifndef _SYS_MMAN_H
#define _SYS_MMAN_H

#include <sys/cdefs.h>
#include <sys/types.h>

__BEGIN_DECLS

/* Any of the last three also lets read. */
#define PROT_NONE  0
#define PROT_READ  1
#define PROT_WRITE 2
#define PROT_EXEC  4

#define MAP_SHARED          0x01
#define MAP_PRIVATE         0x02
#define MAP_SHARED_VALIDATE 0x03 /* as MAP_SHARED; flags that are not known: EOPNOTSUPP */
#define MAP_TYPE            0x0f
#define MAP_FIXED           0x10
#define MAP_ANONYMOUS       0x20
#define MAP_ANON            MAP_ANONYMOUS
#define MAP_NORESERVE       0x4000   /* memory is taken at the first touch, not promised before */
#define MAP_POPULATE        0x8000   /* all pages at once */
#define MAP_FIXED_NOREPLACE 0x100000 /* EEXIST where something is mapped */
/* Accepted, and of no effect. */
#define MAP_FILE       0
#define MAP_GROWSDOWN  0x100
#define MAP_DENYWRITE  0x800
#define MAP_EXECUTABLE 0x1000
#define MAP_LOCKED     0x2000
#define MAP_NONBLOCK   0x10000
#define MAP_STACK      0x20000
#define MAP_HUGETLB    0x40000
#define MAP_FAILED     ((void *)-1)

#define MS_ASYNC      1
#define MS_INVALIDATE 2
#define MS_SYNC       4

#define MCL_CURRENT 1
#define MCL_FUTURE  2
#define MCL_ONFAULT 4

#define MREMAP_MAYMOVE 1

#define POSIX_MADV_NORMAL     0
#define POSIX_MADV_RANDOM     1
#define POSIX_MADV_SEQUENTIAL 2
#define POSIX_MADV_WILLNEED   3
#define POSIX_MADV_DONTNEED   4 /* an advice only: nothing is lost */

#define MADV_NORMAL     0
#define MADV_RANDOM     1
#define MADV_SEQUENTIAL 2
#define MADV_WILLNEED   3
#define MADV_DONTNEED   4 /* pages go back at once; private ones are zeros, or the file's, again */
#define MADV_FREE       8 /* as MADV_DONTNEED */
#define MADV_DONTFORK   10
#define MADV_DOFORK     11
#define MADV_HUGEPAGE   14
#define MADV_NOHUGEPAGE 15
#define MADV_DONTDUMP   16
#define MADV_DODUMP     17

/*
 * fd: of a file in memory; -1 with MAP_ANONYMOUS. EINVAL: no bytes, a wrong address, offset or
 * flag; EACCES: the file is not open for that; ENODEV: it is no file; ENOMEM: no memory, or none at
 * such addresses; EOVERFLOW: the offset and the length together.
 */
void *mmap(void *address, size_t bytes, int protection, int flags, int fd, off_t offset);

/* Of any part of any mappings. EINVAL. */
int munmap(void *address, size_t bytes);

/* ENOMEM: something of it is not mapped by mmap(); EACCES: the file is not open for that. */
int mprotect(void *address, size_t bytes, int protection);

/* A mapping, or a part of one, in another size; with MREMAP_MAYMOVE elsewhere if need be. */
void *mremap(void *address, size_t bytes, size_t wanted, int flags, ...);

/* Files are memory, so mappings of theirs are always in step. EBUSY: MS_INVALIDATE after
 * mlockall(). */
int msync(void *address, size_t bytes, int flags);

int madvise(void *address, size_t bytes, int advice);
int posix_madvise(void *address, size_t bytes, int advice); /* returns the error */

/* Memory never goes elsewhere: what is locked is only fetched. */
int mlock(const void *address, size_t bytes);
int munlock(const void *address, size_t bytes);
int mlockall(int flags);
int munlockall(void);

/* Bit 0 of a byte for each page: is it there? */
int mincore(void *address, size_t bytes, unsigned char *there);

__END_DECLS

#endif
