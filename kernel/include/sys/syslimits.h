/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits of this system, where newlib's are another's: <limits.h> includes this. */
#include_next <sys/syslimits.h>

#undef OPEN_MAX
#define OPEN_MAX 1024 /* descriptors: as many as select() can name */
#undef PATH_MAX
#define PATH_MAX 4096 /* bytes of a path with its NUL: Linux' */
#undef PIPE_BUF
#define PIPE_BUF 4096 /* bytes that a write to a pipe keeps together: Linux' */
