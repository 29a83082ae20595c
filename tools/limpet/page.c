/* limpet report: the last result of each file as one page, as Markdown or as CSV.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page.h"
#include "limpet.h"
#include "options.h"
#include "output.h"
#include "results.h"
#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The last result of each file; views borrow from results. Returns 0, or -1 with a message. */
static int load(const struct options *o, struct view *views, json_t **results)
{
    for (int i = 0; i < o->rest_count; i++) {
        const char *slash = strrchr(o->rest[i], '/');

        results[i] = results_read(o->rest[i]);
        if (!results[i])
            return -1;
        view_init(&views[i], results[i], slash ? slash + 1 : o->rest[i]);
    }
    return 0;
}

static int report(const struct options *o)
{
    size_t n = (size_t)o->rest_count;
    struct view *views = xrealloc(NULL, n * sizeof *views);
    json_t **results = xrealloc(NULL, n * sizeof(json_t *));
    struct buf text = {0}, out = {0};
    int status;

    for (size_t i = 0; i < n; i++)
        results[i] = NULL;
    status = load(o, views, results);
    if (!status && (o->csv || o->markdown)) {
        (o->csv ? page_csv : page_md)(views, n, &text);
        words_plain(&out, text.data, text.len);
    } else if (!status) {
        status = page_html(views, n, &out);
    }
    if (!status && o->output)
        status = output_file(o->output, out.data, out.len);
    else if (!status)
        output_bytes(NULL, out.data, out.len);
    for (size_t i = 0; i < n; i++)
        json_decref(results[i]);
    free(results);
    free(views);
    buf_free(&text);
    buf_free(&out);
    return status || output_failed() ? ST_FAILED : ST_OK;
}

int cmd_report(int argc, char **argv)
{
    struct options o;
    int status = options_parse(OPT_REPORT, argc, argv, &o);

    if (status < 0 && !o.rest_count) {
        warn("report: of which file? See: limpet report --help");
        status = ST_USAGE;
    }
    if (status < 0 && o.markdown && o.csv) {
        warn("report: --md or --csv, not both");
        status = ST_USAGE;
    }
    if (status < 0 && !o.output && !o.markdown && !o.csv && isatty(STDOUT_FILENO)) {
        warn("report: an HTML page is nothing for a terminal; name a file with -o FILE.html");
        status = ST_USAGE;
    }
    if (status < 0 && !output_spares(o.output, o.rest, (size_t)o.rest_count))
        status = ST_USAGE;
    if (status < 0)
        status = report(&o);
    options_free(&o);
    return status;
}
