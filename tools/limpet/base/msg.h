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

/* What is done is so many steps: lines of progress tell how much of it is done, and from then on
 * about how long the rest takes. 0: nobody knows. */
void progress_plan(double steps);

/* So many more of them are done. */
void progress_done(double steps);

/* Those of the tool inside a lab, which is to do so many of the steps. Takes a line of what it says
 * on stderr; returns whether it was one of progress. */
bool progress_relay(const char *lab, double steps, const char *line, size_t n);

/* What stands before a line of progress: "34 %, 2 min left: ", when so much of it took so long; ""
 * when there is nothing to tell. Pure. */
void progress_text(double done, double all, double took_s, char out[48]);

/* From now on progress is lines "@progress TEXT", whether stderr is a terminal or not: for the tool
 * outside of a lab, which shows them. */
#define PROGRESS_MARK "@progress " /* then how much is done, "0.42 ", and the text */
void progress_mark(bool marked);

#endif
