/* SPDX-License-Identifier: BSD-2-Clause */
/* Where old programs look for it. */
#include <poll.h>
