/* A history as tables, in words and in JSON.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_SHOW_HISTORY_H
#define LIMPET_SHOW_HISTORY_H

#include "results/history.h"
#include "show/sheet.h"

/* The changes, the newest first: when, which row, from which level to which. text: for a terminal,
 * which has no room for intervals. */
void fill_history(const struct history *history, bool text, struct sheet *sheet);

/* "getpid on QEMU", and on which machine where there are several. */
void history_title(const struct series *series, struct buf *out);

/* Change i: "+10.5 %, worse" and its interval, "+9.1 … +11.8"; "-" where there is none. */
void history_change(const struct series *series, size_t i, struct buf *change,
                    struct buf *interval);

/* A session's date, to the minute: "2026-11-12 10:00". */
void history_when(const struct session *session, struct buf *out);

/* What is recorded of the sessions before and after each change, not measured, and differs, a line
 * for each pair of sessions; words that a pen finishes. Caller frees. */
void history_with(const struct history *history, struct args *out);

/* How much there is and how many changes, and what one must know to believe them. */
void history_sentence(const struct history *history, struct buf *out);
void history_basis(const struct history *history, struct buf *out);

/* As limpet history prints it. */
void history_format(const struct history *history, struct buf *out);

/* All of it in JSON (docs/results.md); caller frees. */
char *history_json(const struct history *history);

#endif
