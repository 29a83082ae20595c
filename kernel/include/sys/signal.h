/* SPDX-License-Identifier: BSD-2-Clause */
/* Other systems' other name for it. */
#include <signal.h>
