/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One of newlib's exp(), exp2(), log(), log2(), pow(), which are compiled twice: for processors that multiply and
 * add in one instruction (FMA3), for which they have a shorter way, and for all.
 * Compiled for each by itself: NAME, log; PLAIN, __log_plain; FUSED, __log_fused; PAIR, if it takes two numbers.
 */
#include "has_fma.h"

#ifdef PAIR
#define TAKEN double x, double y
#define GIVEN x, y
#else
#define TAKEN double x
#define GIVEN x
#endif

double PLAIN(TAKEN), FUSED(TAKEN), NAME(TAKEN);

double NAME(TAKEN) { return has_fma() ? FUSED(GIVEN) : PLAIN(GIVEN); }
