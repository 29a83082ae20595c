/* The report's words: numbers for people, and escapes.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/page.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void share_text(char *text, size_t size, double share)
{
    snprintf(text, size, fabs(share) < 0.00995 ? "%.2g %%" : "%.1f %%", 100 * share);
}

void html_text(struct buf *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            buf_str(out, "&amp;");
            break;
        case '<':
            buf_str(out, "&lt;");
            break;
        case '>':
            buf_str(out, "&gt;");
            break;
        case '"':
            buf_str(out, "&quot;");
            break;
        case '\'':
            buf_str(out, "&#39;");
            break;
        default:
            if ((unsigned char)*text < ' ' && *text != '\n' && *text != '\t')
                buf_str(out, "\xef\xbf\xbd"); /* a control character has no place in HTML */
            else
                buf_add(out, text, 1);
        }
}

/* Does this character of a text begin or end something in Markdown? '_' within a word does not. */
static bool md_special(const char *text, const char *at)
{
    if (*at == '_')
        return at == text || !isalnum((unsigned char)at[-1]) || !isalnum((unsigned char)at[1]);
    return strchr("\\`*[]|~", *at) != NULL;
}

void md_text(struct buf *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '&' || *p == '<' || *p == '>') {
            buf_str(out, *p == '&' ? "&amp;" : *p == '<' ? "&lt;" : "&gt;");
            continue;
        }
        if ((unsigned char)*p < ' ') {
            buf_str(out, " ");
            continue;
        }
        if (md_special(text, p))
            buf_str(out, "\\");
        buf_add(out, p, 1);
    }
}

void csv_text(struct buf *out, const char *text)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        buf_str(out, text);
        return;
    }
    buf_str(out, "\"");
    for (; *text; text++) {
        if (*text == '"')
            buf_str(out, "\"");
        buf_add(out, text, 1);
    }
    buf_str(out, "\"");
}
