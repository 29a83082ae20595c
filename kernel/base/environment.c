/* SPDX-License-Identifier: BSD-2-Clause */
/* See environment.h; kernel/boot/args.c fills it. */
#include "base/environment.h"

char *args_env[ENV_MAX + 1];
