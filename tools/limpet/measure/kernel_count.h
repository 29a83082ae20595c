/* Any kernel's boot, counted rather than timed.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_KERNEL_COUNT_H
#define LIMPET_KERNEL_COUNT_H

#include "measure/kernel_boot.h"

/* Counts the kernel (not hello), which is prepared, from its first instruction to the text, or
 * without one to the end of its machine. Adds its run with one row of the suite count to the
 * result. Returns 0, or a status with a message. */
int kernel_count(struct kernel_boot *b, const struct platform *platform, struct result *result);

#endif
