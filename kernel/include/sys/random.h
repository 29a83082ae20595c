/* SPDX-License-Identifier: BSD-2-Clause */
/* Random bytes, as Linux' <sys/random.h>. The numbers are Linux', too. */
#ifndef _SYS_RANDOM_H
#define _SYS_RANDOM_H

#include <sys/types.h>
#include <unistd.h> /* getentropy() */

#ifdef __cplusplus
extern "C" {
#endif

/* They change nothing: the processor's entropy never makes anybody wait. */
#define GRND_NONBLOCK 1u
#define GRND_RANDOM   2u
#define GRND_INSECURE 4u

/* n bytes, at most INT_MAX; how many. -1: ENOSYS (this processor has no entropy), EINVAL. */
ssize_t getrandom(void *buf, size_t n, unsigned flags);

#ifdef __cplusplus
}
#endif
#endif
