/* Many results of the same over time, row by row.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What makes rows unlike, as compare has it, and the door. */
static char *like_of(const struct facts *run)
{
    static const char *const keys[] = {"cpu_model", "vcpus",       "mem_mib", "mode",
                                       "nesting",   "emulated_by", "door"};
    struct buf text = {0};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char *words = facts_words(run, keys[i]);

        buf_printf(&text, "%s%s", i ? ", " : "", words);
        free(words);
    }
    return text.data;
}

/* The series that a row belongs to. Files from before hosts had names go with any of the same kind.
 */
static struct series *series_of(struct history *h, const struct row *row, const char *like,
                                const char *host)
{
    struct series *s;

    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): &h->twice is never NULL */
    for (size_t i = 0; i < h->series_count; i++) {
        s = &h->series[i];
        if (strcmp(s->name, row->name) != 0 || strcmp(s->platform, row->platform) != 0 ||
            strcmp(s->suite, row->suite) != 0 || strcmp(s->unit, unit_text(row->unit)) != 0 ||
            strcmp(s->like, like) != 0 || (s->host[0] && host[0] && strcmp(s->host, host) != 0))
            continue;
        if (!s->host[0])
            row_set_text(&s->host, host);
        return s;
    }
    h->series = list_grown(h->series, h->series_count, sizeof *h->series);
    s = &h->series[h->series_count++];
    *s = (struct series){.suite = xstrdup(row->suite),
                         .platform = xstrdup(row->platform),
                         .name = xstrdup(row->name),
                         .unit = xstrdup(unit_text(row->unit)),
                         .more = row->more,
                         .like = xstrdup(like),
                         .host = xstrdup(host)};
    return s;
}

static void add_row(struct history *h, const struct result *result, const struct row *row)
{
    struct estimate e = estimate_figure(row);
    char *like = like_of(results_run_of(result, row));
    struct series *s =
        series_of(h, row, like, facts_text(facts_at(result->facts, "host"), "hostname"));
    bool again = s->n && s->points[s->n - 1].session == h->n; /* a row twice in a result */

    e.unit = s->unit;
    if (e.known && isfinite(e.value) && !again) {
        s->points = list_grown(s->points, s->n, sizeof *s->points);
        s->points[s->n++] = (struct point){h->n, e};
    }
    free(like);
}

/* Is it known already, from another file or line? */
static bool is_known(const struct history *h, const struct result *result)
{
    static const char *const keys[] = {"created", "seed", "command", "host"};

    for (size_t i = 0; i < h->n; i++) {
        bool same = true;

        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
            same &= facts_alike(h->sessions[i].result->facts, result->facts, keys[k]);
        if (same)
            return true;
    }
    return false;
}

static void add(struct history *h, struct result *result, const char *file)
{
    size_t *why = facts_text(result->facts, "side")[0]       ? &h->sides
                  : !facts_text(result->facts, "created")[0] ? &h->undated
                  : is_known(h, result)                      ? &h->twice
                                                             : NULL;

    if (why) {
        ++*why;
        results_free(result);
        return;
    }
    for (size_t i = 0; i < result->rows.n; i++)
        add_row(h, result, result->rows.v[i]);
    rows_free(&result->rows);
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): &h->twice is never NULL */
    h->sessions = list_grown(h->sessions, h->n, sizeof *h->sessions);
    h->sessions[h->n] = (struct session){result, xstrdup(file), h->n};
    h->n++;
}

void history_add(struct history *h, struct results *results, const char *file)
{
    for (size_t i = 0; i < results->n; i++)
        add(h, results->v[i], file);
    free(results->v);
    *results = (struct results){0};
}

static int by_date(const void *x, const void *y)
{
    const struct session *a = x, *b = y;
    int order =
        strcmp(facts_text(a->result->facts, "created"), facts_text(b->result->facts, "created"));

    return order ? order : (a->number > b->number) - (a->number < b->number);
}

static int by_session(const void *x, const void *y)
{
    const struct point *a = x, *b = y;

    return (a->session > b->session) - (a->session < b->session);
}

/* Sessions in order of time, and every point where its session went. */
static void sort(struct history *h)
{
    size_t *places = xrealloc(NULL, (h->n + 1) * sizeof *places);

    if (h->n)
        qsort(h->sessions, h->n, sizeof *h->sessions, by_date);
    for (size_t i = 0; i < h->n; i++)
        places[h->sessions[i].number] = i;
    for (size_t i = 0; i < h->series_count; i++) {
        struct series *s = &h->series[i];

        for (size_t k = 0; k < s->n; k++)
            s->points[k].session = places[s->points[k].session];
        if (s->n)
            qsort(s->points, s->n, sizeof *s->points, by_session);
    }
    free(places);
}

static bool same_row(const struct series *a, const struct series *b)
{
    return !strcmp(a->name, b->name) && !strcmp(a->platform, b->platform) &&
           !strcmp(a->suite, b->suite);
}

double history_level(const struct history *h)
{
    return HISTORY_ERROR / (double)(h->judged ? h->judged : 1);
}

void history_finish(struct history *h, void (*step)(size_t done, size_t all))
{
    double *figures = xrealloc(NULL, (h->n + 1) * sizeof *figures);

    sort(h);
    for (size_t i = 0; i < h->series_count; i++) {
        h->judged += h->series[i].n >= changes_least(HISTORY_ERROR);
        for (size_t k = 0; k < h->series_count && !h->series[i].several; k++)
            h->series[i].several = k != i && same_row(&h->series[i], &h->series[k]);
    }
    for (size_t i = 0; i < h->series_count; i++) {
        struct series *s = &h->series[i];

        for (size_t k = 0; k < s->n; k++)
            figures[k] = s->points[k].e.value;
        s->changes = xrealloc(NULL, (s->n + 1) * sizeof *s->changes);
        s->change_count = changes_find(figures, s->n, history_level(h), s->changes);
        if (step)
            step(i + 1, h->series_count);
    }
    free(figures);
}

struct estimate history_level_of(const struct series *s, size_t i)
{
    size_t from = i ? s->changes[i - 1].at : 0, end = i < s->change_count ? s->changes[i].at : s->n;
    double *figures = xrealloc(NULL, (end - from + 1) * sizeof *figures), ci[2];
    struct estimate e = {.known = end > from, .n = end - from, .unit = s->unit};

    for (size_t k = from; k < end; k++)
        figures[k - from] = s->points[k].e.value;
    if (e.known) {
        e.value = stats_median(figures, e.n, ci, &e.coverage);
        e.low = ci[0];
        e.high = ci[1];
        e.noise = e.value < 0;
    }
    free(figures);
    return e;
}

double history_chance(const struct history *h, const struct change *change)
{
    return fmin(change->p * (double)h->judged, 1);
}

static void series_free(struct series *s)
{
    char *texts[] = {s->suite, s->platform, s->name, s->unit, s->like, s->host};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    free(s->points);
    free(s->changes);
}

void history_free(struct history *h)
{
    for (size_t i = 0; i < h->n; i++) {
        results_free(h->sessions[i].result);
        free(h->sessions[i].file);
    }
    for (size_t i = 0; i < h->series_count; i++)
        series_free(&h->series[i]);
    free(h->sessions);
    free(h->series);
    *h = (struct history){0};
}
