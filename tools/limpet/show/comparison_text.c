/* A comparison in words.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/comparison.h"
#include "results/estimate.h"
#include "results/results.h"
#include "show/differences.h"
#include "stats/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NAMED 6 /* rows in a sentence */

/* " (12 min)": how long so many rounds take. */
static void add_time(double seconds, struct buf *out)
{
    if (seconds >= 5400)
        buf_printf(out, " (%.0f h)", ceil(seconds / 3600));
    else if (seconds > 90)
        buf_printf(out, " (%.0f min)", ceil(seconds / 60));
    else if (seconds > 0)
        buf_printf(out, " (%.0f s)", ceil(seconds));
}

/* Why nothing can be told of a row, and what would help. */
static void unsure_text(const struct judged *j, struct buf *out)
{
    buf_str(out, "cannot tell");
    if (j->d.state == DIFFERENCE_NO_RATIO)
        buf_str(out, ": a figure is 0, no ratio");
    else if (j->d.state == DIFFERENCE_NONE)
        buf_str(out, ": no figures");
    else if (j->d.state == DIFFERENCE_FEW && j->turns)
        buf_printf(out, ": -n %d at least", DIFFERENCE_LEAST_RUNS);
    else if (j->d.state == DIFFERENCE_FEW)
        buf_printf(out, ": %s a side", j->d.n == 1 ? "one session" : "two sessions");
    else if (j->needed)
        buf_printf(out, ", some %u %s would", j->needed, j->turns ? "rounds" : "sessions");
    else if (j->d.step > j->wanted)
        buf_printf(out, ": its steps are %.2g %%", expm1(j->d.step) * 100);
    else
        buf_str(out, ", no number would");
    if (j->needed)
        add_time(j->needed * j->round_s, out);
    if (j->d.state == DIFFERENCE_TOLD && difference_leaning(&j->d, j->row->more) != VERDICT_UNSURE)
        buf_printf(out, "; perhaps %s",
                   difference_leaning(&j->d, j->row->more) == VERDICT_WORSE ? "worse" : "better");
}

void judged_text(const struct judged *j, struct buf *out)
{
    if (j->word == VERDICT_SAME)
        buf_printf(out, "same within %g %%", j->within * 100);
    else if (j->word == VERDICT_UNSURE)
        unsure_text(j, out);
    else
        buf_str(out, j->word == VERDICT_WORSE ? "WORSE" : "better");
}

static bool has_ratio(const struct judged *j)
{
    return j->d.state == DIFFERENCE_TOLD || j->d.state == DIFFERENCE_FEW;
}

bool judged_has_interval(const struct judged *j) { return has_ratio(j) && isfinite(j->d.half); }

void judged_change(const struct judged *j, struct buf *out)
{
    if (has_ratio(j))
        buf_printf(out, "%+.1f %%", j->d.change * 100);
    else
        buf_str(out, "-");
}

void judged_interval(const struct judged *j, struct buf *out)
{
    if (judged_has_interval(j))
        buf_printf(out, "%+.1f … %+.1f", j->d.interval[0] * 100, j->d.interval[1] * 100);
    else
        buf_str(out, "-");
}

void judged_noise(const struct judged *j, struct buf *out)
{
    if (judged_has_interval(j))
        buf_printf(out, "%.1f %%", expm1(j->d.half) * 100);
    else
        buf_str(out, "-");
}

void judged_value(const struct judged *j, bool of_b, struct buf *out)
{
    double value = of_b ? j->d.b : j->d.a;
    double error = judged_has_interval(j) ? expm1(j->d.half) * value : 0;
    struct estimate e = {.known = true,
                         .value = value,
                         .low = value - error,
                         .high = value + error,
                         .coverage = error > 0};

    estimate_text(out, &e, NUMBER_PLAIN);
}

void comparison_sides(const struct comparison *c, struct args *out)
{
    const struct result *sides[] = {c->a.v[0], c->b.v[0]};

    if (!c->again)
        differences_of_times(sides, 2, out);
    differences_of(sides, 2, out);
    for (size_t i = 0; i < c->n; i++)
        if (c->groups[i].n || c->groups[i].refused)
            differences_of_run(sides, 2, c->groups[i].suite, c->groups[i].platform, out);
}

static bool has_tails(const struct comparison *c)
{
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->groups[i].n; k++)
            if (c->groups[i].rows[k].tail)
                return true;
    return false;
}

/* "getpid +5.1 %, sched_yield +7.0 %" of the rows of a word, the first few. */
static void name_rows(const struct comparison *c, enum verdict word, struct buf *out)
{
    unsigned named = 0;

    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->groups[i].n; k++) {
            const struct judged *j = &c->groups[i].rows[k];

            if (j->word != word || named++ >= NAMED)
                continue;
            buf_str(out, named > 1 ? ", " : " (");
            judged_name(j, out);
            if (c->n > 1)
                buf_printf(out, " on %s", c->groups[i].platform->title);
            buf_str(out, " ");
            judged_change(j, out);
        }
    if (named)
        buf_str(out, named > NAMED ? ", …)" : ")");
}

