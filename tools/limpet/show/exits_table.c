/* The table of VM exits by reason.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "exits/exits.h"
#include "vm/platforms.h"
#include "results/results.h"
#include "show/table.h"

#include <string.h>

/* "io 12, npf 5" */
static void add_reasons(json_t *reasons, struct args *cells)
{
    struct buf text = {0};

    buf_str(&text, "");
    for (void *at = json_object_iter(reasons); at; at = json_object_iter_next(reasons, at))
        buf_printf(&text, "%s%s %lld", text.len ? ", " : "", json_object_iter_key(at),
                   (long long)json_integer_value(json_object_iter_value(at)));
    args_add(cells, text.data);
    buf_free(&text);
}

static void add_row(json_t *row, struct table *t, struct args *reasons, struct buf *why)
{
    json_t *exits = json_object_get(row, "exits"), *none = json_object_get(row, "no_exits");
    const struct platform *p = platform_find(json_text(row, "platform"));
    const char *title = p ? p->title : json_text(row, "platform");
    struct buf line = {0};

    if (none) {
        buf_printf(&line, "No VM exits for %s: %s\n", title, json_text(row, "no_exits"));
        if (!why->data || !strstr(why->data, line.data))
            buf_str(why, line.data);
        buf_free(&line);
    }
    /* Where there can be none, a row would say nothing. */
    if ((!exits && !none) || (p && !p->hardware))
        return;
    table_cell(t, "%s", json_text(row, "name"));
    table_cell(t, "%s", title);
    if (exits)
        table_cell(t, "%lld", (long long)json_integer_value(json_object_get(exits, "total")));
    else
        table_cell(t, "-");
    add_reasons(json_object_get(exits, "reasons"), reasons);
}

/* A table's lines, each with its reasons. */
static void add_lines(const char *line, const struct args *reasons, struct buf *out)
{
    for (size_t i = 0; i < reasons->n; i++) {
        size_t n = strcspn(line, "\n");

        buf_add(out, line, n);
        buf_printf(out, "%s%s\n", reasons->v[i][0] ? "  " : "", reasons->v[i]);
        line += n + 1;
    }
    buf_str(out, "\n");
}

void exits_table(json_t *result, struct buf *out)
{
    struct table t = {.columns = 3};
    struct args reasons = {0};
    struct buf text = {0}, why = {0};
    json_t *row;
    size_t i;

    table_cell(&t, "VM exits by reason");
    table_cell(&t, "%s", "");
    table_cell(&t, "total");
    args_add(&reasons, "");
    for (i = 0; (row = json_array_get(json_object_get(result, "rows"), i)); i++)
        add_row(row, &t, &reasons, &why);
    if (reasons.n > 1) {
        table_format(&t, &text);
        add_lines(text.data, &reasons, out);
    }
    if (why.len)
        buf_printf(out, "%s\n", why.data);
    buf_free(&text);
    buf_free(&why);
    args_free(&reasons);
    table_free(&t);
}
