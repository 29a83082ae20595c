/* Results of several files side by side: which of them share a column, and a row's figure in each.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/across.h"
#include "stats/stats.h"

#include <stdlib.h>
#include <string.h>

/* Names of programs, each once, and for each result which version it had, or NULL. */
struct versions {
    struct args names;
    char **texts; /* of name i and result k: i * count + k */
    size_t count;
};

static char **version_at(struct versions *s, const char *name, size_t k)
{
    size_t i = 0;

    while (i < s->names.n && strcmp(s->names.v[i], name) != 0)
        i++;
    if (i == s->names.n) {
        args_add(&s->names, name);
        s->texts = xrealloc(s->texts, s->names.n * s->count * sizeof(char *));
        for (size_t j = i * s->count; j < (i + 1) * s->count; j++)
            s->texts[j] = NULL;
    }
    return &s->texts[i * s->count + k];
}

/* The first one counts. */
static void add_version(struct versions *s, const char *name, size_t k, const char *text, size_t n)
{
    char **at = name[0] && n ? version_at(s, name, k) : NULL;

    if (at && !*at)
        *at = xasprintf("%s %.*s", name, (int)n, text);
}

/* Of the tool, of the Linux that it ran on, and of every VMM. "7.2.22 (Debian 1:7.2+…)" is 7.2.22.
 */
static void collect_versions(struct versions *s, const struct across *a)
{
    for (size_t k = 0; k < a->count; k++) {
        const struct result *r = a->all[k];
        const char *tool = facts_text(r->facts, "tool");
        const char *kernel = facts_text(facts_at(r->facts, "host"), "kernel");
        size_t blank = strcspn(tool, " ");

        tool += tool[blank] ? blank + 1 : blank;
        add_version(s, "limpet", k, tool, strlen(tool));
        add_version(s, "Linux", k, kernel, strlen(kernel));
        for (size_t i = 0; i < r->run_count; i++) {
            const char *text = facts_text(r->runs[i], "vmm_version");

            add_version(s, facts_text(r->runs[i], "vmm"), k, text, strcspn(text, " "));
        }
    }
}

/* Appends those of result k that are not the same in all. */
static void version_text(const struct versions *s, size_t k, struct buf *out)
{
    for (size_t i = 0; i < s->names.n; i++) {
        char *const *of = &s->texts[i * s->count];
        bool differs = false;

        for (size_t j = 0; j < s->count; j++)
            differs |= (of[j] ? !of[0] || strcmp(of[j], of[0]) != 0 : of[0] != NULL);
        if (differs)
            buf_printf(out, "%s%s", out->len ? ", " : "", of[k] ? of[k] : "");
    }
}

static void versions_free(struct versions *s)
{
    for (size_t i = 0; i < s->names.n * s->count; i++)
        free(s->texts[i]);
    free(s->texts);
    args_free(&s->names);
}

/* What a result's column may be called; "" where nothing tells. */
enum { BY_LABEL, BY_HOST, BY_VERSION, BY_FILE, BYS };
static const char *const by_words[BYS] = {"label", "host", "version", "file"};

static void key_texts(const struct across *a, const char *const *files, struct args keys[BYS])
{
    struct versions versions = {.count = a->count};

    collect_versions(&versions, a);
    for (size_t k = 0; k < a->count; k++) {
        const struct facts *whole = a->all[k]->facts, *host = facts_at(whole, "host");
        const char *name = facts_text(host, "hostname");
        struct buf version = {0};

        buf_str(&version, "");
        version_text(&versions, k, &version);
        args_add(&keys[BY_LABEL], facts_text(whole, "label"));
        args_add(&keys[BY_HOST], name[0] ? name : facts_text(host, "cpu_model"));
        args_add(&keys[BY_VERSION], version.data);
        args_add(&keys[BY_FILE], files[k]);
        buf_free(&version);
    }
    versions_free(&versions);
}

/* Are they not all the same? whole: and is none of them empty? */
static bool do_differ(const struct args *keys, bool whole)
{
    bool differ = false, empty = false;

    for (size_t k = 0; k < keys->n; k++) {
        differ |= strcmp(keys->v[k], keys->v[0]) != 0;
        empty |= !keys->v[k][0];
    }
    return differ && !(whole && empty);
}

/* Which of them the columns are by. */
static void choose(const struct args keys[BYS], const char *by, bool chosen[BYS])
{
    for (int i = 0; i < BYS; i++)
        chosen[i] = by && !strcmp(by, by_words[i]);
    if (by)
        return;
    chosen[BY_LABEL] = do_differ(&keys[BY_LABEL], true);
    chosen[BY_HOST] = !chosen[BY_LABEL] && do_differ(&keys[BY_HOST], true);
    chosen[BY_VERSION] = !chosen[BY_LABEL] && do_differ(&keys[BY_VERSION], true);
    chosen[BY_FILE] = !chosen[BY_LABEL] && !chosen[BY_HOST] && !chosen[BY_VERSION];
}

