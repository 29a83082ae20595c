/* What is recorded of results, not measured, and differs between them.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/differences.h"

#include <stdlib.h>
#include <string.h>

#define HASH_SHOWN 12

/* What is recorded of a run that may explain a difference. */
static const char *const run_facts[] = {
    "mode", "nesting",     "emulated_by", "kernel", "cpu_model", "vcpus", "mem_mib",
    "vmm",  "vmm_version", "domain_type", "cpu",    "machine",   "door",
};

/* Stands it there already, from word i on? */
static bool is_there(const struct args *out, size_t i, const char *what, char *const *texts,
                     size_t n)
{
    bool same = !strcmp(out->v[i], what);

    for (size_t k = 0; k < n; k++)
        same &= !strcmp(out->v[i + 1 + k], texts[k]);
    return same;
}

/* Adds what differs, once. Takes over the texts, which are n; NULL: it has nothing to do with it.
 */
static void add_texts(struct args *out, const char *what, char **texts, size_t n)
{
    const char *first = NULL;
    bool differs = false, known = false;

    for (size_t k = 0; k < n; k++) {
        first = first ? first : texts[k];
        differs |= texts[k] && strcmp(texts[k], first) != 0;
        texts[k] = texts[k] ? texts[k] : xstrdup("-");
    }
    for (size_t i = 0; i < out->n && !known; i += n + 1)
        known = is_there(out, i, what, texts, n);
    if (differs && !known)
        args_add(out, what);
    for (size_t k = 0; k < n; k++) {
        if (differs && !known)
            args_add(out, texts[k]);
        free(texts[k]);
    }
    free(texts);
}

static char **texts_new(size_t n) { return xrealloc(NULL, (n + 1) * sizeof(char *)); }

/* facts: of each result, NULL where it has none. */
static void add_fact(struct args *out, const char *what, const struct facts *const *facts, size_t n,
                     const char *name)
{
    char **texts = texts_new(n);

    for (size_t k = 0; k < n; k++)
        texts[k] = facts[k] ? facts_words(facts[k], name) : NULL;
    add_texts(out, what, texts, n);
}

/* The first word of QEMU's command line, or the beginning of an image's hash. */
static void add_part(struct args *out, const char *what, const struct facts *const *facts, size_t n,
                     const char *name, size_t most)
{
    char **texts = texts_new(n);

    for (size_t k = 0; k < n; k++) {
        const char *text = facts_text(facts[k], name);

        texts[k] = !facts[k] ? NULL
                   : text[0] ? xasprintf("%.*s", (int)(most ? most : strcspn(text, " ")), text)
                             : xstrdup("none");
    }
    add_texts(out, what, texts, n);
}

/* "mine.elf 0123456789ab" */
static void add_images(struct args *out, const struct facts *const *runs, size_t n)
{
    char **texts = texts_new(n);

    for (size_t k = 0; k < n; k++)
        texts[k] = runs[k] ? xasprintf("%s %.*s", facts_text(runs[k], "image"), HASH_SHOWN,
                                       facts_text(runs[k], "image_sha256"))
                           : NULL;
    add_texts(out, "image, SHA-256", texts, n);
}

/* "cpu_model" as people write it, behind a title. */
static char *plain_key(const char *title, const char *key)
{
    char *text = xasprintf("%s, %s", title, key);

    for (char *c = text + strlen(title); *c; c++)
        if (*c == '_')
            *c = ' ';
    return text;
}

void differences_of_runs(const struct facts *const *runs, size_t n, const struct platform *p,
                         struct args *out)
{
    bool all_qemu = true;
    char *what;

    for (size_t k = 0; k < n; k++)
        all_qemu &= !runs[k] || !strcmp(facts_text(runs[k], "vmm"), "qemu");
    for (size_t i = 0; i < sizeof run_facts / sizeof *run_facts; i++) {
        what = plain_key(p->title, run_facts[i]);
        add_fact(out, what, runs, n, run_facts[i]);
        free(what);
    }
    if (all_qemu) {
        what = xasprintf("%s, program", p->title);
        add_part(out, what, runs, n, "command_line", 0);
        free(what);
    }
    add_images(out, runs, n);
    add_fact(out, "arguments", runs, n, "arguments");
    add_fact(out, "timed until", runs, n, "until");
    add_part(out, "what the program says, SHA-256", runs, n, "output_sha256", HASH_SHOWN);
}

void differences_of_run(const struct result *const *v, size_t n, const char *suite,
                        const struct platform *p, struct args *out)
{
    const struct facts **runs = xrealloc(NULL, (n + 1) * sizeof(struct facts *));

    for (size_t k = 0; k < n; k++)
        runs[k] = results_find_run(v[k], suite, p->name);
    differences_of_runs(runs, n, p, out);
    free(runs);
}

/* Of the results as a whole. */
static void add_whole(const struct result *const *v, size_t n, const char *what, const char *name,
                      struct args *out)
{
    const struct facts **whole = xrealloc(NULL, (n + 1) * sizeof(struct facts *));

    for (size_t k = 0; k < n; k++)
        whole[k] = v[k]->facts;
    add_fact(out, what, whole, n, name);
    free(whole);
}

void differences_of_times(const struct result *const *v, size_t n, struct args *out)
{
    add_whole(v, n, "command", "command", out);
    add_whole(v, n, "measured", "created", out);
}

void differences_of(const struct result *const *v, size_t n, struct args *out)
{
    const struct facts **hosts = xrealloc(NULL, (n + 1) * sizeof(struct facts *));
    struct args names = {0};

    add_whole(v, n, "label", "label", out);
    add_whole(v, n, "tool", "tool", out);
    for (size_t k = 0; k < n; k++) {
        hosts[k] = facts_at(v[k]->facts, "host");
        facts_names(hosts[k], &names);
    }
    for (size_t i = 0; i < names.n; i++) {
        char *what = plain_key("host", names.v[i]);

        add_fact(out, what, hosts, n, names.v[i]);
        free(what);
    }
    args_free(&names);
    free(hosts);
}
