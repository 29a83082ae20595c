/* SPDX-License-Identifier: BSD-2-Clause */
/* tcc's own source, but for its command line, in one piece, where it is: see rules.mk. */
#ifdef TCC_THERE
#define ONE_SOURCE 1
#include "libtcc.c"
#endif
