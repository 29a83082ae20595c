/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's own options: words limpet.NAME=VALUE at the head of the command line. */
#ifndef KERNEL_OPTIONS_H
#define KERNEL_OPTIONS_H

#include <stdbool.h>

extern bool
    line_is_shared; /* with the loader, by limpet.line=shared; by Linux' doors it is anyway */

/* Takes "NAME=VALUE". Panics when there is no such option, or it has no such value. */
void kernel_option(const char *option);

#endif
