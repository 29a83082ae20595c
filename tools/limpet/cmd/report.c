/* limpet report: the last result of each file as one page, as Markdown, as CSV or in short.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/file.h"
#include "base/msg.h"
#include "base/quote.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "page/page.h"
#include "results/comparison.h"
#include "results/norm.h"
#include "results/results.h"
#include "show/screen.h"
#include "show/tables.h"
#include "tools/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is reported: the last result of each file, or the three of a comparison that it ends with.
 */
struct sources {
    struct results *files;
    struct comparison *comparisons; /* one for each file, empty where it is none */
    size_t file_count;
    struct view *views;
    size_t view_count;
    struct across across; /* the files side by side; no column where they are not */
};

/* A file's name, or its path where another one has the same name. */
static const char *name_of(const struct options *o, int i)
{
    const char *name = basename(o->rest[i]);

    for (int k = 0; k < o->rest_count; k++)
        if (k != i && !strcmp(basename(o->rest[k]), name))
            return o->rest[i];
    return name;
}

/* The folder that a file lies in, whatever leads to it, or NULL. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = slash ? xasprintf("%.*s", (int)(slash - path) + 1, path) : xstrdup(".");
    char *folder = realpath(name, NULL);

    free(name);
    return folder;
}

/* Does a file lie beside what is written? */
static bool is_beside(const char *path, const char *output)
{
    char *of_path = folder_of(path), *of_output = output ? folder_of(output) : NULL;
    bool beside = of_path && of_output && !strcmp(of_path, of_output);

    free(of_path);
    free(of_output);
    return beside;
}

static void add_view(struct sources *s, const struct result *result, const char *file,
                     const char *link, const struct comparison *comparison)
{
    struct view *v;

    s->views = xrealloc(s->views, (s->view_count + 1) * sizeof *s->views);
    v = &s->views[s->view_count++];
    view_init(v, result, file);
    v->link = link;
    v->comparison = comparison;
}

/* Has a result figures of the platform that ratios are to be to? */
static bool has_norm(const struct sources *s, const char *norm)
{
    const struct row *row;
    size_t k;

    for (size_t i = 0; i < s->view_count; i++)
        for (k = 0; (row = rows_at(&s->views[i].result->rows, k)); k++)
            if (!strcmp(row->platform, norm))
                return true;
    return false;
}

/* The ratios for programs: a JSON object for each result. */
static void ratios_json(const struct sources *s, const char *norm, struct buf *out)
{
    for (size_t i = 0; i < s->view_count; i++) {
        char *text = norm_json(s->views[i].result, norm);

        buf_printf(out, "%s\n", text);
        free(text);
    }
}

/* Returns 0, or -1 with a message. */
static int load(const struct options *o, struct sources *s)
{
    s->files = xrealloc(NULL, (size_t)o->rest_count * sizeof *s->files);
    s->comparisons = xrealloc(NULL, (size_t)o->rest_count * sizeof *s->comparisons);
    for (int i = 0; i < o->rest_count; i++) {
        const char *name = name_of(o, i);
        const char *link = is_beside(o->rest[i], o->output) ? basename(o->rest[i]) : NULL;
        struct comparison *c = &s->comparisons[i];
        struct results all = results_load(o->rest[i]);
        const struct result *sides[3];

        if (!all.n)
            return -1;
        s->files[s->file_count++] = all;
        *c = (struct comparison){0};
        if (!comparison_find(&all, sides)) {
            add_view(s, all.v[all.n - 1], name, link, NULL);
            continue;
        }
        *c = comparison_of((struct side){(const struct result *const *)&all.v[all.n - 3], 1},
                           sides[1],
                           (struct side){(const struct result *const *)&all.v[all.n - 1], 1},
                           &(struct judging){.force = true});
        for (int k = 0; k < 3; k++)
            add_view(s, sides[k], name, link, k ? NULL : c);
    }
    for (size_t i = 0; i < s->view_count; i++)
        s->views[i].norm = o->norm;
    if (o->norm && !has_norm(s, o->norm)) {
        warn("--norm %s: nothing was measured there", o->norm);
        return -1;
    }
    s->across = across_of(s->views, s->view_count, o->columns);
    if (s->view_count)
        s->views[0].across = s->across.n ? &s->across : NULL;
    return 0;
}

