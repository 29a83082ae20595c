/* What a result's figures tell, in sentences.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/findings.h"
#include "measure/suites.h"
#include "results/busy.h"
#include "vm/platforms.h"
#include "results/results.h"
#include "show/screen.h"
#include "show/text.h"

#include <string.h>

/* Platforms that one chooses between. */
static const char *const pairs[][2] = {
    {"kvm", "qemu"},
    {"kvm", "vmm"},
    {"xen-pvh", "xen-hvm"},
    {"xen-hvm", "xen-hvm-disk"},
    {"xen-hvm-disk-fast", "xen-hvm-disk"},
};
#define PAIRS (sizeof pairs / sizeof *pairs)

void findings_title(const struct result *result, const struct platform *p, struct buf *out)
{
    const char *title = results_title(result, p);
    size_t n = strcspn(title, ",");

    buf_add(out, title, n);
    if (title[n])
        buf_printf(out, " (%s)", title + n + 2);
}

/* Are a suite's results right, as far as it tells? */
static bool valid(const struct facts *run) { return !facts_false(run, "valid.ok"); }

bool findings_comparable(const struct result *result, const char *suite,
                         const struct platform *const of[2])
{
    const struct facts *a = results_find_run(result, suite, of[0]->name);
    const struct facts *b = results_find_run(result, suite, of[1]->name);
    bool lab = !strcmp(facts_text(a, "mode"), "lab");

    return a && b && valid(a) && valid(b) &&
           !strcmp(facts_text(a, "mode"), facts_text(b, "mode")) &&
           (!lab || (of[0]->lab && of[1]->lab && !strcmp(of[0]->lab, of[1]->lab)));
}

/* "PVH boots 2.6 times faster than HVM (95 %: 2.1–3.3)." */
static void sentence(const struct result *result, const struct estimate *ratio, const char *does,
                     const struct platform *const of[2], struct args *out)
{
    struct estimate e = *ratio;
    struct buf text = {0};
    bool swap = e.value < 1;

    if (swap)
        e = (struct estimate){.known = true,
                              .value = 1 / ratio->value,
                              .low = 1 / ratio->high,
                              .high = 1 / ratio->low,
                              .coverage = ratio->coverage};
    findings_title(result, of[swap], &text);
    buf_printf(&text, " %s ", does);
    estimate_text(&text, &e, NUMBER_PEOPLE);
    buf_str(&text, " times faster than ");
    findings_title(result, of[!swap], &text);
    buf_str(&text, " (95 %: ");
    estimate_interval(&text, &e, NUMBER_PEOPLE);
    buf_str(&text, ").");
    args_add(out, text.data);
    buf_free(&text);
}

#define GROUPS 16

/* What does not tell two platforms apart, by the number of runs. */
struct unsure {
    struct group {
        size_t n;
        bool boots; /* the runs are boots */
        struct buf by;
    } groups[GROUPS];
    size_t count;
    struct buf busy; /* how busy the machine was in the first such run, if it was */
};

static void add_unsure(struct unsure *u, const struct result *result, const struct suite *suite,
                       const struct suite_row *row, const struct platform *const of[2], size_t n)
{
    bool boots = suite->joins_clocks;
    size_t i = 0;

    for (int k = 0; k < 2 && !u->busy.len; k++)
        busy_tell(results_find_run(result, suite->name, of[k]->name), &u->busy);
    while (i < u->count && (u->groups[i].n != n || u->groups[i].boots != boots))
        i++;
    if (i == GROUPS)
        return;
    if (i == u->count)
        u->groups[u->count++] = (struct group){.n = n, .boots = boots};
    buf_printf(&u->groups[i].by, "%s%s", u->groups[i].by.len ? ", " : "", row->by);
}

/* "Cannot tell KVM from VMM by boot: 6 boots; by getpid: 1 run; load 12 on 2 CPUs." */
static void say_unsure(const struct result *result, struct unsure *u,
                       const struct platform *const of[2], struct args *out)
{
    struct buf text = {0};

    buf_str(&text, "Cannot tell ");
    findings_title(result, of[0], &text);
    buf_str(&text, " from ");
    findings_title(result, of[1], &text);
    for (size_t i = 0; i < u->count; i++) {
        struct group *g = &u->groups[i];

        buf_printf(&text, "%s by %s: %zu %s%s", i ? ";" : "", g->by.data, g->n,
                   g->boots ? "boot" : "run", g->n == 1 ? "" : "s");
        buf_free(&g->by);
    }
    if (u->busy.len)
        buf_printf(&text, "%s%s", u->count > 1 ? "; " : ", ", u->busy.data);
    buf_str(&text, ".");
    if (u->count)
        args_add(out, text.data);
    buf_free(&u->busy);
    buf_free(&text);
}

/* What a row tells of two platforms. */
static void find_row(const struct result *result, const struct suite *suite,
                     const struct suite_row *row, const struct platform *const of[2],
                     struct args *told, struct unsure *u)
{
    struct estimate x = estimate_figure(results_row(result, suite->name, row->name, of[0]->name));
    struct estimate y = estimate_figure(results_row(result, suite->name, row->name, of[1]->name));
    struct estimate ratio = estimate_ratio(&x, &y, !strcmp(row->better, "more"));

    if (!row->does || !findings_comparable(result, suite->name, of))
        return;
    if (estimate_told(&ratio))
        sentence(result, &ratio, row->does, of, told);
    else if (ratio.known)
        add_unsure(u, result, suite, row, of, ratio.n);
}

/* All that the rows tell of two platforms, boots first; what they do not tell goes into unsure. */
static void find(const struct result *result, const struct platform *const of[2], struct args *told,
                 struct args *unsure)
{
    struct unsure u = {0};

    for (int boots = 1; boots >= 0; boots--)
        for (size_t i = 0; suites[i]; i++)
            for (const struct suite_row *row = suites[i]->rows; row->name; row++)
                if (suites[i]->joins_clocks == boots)
                    find_row(result, suites[i], row, of, told, &u);
    say_unsure(result, &u, of, unsure);
}

void findings_list(const struct result *result, struct args *out)
{
    static const char more[] =
        "Fewer than 6 runs tell nothing of noise; more of them (-n) tell more.";
    struct args unsure = {0};

    for (size_t i = 0; i < PAIRS; i++) {
        const struct platform *of[2] = {platform_find(pairs[i][0]), platform_find(pairs[i][1])};

        find(result, of, out, &unsure);
    }
    for (size_t i = 0; i < unsure.n; i++)
        args_add(out, unsure.v[i]);
    if (unsure.n)
        args_add(out, more);
    args_free(&unsure);
}

void findings_format(const struct result *result, size_t lines, struct buf *out)
{
    struct args all = {0};
    size_t left = 0;

    findings_list(result, &all);
    for (size_t i = 0; i < all.n; i++) {
        struct buf text = {0};
        size_t needed = text_wrap(all.v[i], SCREEN_COLUMNS, &text);

        if (left || needed + (i + 1 < all.n) > lines) {
            left++; /* the last line tells how many more there are */
        } else {
            buf_add(out, text.data, text.len);
            lines -= needed;
        }
        buf_free(&text);
    }
    if (left)
        buf_printf(out, "… and %zu more such sentences would not fit here.\n", left);
    args_free(&all);
}
