/* The sentence of result that a report begins with.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/lead.h"
#include "measure/suites.h"
#include "results/busy.h"
#include "results/estimate.h"
#include "show/findings.h"
#include "show/phases.h"
#include "stats/stats.h"

#include <string.h>

/* The platforms that have a row, and its figures there. */
struct contest {
    const struct result *result;
    const struct suite *suite;
    const struct suite_row *row;
    struct rival {
        const struct platform *platform;
        struct estimate figure;
    } v[PLATFORMS_MAX];
    int n;
};

static bool more_is_better(const struct contest *c) { return !strcmp(c->row->better, "more"); }

static bool alike(const struct contest *c, int i, int k)
{
    const struct platform *of[] = {c->v[i].platform, c->v[k].platform};

    return findings_comparable(c->result, c->suite->name, of);
}

/* Returns how many of the rivals can be held against another one. */
static int enter(struct contest *c)
{
    const struct platform *all[PLATFORMS_MAX];
    int n = platform_every(all), pairs = 0;

    c->n = 0;
    for (int i = 0; i < n; i++) {
        struct rival r = {all[i], estimate_figure(results_row(c->result, c->suite->name,
                                                              c->row->name, all[i]->name))};

        c->v[c->n] = r;
        c->n += r.figure.known && alike(c, c->n, c->n);
    }
    for (int i = 0; i < c->n; i++)
        for (int k = 0; k < i; k++)
            pairs += alike(c, i, k);
    return pairs;
}

/* Takes the row to be told of: boots go first. */
static void choose(struct contest *c)
{
    struct contest alone = *c;

    for (int boots = 1; boots >= 0; boots--)
        for (size_t i = 0; suites[i]; i++)
            for (const struct suite_row *row = suites[i]->rows; row->name; row++) {
                if (!row->does || suites[i]->joins_clocks != boots)
                    continue;
                c->suite = suites[i];
                c->row = row;
                if (enter(c))
                    return;
                if (!alone.n && c->n)
                    alone = *c;
            }
    *c = alone;
}

/* "KVM lab (emulated, a busy machine), " */
static void place(const struct contest *c, const struct rival *v, int n, struct buf *out)
{
    int emulated = 0;
    bool busy = false;

    for (int i = 0; i < n; i++) {
        const struct facts *run = results_find_run(c->result, c->suite->name, v[i].platform->name);

        emulated += facts_true(run, "emulated");
        busy |= busy_tell(run, NULL);
        if (!i)
            buf_str(out, phase_where(run, v[i].platform->name));
    }
    buf_printf(out, "%s%s%s%s%s, ", emulated || busy ? " (" : "",
               !emulated      ? ""
               : emulated < n ? "some emulated"
                              : "emulated",
               emulated && busy ? ", " : "", busy ? "a busy machine" : "",
               emulated || busy ? ")" : "");
}

/* "KVM, VMM or QEMU" */
static void names(const struct contest *c, const struct rival *v, int n, const char *last,
                  struct buf *out)
{
    for (int i = 0; i < n; i++) {
        buf_str(out, !i ? "" : i + 1 == n ? last : ", ");
        findings_title(c->result, v[i].platform, out);
    }
}

static struct estimate ratio(const struct contest *c, const struct rival *a, const struct rival *b)
{
    return estimate_ratio(&a->figure, &b->figure, more_is_better(c));
}

/* One that is alone in its place: its figure. */
static void alone(const struct contest *c, const struct rival *r, struct buf *out)
{
    struct estimate e = r->figure;

    findings_title(c->result, r->platform, out);
    buf_str(out, " alone, ");
    estimate_text(out, &e, NUMBER_PEOPLE);
    buf_printf(out, " %s (", e.unit);
    if (e.coverage > 0) {
        buf_str(out, e.coverage >= STATS_CONFIDENCE ? "95 %: " : "");
        estimate_interval(out, &e, NUMBER_PEOPLE);
        buf_str(out, ", ");
    }
    buf_printf(out, "n %zu)", e.n);
}

/* Rivals of one place, the best first; as many as the best is not told from stand before the rest.
 */
static void rank(const struct contest *c, const struct rival *v, int n, int equal, struct buf *out)
{
    struct estimate e = ratio(c, &v[0], &v[equal < n ? equal : 0]);

    if (equal > 1) {
        if (equal == n)
            buf_str(out, "which of ");
        names(c, v, equal, equal == n ? " and " : " or ", out);
        buf_printf(out, " %s fastest,%s %zu %s cannot tell", c->row->does,
                   equal < n ? " which of them" : "", v[0].figure.n, c->suite->count);
        if (equal < n) {
            buf_str(out, ", and ");
            names(c, v + equal, n - equal, " and ", out);
            buf_printf(out, " %s slower", n - equal > 1 ? "are" : "is");
        }
        return;
    }
    names(c, v, 1, "", out);
    buf_printf(out, " %s fastest, ", c->row->does);
    estimate_text(out, &e, NUMBER_PEOPLE);
    buf_str(out, " times faster than ");
    names(c, v + 1, 1, "", out);
    if (n > 2)
        buf_printf(out, ", the next of %d", n);
    buf_str(out, " (95 %: ");
    estimate_interval(out, &e, NUMBER_PEOPLE);
    buf_printf(out, ", n %zu)", e.n);
}

/* Is it told to be slower than each of the first so many? */
static bool slower(const struct contest *c, const struct rival *r, const struct rival *than, int n)
{
    bool told = true;

    for (int i = 0; i < n && told; i++) {
        struct estimate e = ratio(c, &than[i], r);

        told = e.value > 1 && estimate_told(&e);
    }
    return told;
}

/* Puts those who are told to be slower than each of the first n behind all others. Returns how many
 * others there are. */
static int part(const struct contest *c, struct rival *v, int count, int n)
{
    struct rival parted[PLATFORMS_MAX];
    int k = 0, others;

    for (int i = 0; i < count; i++)
        if (!slower(c, &v[i], v, n))
            parted[k++] = v[i];
    others = k;
    for (int i = 0; i < count; i++)
        if (slower(c, &v[i], v, n))
            parted[k++] = v[i];
    for (int i = 0; i < count; i++)
        v[i] = parted[i];
    return others;
}

/* Those of one place: sorted, and parted into who may be the best and who is slower. */
static void clause(const struct contest *c, struct rival *v, int n, struct buf *out)
{
    place(c, v, n, out);
    if (n == 1) {
        alone(c, v, out);
        return;
    }
    for (int i = 1; i < n; i++)
        for (int k = i; k > 0 && ratio(c, &v[k], &v[k - 1]).value > 1; k--) {
            struct rival better = v[k];

            v[k] = v[k - 1];
            v[k - 1] = better;
        }
    rank(c, v, n, part(c, v, n, part(c, v, n, 1)), out);
}

void lead_sentence(const struct result *result, struct buf *out)
{
    struct contest c = {.result = result};
    bool told[PLATFORMS_MAX] = {false};
    int places = 0;

    choose(&c);
    if (!c.n)
        return;
    buf_printf(out, "%s, %s: ", c.suite->title, c.row->label);
    for (int i = 0; i < c.n; i++) {
        struct rival same[PLATFORMS_MAX];
        int n = 0;

        for (int k = i; k < c.n && !told[i]; k++)
            if (alike(&c, i, k)) {
                same[n++] = c.v[k];
                told[k] = k > i;
            }
        if (!n)
            continue;
        buf_str(out, places++ ? "; " : "");
        clause(&c, same, n, out);
    }
    buf_str(out, places > 1 ? ". Figures of different places do not compare." : ".");
}
