/* SPDX-License-Identifier: BSD-2-Clause */
/* The variables that the command line sets (words env.NAME=VALUE): what environ begins as. */
#ifndef KERNEL_ENVIRONMENT_H
#define KERNEL_ENVIRONMENT_H

#define ENV_MAX 32

extern char *args_env[ENV_MAX + 1]; /* ends with NULL */

#endif
