/* SPDX-License-Identifier: BSD-2-Clause */
/* The call that others are held against: in a file and on a page of its own, as a library's are. */
#include "bench.h"

__attribute__((aligned(4096), section(".text.empty"))) int bench_empty_call(void) { return 1; }