static void sources_free(struct sources *s)
{
    for (size_t i = 0; i < s->file_count; i++) {
        comparison_free(&s->comparisons[i]);
        results_free_all(&s->files[i]);
    }
    across_free(&s->across);
    free(s->files);
    free(s->comparisons);
    free(s->views);
}

/* The short form: several files side by side, what compare prints of a comparison, and bench of a
 * result. */
static void short_form(const struct sources *s, struct buf *out)
{
    if (s->across.n)
        across_format(&s->across, out);
    for (size_t i = 0; i < s->view_count; i++) {
        const struct view *v = &s->views[i];
        bool side = facts_text(v->result->facts, "side")[0];

        if (!v->comparison && (side || s->across.n))
            continue;
        if (s->file_count > 1)
            buf_printf(out, "%s%s:\n", out->len ? "\n" : "", v->file);
        if (v->comparison)
            comparison_format(v->comparison, out);
        else
            screen_format(v->result, out);
        norm_format(v, out);
    }
}

static int report(const struct options *o, bool in_short)
{
    struct sources s = {0};
    struct buf text = {0}, out = {0};
    int status = load(o, &s);

    if (!status && in_short)
        short_form(&s, &text);
    else if (!status && o->json)
        ratios_json(&s, o->norm, &text);
    else if (!status && o->csv && o->norm)
        norm_csv(s.views, s.view_count, &text);
    else if (!status && o->csv && !strcmp(o->csv, "samples"))
        page_samples(s.views, s.view_count, &text);
    else if (!status && o->csv)
        page_csv(s.views, s.view_count, &text);
    else if (!status && o->markdown)
        page_md(s.views, s.view_count, &text);
    else if (!status && o->tables)
        page_tables(s.views, s.view_count, &text);
    else if (!status)
        page_html(s.views, s.view_count, &out);
    quote_plain(&out, text.data, text.len);
    if (!status && o->output)
        status = output_file(o->output, out.data, out.len);
    else if (!status)
        output_bytes(NULL, out.data, out.len);
    sources_free(&s);
    buf_free(&text);
    buf_free(&out);
    return status || output_failed() ? ST_FAILED : ST_OK;
}

static int cmd_report(int argc, char **argv)
{
    struct options o;
    int status = options_parse(OPT_REPORT, argc, argv, &o);

    if (status < 0 && !o.rest_count) {
        warn("report: of which file? See: limpet report --help");
        status = ST_USAGE;
    }
    if (status < 0 && o.markdown + !!o.csv + o.text + o.tables + o.json > 1) {
        warn("report: --md, --csv, --text, --tables or --json, not two of them");
        status = ST_USAGE;
    }
    if (status < 0 && o.json && !o.norm) {
        warn("report: --json goes with --norm PLATFORM; a result is JSON itself");
        status = ST_USAGE;
    }
    if (status < 0 && !options_norm(&o))
        status = ST_USAGE;
    if (status < 0 && !output_spares(o.output, o.rest, (size_t)o.rest_count))
        status = ST_USAGE;
    if (status < 0)
        status = report(&o, o.text || (!o.output && !o.markdown && !o.csv && !o.tables && !o.json &&
                                       isatty(STDOUT_FILENO)));
    options_free(&o);
    return status;
}

const struct command command_report = {
    .name = "report",
    .fn = cmd_report,
    .help = "results as one page: tables, plots, where they come from",
    .usage = "limpet report FILE… [-o FILE.html] [--columns BY] [--norm PLATFORM]\n"
             "                     [--md | --csv[=samples] | --text | --tables | --json]",
    .options = OPT_REPORT,
    .example = "limpet report result.json -o result.html",
    .words = WORDS_FILES,
};
