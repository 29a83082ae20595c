/* limpet history: results over time, and when a row goes over to another level.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/cleanup.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/quote.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "page/page.h"
#include "show/history.h"
#include "tools/status.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int is_result_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.' &&
           (ends_in(entry->d_name, ".json") || ends_in(entry->d_name, ".jsonl"));
}

/* Adds a folder's files by their names, or the file itself. Returns false with a message. */
static bool add_files(const char *path, struct args *files)
{
    struct dirent **entries = NULL;
    struct stat st;
    int n;

    if (stat(path, &st) || !S_ISDIR(st.st_mode)) {
        args_add(files, path);
        return true;
    }
    n = scandir(path, &entries, is_result_file, alphasort);
    if (n < 0)
        warn("cannot read %s: %s", path, strerror(errno));
    else if (!n)
        warn("history: %s has no files *.json or *.jsonl", path);
    for (int i = 0; i < n; i++) {
        args_addf(files, "%s%s%s", path, ends_in(path, "/") ? "" : "/", entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return n > 0;
}

static void tell_step(size_t done, size_t all)
{
    if (done < all)
        progress("changes: row %zu of %zu", done, all);
    else
        progress("%s", "");
}

/* Returns how many files could not be read, each with a message. */
static size_t read_all(const struct args *files, struct history *history)
{
    size_t bad = 0;

    for (size_t i = 0; i < files->n && !interrupted; i++) {
        struct results results;

        progress("reading %zu of %zu: %s", i + 1, files->n, files->v[i]);
        results = results_load(files->v[i]);
        bad += !results.n;
        history_add(history, &results, files->v[i]);
    }
    progress("%s", "");
    return bad;
}

static void show(const struct options *o, const struct history *history, struct buf *out)
{
    bool terminal = !o->output && isatty(STDOUT_FILENO);
    struct buf text = {0};

    if (o->json) {
        char *json = history_json(history);

        buf_printf(&text, "%s\n", json);
        free(json);
    } else if (o->markdown) {
        history_md(history, &text);
    } else if (o->text || terminal) {
        history_format(history, &text);
    } else {
        history_html(history, out);
    }
    quote_plain(out, text.data, text.len);
    buf_free(&text);
}

static int history(const struct options *o, const struct args *files, bool all)
{
    struct history h = {0};
    struct buf out = {0};
    size_t bad = read_all(files, &h);
    int status = all && !bad ? ST_OK : ST_FAILED;

    if (bad)
        warn("history: %zu of %zu files left out", bad, files->n);
    if (!h.n && !bad)
        warn("history: no result in %s is a session of its own", files->v[0]);
    if (h.n) {
        history_finish(&h, tell_step);
        show(o, &h, &out);
        if (o->output && output_file(o->output, out.data, out.len))
            status = ST_FAILED;
        else if (!o->output)
            output_bytes(NULL, out.data, out.len);
    }
    status = h.n && !output_failed() ? status : ST_FAILED;
    history_free(&h);
    buf_free(&out);
    return status;
}

static int cmd_history(int argc, char **argv)
{
    struct options o;
    int status = options_parse(OPT_HISTORY, argc, argv, &o);
    struct args files = {0};
    bool all = true;

    if (status < 0 && !o.rest_count) {
        warn("history: of which folder or files? See: limpet history --help");
        status = ST_USAGE;
    }
    if (status < 0 && o.markdown + o.json + o.text > 1) {
        warn("history: --md, --json or --text, not two of them");
        status = ST_USAGE;
    }
    for (int i = 0; i < o.rest_count && status < 0; i++)
        all &= add_files(o.rest[i], &files);
    if (status < 0 && !output_spares(o.output, files.v, files.n))
        status = ST_USAGE;
    if (status < 0)
        status = files.n ? history(&o, &files, all) : ST_FAILED;
    args_free(&files);
    options_free(&o);
    return status;
}

const struct command command_history = {
    .name = "history",
    .fn = cmd_history,
    .help = "results over time: every row, and when its level changes",
    .usage = "limpet history DIR|FILE… [-o FILE.html] [--text | --md | --json]",
    .options = OPT_HISTORY,
    .notes = "\nThe files *.json and *.jsonl of a folder, every result in each, by the dates\n"
             "inside.\n"
             "Status 0 whatever changed, 1 where a file could not be read: the others are\n"
             "shown all the same. A gate for CI is limpet compare.\n",
    .example = "limpet history results -o history.html",
    .words = WORDS_FILES,
};
