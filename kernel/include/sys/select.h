/* SPDX-License-Identifier: BSD-2-Clause */
/* newlib's <sys/select.h>, with sets that hold every descriptor (OPEN_MAX). */
#ifndef FD_SETSIZE
#define FD_SETSIZE 1024
#endif
#include_next <sys/select.h>
