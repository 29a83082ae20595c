/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A mutex is one word: state (2 bits), type (2 bits), the owner's slot (16 bits), how often a
 * recursive one is held beyond the first (11 bits), whether the owner inherits its waiters'
 * priority (1 bit). Of a robust one, or one with a ceiling, the state says OTHER, so that whoever
 * finds it neither free nor held looks at the rest (pthread_mutex_other.c).
 */
#ifndef KERNEL_MUTEX_WORD_H
#define KERNEL_MUTEX_WORD_H

#include "libc/local.h"

#define STATE(w)   ((w)&3)
#define TYPE(w)    ((w) >> 2 & 3)
#define OWNER(w)   ((w) >> 4 & 0xffff)
#define COUNT(w)   ((w) >> 20 & COUNT_MAX)
#define COUNT_MAX  0x7ffu
#define COUNT_ONE  (1u << 20)
#define INHERIT    0x80000000u
#define KIND(w)    ((w) & (INHERIT | 3u << 2)) /* also the word of a free mutex */
#define FREE(type) ((uint32_t)(type) << 2)

/* WANTED is held, too. A mutex is let go as if nobody waited, so that it may be taken at once; the
 * thread that is woken then sees to the others. */
enum { HELD = 1, WANTED = 2, OTHER = MUTEX_OTHER };

/* Takes one that is free, of whatever type, as most are. */
static inline bool take_free(uint32_t *m)
{
    uint32_t w = __atomic_load_n(m, __ATOMIC_RELAXED);
    return STATE(w) == 0 && cas(m, w, w | HELD | local_self()->slot << 4);
}

#endif
