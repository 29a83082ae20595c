/* Do a row's figures fit together: rate, time and bytes; cycles and the clock; parts and whole?
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_AUDIT_H
#define LIMPET_AUDIT_H

#include "results/results.h"

/*
 * A row, a guest's own or one of a result. tsc_hz: the guest's clock, life_s: how long that guest
 * lived by ours; 0: not known. Returns what does not fit, in words (caller frees), or NULL.
 *
 * - STREAM: each run's rate times its least pass is the bytes that a pass moves.
 * - cycles: the calls fit between the row's begin and end, and these into the guest's life.
 * - exits: the reasons add up to the total; runs: the parts add up to them, value is their median.
 */
char *audit_row(const struct row *row, double tsc_hz, double life_s);

/*
 * A result that was read. Rows that an older version wrote are brought to today's form: STREAM's
 * samples, which were rates, become seconds. All figures are computed again (rows.h). Rows that do
 * not fit are taken out, each with a warning that begins with path, and noted as skipped: so are
 * cycles whose clock is not the host's, and the stages of boots that do not add up to them.
 */
void audit_result(struct result *result, const char *path);

#endif