/* "host and version" of all that is chosen, or the texts of a result. */
static char *joined(const char *const *texts, const bool chosen[BYS], const char *between)
{
    struct buf text = {0}, none = {0};

    for (int i = 0; i < BYS; i++) {
        if (chosen[i] && texts[i][0])
            buf_printf(&text, "%s%s", text.len ? between : "", texts[i]);
        if (chosen[i])
            buf_printf(&none, "no %s", by_words[i]);
    }
    if (!text.len)
        buf_str(&text, none.data);
    buf_free(&none);
    return text.data;
}

/* Puts a result into the column of that title, which is taken over. */
static void place(struct across *a, const struct result *result, char *title, bool alone)
{
    struct across_column *c;
    size_t i = 0;

    while (i < a->n && (alone || strcmp(a->v[i].title, title) != 0))
        i++;
    if (i == a->n) {
        a->v = list_grown(a->v, a->n, sizeof *a->v);
        a->v[a->n++] = (struct across_column){.title = title};
    } else {
        free(title);
    }
    c = &a->v[i];
    c->v = list_grown(c->v, c->n, sizeof(struct result *));
    c->v[c->n++] = result;
}

struct across across_of(const struct view *views, size_t count, const char *by)
{
    const char **files = xrealloc(NULL, (count + 1) * sizeof(char *));
    struct across a = {.all = xrealloc(NULL, (count + 1) * sizeof(struct result *))};
    struct args keys[BYS] = {{0}};
    bool chosen[BYS];

    for (size_t i = 0; i < count; i++)
        if (!facts_text(views[i].result->facts, "side")[0]) {
            files[a.count] = views[i].file;
            a.all[a.count++] = views[i].result;
        }
    key_texts(&a, files, keys);
    choose(keys, by, chosen);
    a.by = joined(by_words, chosen, " and ");
    for (size_t k = 0; k < a.count && a.count > 1; k++) {
        const char *const texts[BYS] = {keys[0].v[k], keys[1].v[k], keys[2].v[k], keys[3].v[k]};

        place(&a, a.all[k], joined(texts, chosen, ", "), chosen[BY_FILE]);
    }
    for (int i = 0; i < BYS; i++)
        args_free(&keys[i]);
    free(files);
    return a;
}

void across_free(struct across *a)
{
    for (size_t i = 0; i < a->n; i++) {
        free(a->v[i].title);
        free(a->v[i].v);
    }
    free(a->v);
    free(a->all);
    free(a->by);
    *a = (struct across){0};
}

struct estimate across_figure(const struct across_column *c, const char *suite, const char *name,
                              const char *platform)
{
    double *figures = xrealloc(NULL, (c->n + 1) * sizeof *figures), ci[2];
    struct estimate one = {.unit = ""}, e = {.unit = ""};
    size_t n = 0;

    for (size_t k = 0; k < c->n; k++) {
        struct estimate next = estimate_figure(results_row(c->v[k], suite, name, platform));

        if (!next.known || (n && strcmp(next.unit, one.unit) != 0))
            continue;
        one = next;
        figures[n++] = next.value;
    }
    if (n && c->n > 1) {
        e = (struct estimate){.known = true, .n = n, .unit = one.unit};
        e.value = stats_median(figures, n, ci, &e.coverage);
        e.low = ci[0];
        e.high = ci[1];
        e.noise = e.value < 0;
    }
    free(figures);
    return n && c->n > 1 ? e : one;
}

static bool is_measured(const struct across *a, const char *suite, const char *platform)
{
    for (size_t k = 0; k < a->count; k++)
        if (results_find_run(a->all[k], suite, platform))
            return true;
    return false;
}

void across_each(const struct across *a,
                 void (*call)(const struct across *, const char *, const struct platform *, void *),
                 void *context)
{
    const struct platform *known[PLATFORMS_MAX];
    int platforms = platform_every(known);
    struct args suites = {0};

    for (size_t k = 0; k < a->count; k++)
        for (size_t i = 0; i < a->all[k]->run_count; i++) {
            const char *suite = facts_text(a->all[k]->runs[i], "suite");
            size_t j = 0;

            while (j < suites.n && strcmp(suites.v[j], suite) != 0)
                j++;
            if (j == suites.n)
                args_add(&suites, suite);
        }
    for (size_t j = 0; j < suites.n; j++)
        for (int p = 0; p < platforms; p++)
            if (is_measured(a, suites.v[j], known[p]->name))
                call(a, suites.v[j], known[p], context);
    args_free(&suites);
}
