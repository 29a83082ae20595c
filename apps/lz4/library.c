/* SPDX-License-Identifier: BSD-2-Clause */
/* LZ4's own source, in one piece, where it is: see rules.mk. */
#ifdef LZ4_THERE
#include "lz4.c"
#include "lz4hc.c"
#include "xxhash.c"
#endif
