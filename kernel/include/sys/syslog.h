/* SPDX-License-Identifier: BSD-2-Clause */
/* The older name of syslog.h. */
#include <syslog.h>
