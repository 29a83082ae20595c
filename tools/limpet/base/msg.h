/* Messages and progress, on stderr.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_MSG_H
#define LIMPET_MSG_H

#include <stddef.h>

/* Writes "limpet: MESSAGE\n" on stderr, after clearing a progress line that may stand there.
 * Nothing in the message reaches the terminal that it might obey (quote_plain). */
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Writes what another program or a guest said on stderr, as plain as warn() does. */
void relay(const char *text, size_t n);

/* Shows one live line on stderr when that is a terminal; an empty text clears it. Inside the lab
 * (LIMPET_LAB set) it writes "@progress TEXT" lines instead, which the tool outside shows. */
void progress(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* From now on lines of progress begin with the part, where there are several. */
void progress_part(unsigned part, unsigned parts);

/* The marker of progress lines that come out of the lab. */
#define PROGRESS_MARK "@progress "

#endif
