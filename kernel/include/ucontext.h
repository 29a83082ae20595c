/* SPDX-License-Identifier: BSD-2-Clause */
/* ucontext_t, which a signal's handler is given. The functions that POSIX.1-2008 took out of this
 * header are not there. */
#ifndef LIMPET_UCONTEXT_H
#define LIMPET_UCONTEXT_H

#include <signal.h>

#endif
