/* SPDX-License-Identifier: BSD-2-Clause */
/* What musl's sources take from its own headers, for those that newlib.sh builds with newlib's. */
#define _GNU_SOURCE
#define hidden __attribute__((__visibility__("hidden")))
#define weak   __attribute__((__weak__))
#define weak_alias(old, new)                                                                       \
    extern __typeof(old) new __attribute__((__weak__, __alias__(#old)))
#ifdef LIMPET_MUSL
#include "stream.h"
#endif
#define CHARCLASS_NAME_MAX 14 /* POSIX: at least this */
#ifdef LIMPET_MUSL_MATH
#include <math.h>
#define __signgam (*__signgam()) /* a thread's own: here both the function and what it points to */
#endif
