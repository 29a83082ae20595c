/* Results of several files side by side, as a part of the page and of the Markdown.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/page.h"

#include <stdlib.h>

#define TITLE "Side by side"

static void group_html(const struct across *a, const char *suite, const struct platform *platform,
                       void *context)
{
    char *title = xasprintf("%s on %s", suite, platform->title);
    struct sheet sheet = {0};

    fill_across(a, suite, platform, false, &sheet);
    if (sheet_rows(&sheet) > sheet_heads(&sheet)) {
        buf_str(context, "<h3>");
        html_text(context, title);
        buf_str(context, "</h3>\n");
        sheet_html(&sheet, title, context);
    }
    sheet_free(&sheet);
    free(title);
}

void across_html(const struct across *a, struct buf *out)
{
    struct sheet differ = {0};
    struct buf basis = {0};

    across_basis(a, &basis);
    fill_across_differences(a, &differ);
    buf_str(out, "<article>\n<h2>" TITLE "</h2>\n<p class=\"intro\">");
    html_text(out, basis.data);
    buf_str(out, "</p>\n");
    across_each(a, group_html, out);
    buf_str(out, "<h3>What differs</h3>\n<p class=\"intro\">As it is recorded, not measured: any "
                 "of it may be the reason.</p>\n");
    sheet_html(&differ, "What differs between the results", out);
    buf_str(out, "</article>\n");
    sheet_free(&differ);
    buf_free(&basis);
}

static void group_md(const struct across *a, const char *suite, const struct platform *platform,
                     void *context)
{
    struct sheet sheet = {0};

    fill_across(a, suite, platform, false, &sheet);
    if (sheet_rows(&sheet) > sheet_heads(&sheet)) {
        buf_printf(context, "**%s on %s**\n\n", suite, platform->title);
        sheet_md(&sheet, context);
    }
    sheet_free(&sheet);
}

void across_md(const struct across *a, struct buf *out)
{
    struct sheet differ = {0};
    struct buf basis = {0};

    across_basis(a, &basis);
    fill_across_differences(a, &differ);
    buf_str(out, "## " TITLE "\n\n");
    md_text(out, basis.data);
    buf_str(out, "\n\n");
    across_each(a, group_md, out);
    sheet_md(&differ, out);
    sheet_free(&differ);
    buf_free(&basis);
}
