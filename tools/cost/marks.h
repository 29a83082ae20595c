// SPDX-License-Identifier: BSD-2-Clause
// Marks between which marks.c counts: a no-operation of 8 bytes, nopl N(%rax,%rax), whose N tells
// which.
#ifndef COST_MARKS_H
#define COST_MARKS_H

#define MARK_BEGIN 0x4267614d // "MagB"
#define MARK_END   0x4567614d // "MagE"
#define MARK_ROW   0x5267614d // "MagR": the pairs from here on are those of another row

// The bytes before N.
#define MARK_CODE                                                                                  \
    {                                                                                              \
        0x0f, 0x1f, 0x84, 0x00                                                                     \
    }

#define MARK(n) __asm__ volatile(".byte 0x0f, 0x1f, 0x84, 0x00; .long %c0" : : "i"(n) : "memory")

#endif
