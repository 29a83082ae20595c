/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux' name for <ucontext.h>. */
#include <ucontext.h>
