/* What a result has to tell, as sheets: every table is filled here, once, for whichever pen.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_FILL_H
#define LIMPET_FILL_H

#include "show/sheet.h"
#include "show/view.h"

/* Each leaves the sheet empty when there is nothing to tell. First the tables of suites, with a
 * column for each platform (suite_tables.c): a figure that a suite ought to have and has not is
 * skipped, with the reason. */
struct suite;
void fill_suite(const struct view *view, const struct suite *suite, struct sheet *sheet);

/* Every row as a ratio to the view's norm, and each suite's geometric mean (norm_tables.c). */
void fill_norm(const struct view *view, struct sheet *sheet);

/* What a page access costs, of the suite basic. */
void fill_access(const struct view *view, struct sheet *sheet);

/* Tables with a line for each row, skip or fact (row_tables.c). */
void fill_exits(const struct view *view, struct sheet *sheet);
/* What was counted rather than timed. */
void fill_counts(const struct view *view, struct sheet *sheet);
void fill_oddities(const struct view *view, struct sheet *sheet);
void fill_all(const struct view *view, struct sheet *sheet);
void fill_skipped(const struct view *view, struct sheet *sheet);
void fill_provenance(const struct view *view, struct sheet *sheet);

/* The rows of one suite with their distributions. A figure that is the median of the samples, too,
 * is not told twice; columns that no row has are left out. */
void fill_distribution(const struct view *view, const char *suite, struct sheet *sheet);

/* STREAM's times, one line a kernel and platform. */
void fill_times(const struct view *view, struct sheet *sheet);

/* The stages of the boots in the middle, platform by platform. */
void fill_stages(const struct view *view, struct sheet *sheet);

/* The same boots, phase by phase, a line for each (phases.c). */
void fill_phases(const struct view *view, struct sheet *sheet);

/* Of a comparison: the verdicts' sum, what differs between its sides, and the verdict on each row
 * (comparison_tables.c). */
void fill_sum(const struct view *view, struct sheet *sheet);
void fill_sides(const struct view *view, struct sheet *sheet);
void fill_verdict(const struct view *view, struct sheet *sheet);

/* Of a comparison of counts: what differs between the sides, and each count that does. */
struct count_comparison;
void fill_count_sides(const struct count_comparison *comparison, struct sheet *sheet);
void fill_count_changes(const struct count_comparison *comparison, struct sheet *sheet);

/* The verdicts on one of its groups alone. */
struct group;
struct comparison;
void fill_group(const struct group *group, struct sheet *sheet);

/* "basic on KVM, lab, emulated": which group it is. */
void group_title(const struct comparison *c, const struct group *group, struct buf *out);

#endif
