/* Messages and progress, on stderr.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_MSG_H
#define LIMPET_MSG_H

#include <stdbool.h>
#include <stddef.h>

/* Writes "limpet: MESSAGE\n" on stderr, after clearing a progress line that may stand there.
 * Nothing in the message reaches the terminal that it might obey (quote_plain). */
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Writes what another program or a guest said on stderr, as plain as warn() does. */
void relay(const char *text, size_t n);

/* Shows one live line on stderr when that is a terminal; an empty text clears it. */
void progress(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* From now on lines of progress begin with the part, where there are several. */
void progress_part(unsigned part, unsigned parts);

/* From now on progress is lines "@progress TEXT", whether stderr is a terminal or not: for the tool
 * outside of a lab, which shows them. */
#define PROGRESS_MARK "@progress "
void progress_mark(bool marked);

#endif
