/* The suite vmm's guests at once: each fills its memory and looks whether it stays its own.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/isolation.h"
#include "measure/target.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/msg.h"
#include "results/results.h"
#include "results/rows.h"
#include "base/parallel.h"
#include "base/random.h"
#include "host/place.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HOLD_MS     2000 /* long enough for the last to begin */
#define EMULATED_MS 8000 /* in a lab that emulates */
#define BYTES_MAX   (64 << 20)

/* What a guest of this number must tell of so many bytes (apps/isolation). */
static void checksum_text(unsigned number, long long bytes, char text[17])
{
    unsigned long long state = number, sum = 0;

    for (long long at = 0; at < bytes; at += 8)
        sum = sum * 31 + random_next(&state);
    snprintf(text, 17, "%016llx", sum);
}

static const struct facts *last_words(const struct guest_lines *r)
{
    for (size_t i = 0; i < facts_count(r->facts, "info"); i++) {
        const struct facts *element = facts_element(r->facts, "info", i);

        if (!strcmp(facts_text(element, "limpet"), "isolation"))
            return element;
    }
    return NULL;
}

static double tick(const struct guest_lines *r, size_t i)
{
    return i < r->tick_count ? r->ticks[i].host : 0;
}

void hold_read(struct hold *h, const struct guest_lines *r, unsigned number)
{
    const struct facts *words = last_words(r);
    double bytes = facts_number(words, "bytes");
    char checksum[17] = "";

    h->from = tick(r, 0);
    h->to = tick(r, 1);
    h->bytes = bytes * facts_number(words, "passes");
    if (bytes <= BYTES_MAX)
        checksum_text(number, (long long)bytes, checksum);
    if (!words || r->tick_count != 2 || h->bytes <= 0 || bytes > BYTES_MAX)
        snprintf(h->why, sizeof h->why, "guest %u did not tell what it held", number);
    else if (facts_number(words, "number") != number ||
             strcmp(facts_text(words, "checksum"), checksum) != 0)
        snprintf(h->why, sizeof h->why, "guest %u held what is not its own: checksum %s, not %s",
                 number, facts_text(words, "checksum"), checksum);
}

double hold_overlap(const struct hold *h, size_t n)
{
    double from = -INFINITY, to = INFINITY;

    for (size_t i = 0; i < n; i++) {
        from = fmax(from, h[i].from);
        to = fmin(to, h[i].to);
    }
    return to - from;
}

/* What all guests of a round share. */
struct round {
    const struct suite *suite;
    const struct suite_app *app;
    const struct target *target;
    struct facts *run; /* to be completed, or NULL */
    unsigned first;
    struct hold holds[PARALLEL_MAX];
};

/* One guest from its start to its end. */
static int hold(int i, void *context)
{
    struct round *r = context;
    struct hold *h = &r->holds[i];
    unsigned number = r->first + (unsigned)i;
    struct guest_lines lines;
    struct vm_result vm;
    char *more = xasprintf("%u %d", number, place()->emulated_by ? EMULATED_MS : HOLD_MS), *why;

    *h = (struct hold){.started = now_s()};
    why = target_run(r->target, r->app, more, &lines, &vm);
    h->ended = now_s();
    if (why)
        snprintf(h->why, sizeof h->why, "%s", why);
    else
        hold_read(h, &lines, number);
    if (r->run)
        results_complete(r->run, &vm, &lines);
    free(more);
    free(why);
    guest_lines_free(&lines);
    vm_result_free(&vm);
    return h->why[0] != '\0';
}

static void add_rows(const struct round *r, int n, struct rows *rows)
{
    double started = INFINITY, ended = -INFINITY, rate = 0;
    const char *suite = r->suite->name;
    char name[64];

    for (int i = 0; i < n; i++) {
        const struct hold *h = &r->holds[i];

        started = fmin(started, h->started);
        ended = fmax(ended, h->ended);
        rate += h->bytes / (h->to - h->from) / 1e6;
    }
    snprintf(name, sizeof name, ISOLATION, n);
    rows_figure(rows, suite, name, "MB/s", "more", rate);
    snprintf(name, sizeof name, ISOLATION ", start to exit", n);
    rows_figure(rows, suite, name, "ms", "less", (ended - started) * 1e3);
    snprintf(name, sizeof name, ISOLATION_HELD, n);
    if (n > 1)
        rows_figure(rows, suite, name, "ms", "more", hold_overlap(r->holds, (size_t)n) * 1e3);
}

/* n guests at once. Returns why it is no measurement (static, or in the round), or NULL. */
static const char *round_of(struct round *r, int n, struct rows *rows)
{
    bool good = n == 1 ? !hold(0, r) : parallel(n, hold, r);

    for (int i = 0; i < n; i++)
        if (r->holds[i].why[0])
            return r->holds[i].why;
    if (!good)
        return "a guest's process failed";
    if (hold_overlap(r->holds, (size_t)n) <= 0)
        return "the guests did not run at the same time";
    add_rows(r, n, rows);
    return NULL;
}

/* Rounds of one guest alone and then of n. Returns how many were begun; why tells what ended them.
 */
static unsigned rounds_of(struct round *r, int n, unsigned rounds, struct rows *rows,
                          const char **why)
{
    struct facts *run = r->run;
    unsigned done = 0;

    for (; !*why && done < rounds && !interrupted; done++) {
        progress("%d guests at once, round %u of %u on %s …", n, done + 1, rounds,
                 r->target->label);
        r->first = random_seed();
        r->run = run;
        *why = round_of(r, 1, rows);
        r->run = NULL; /* a process of its own could not complete it */
        *why = *why ? *why : round_of(r, n, rows);
    }
    return done;
}

void isolation_run(const struct suite *suite, const struct suite_app *app, struct target *target,
                   unsigned rounds)
{
    struct round *r =
        mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct rows rows = {0};
    struct facts *run = target_new_run(target, suite, app);
    const char *why = r == MAP_FAILED ? "no memory for a round" : target->unfit;
    unsigned done = 0;

    if (!why && target->plan->parallel) {
        *r = (struct round){.suite = suite, .app = app, .target = target, .run = run};
        rounds = rounds ? rounds : suite_usual_runs(app, target->platform);
        done = rounds_of(r, (int)target->plan->parallel, rounds, &rows, &why);
    }
    if (target->plan->parallel && why && !interrupted)
        target_skip(target, suite, app, why);
    if (why)
        rows_free(&rows);
    target_end_run(target, run, &rows, (long long)done * (1 + target->plan->parallel));
    if (r != MAP_FAILED)
        munmap(r, sizeof *r);
}