/* ", 3 better": of the words that do not lead the sentence. */
static void add_count(const struct comparison *c, enum verdict word, const char *what,
                      struct buf *out)
{
    if (!c->count[word])
        return;
    buf_printf(out, "; %u %s", c->count[word], what);
    if (word == VERDICT_BETTER)
        name_rows(c, word, out);
}

void comparison_sentence(const struct comparison *c, struct buf *out)
{
    unsigned all = 0, unsure = c->count[VERDICT_UNSURE], worse = c->count[VERDICT_WORSE];
    char *same;

    for (int i = 0; i < VERDICTS; i++)
        all += c->count[i];
    same = c->judging.within > 0 ? xasprintf("the same within %g %%", c->judging.within * 100)
                                 : xasprintf("the same within %g %%%s", WITHIN * 100,
                                             has_tails(c) ? " (tails 25 %)" : "");
    if (!all)
        buf_str(out, c->refused ? "Nothing is compared: all rows are refused"
                                : "Nothing is compared: the sides have no row in common");
    else if (worse)
        buf_printf(out, "B is WORSE than A in %u of %u row%s", worse, all, all > 1 ? "s" : "");
    else if (unsure)
        buf_printf(out, "One cannot tell of %u of %u row%s; none is told to be worse", unsure, all,
                   all > 1 ? "s" : "");
    else if (c->count[VERDICT_SAME] == all)
        buf_printf(out, all > 1 ? "B is %s in all %u rows" : "B is %s in %u row", same, all);
    else
        buf_printf(out, "B is nowhere worse than A in %u row%s", all, all > 1 ? "s" : "");
    if (worse)
        name_rows(c, VERDICT_WORSE, out);
    add_count(c, VERDICT_BETTER, "better", out);
    if (c->count[VERDICT_SAME] != all)
        add_count(c, VERDICT_SAME, same, out);
    if (worse)
        add_count(c, VERDICT_UNSURE, "cannot be told", out);
    if (all && c->refused)
        buf_printf(out, "; %u refused", c->refused);
    buf_str(out, ".");
    free(same);
}

/* How many rounds would tell the rest: half of them, and all that some number would. */
static void needed_text(const struct comparison *c, struct buf *out)
{
    double *needed = xrealloc(NULL, (c->count[VERDICT_UNSURE] + 1) * sizeof *needed), round_s = 0;
    const char *what = c->again ? "rounds" : "sessions of each side";
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++) {
        double of_group = 0;

        for (size_t k = 0; k < c->groups[i].n; k++) {
            const struct judged *j = &c->groups[i].rows[k];

            if (j->needed)
                needed[n++] = j->needed;
            of_group = fmax(of_group, j->round_s);
        }
        round_s += of_group;
    }
    stats_sort(needed, n);
    if (n && needed[n / 2] < needed[n - 1]) {
        buf_printf(out, " Some %.0f %s", needed[n / 2], what);
        add_time(needed[n / 2] * round_s, out);
        buf_str(out, " would tell half of the rest.");
    }
    if (n) {
        buf_printf(out, " Some %.0f %s", needed[n - 1], what);
        add_time(needed[n - 1] * round_s, out);
        buf_printf(out, " would tell %s.",
                   n == c->count[VERDICT_UNSURE] ? "all of it" : "most of it");
    }
    free(needed);
}

void comparison_basis(const struct comparison *c, struct buf *out)
{
    if (!c->judged && c->again && c->few < DIFFERENCE_LEAST_RUNS)
        buf_printf(out, "Fewer than %d rounds tell nothing of noise: -n %d at least is needed.",
                   DIFFERENCE_LEAST_RUNS, DIFFERENCE_LEAST_RUNS);
    else if (!c->judged && !c->again && c->few < DIFFERENCE_LEAST_UNITS)
        buf_str(out, "So few sessions say nothing of how sessions differ: the intervals are of "
                     "their own runs. Three files a side (compare A1 A2 A3 -- B1 B2 B3), or sides "
                     "that take turns (--a, --b), tell.");
    if (!c->judged)
        return;
    buf_printf(out, "%zu row%s judged together%s: all words hold at once with 95 %% (%s).",
               c->judged, c->judged > 1 ? "s" : "", c->judging.rows ? " (--rows)" : "",
               c->again ? "randomization within rounds, Holm" : "Student's t on sessions, Holm");
    if (c->again && !difference_can_judge(c->few, c->judged))
        buf_printf(out, " %zu rounds cannot judge %zu rows.", c->few, c->judged);
    needed_text(c, out);
}
