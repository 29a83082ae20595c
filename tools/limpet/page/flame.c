/* A profile as a page: a flame graph and its table.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/flame.h"
#include "page/page.h"
#include "show/profile_table.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH     1000.0
#define HEIGHT    20   /* of a box */
#define LETTER    6.7  /* width of one, in a font of 11 */
#define NARROWEST 0.3  /* boxes below that are not drawn: nobody sees them */
#define ROWS      1000 /* of the table on the page */

/* A function, called by its parent, and all samples in which it was on the stack there. */
struct node {
    const char *name;
    uint64_t count;
    struct node *first, *next; /* its callees, by name */
};

static struct node *child(struct node *parent, const char *name)
{
    struct node **at = &parent->first, *new;

    while (*at && strcmp((*at)->name, name) < 0)
        at = &(*at)->next;
    if (*at && !strcmp((*at)->name, name))
        return *at;
    new = xrealloc(NULL, sizeof *new);
    *new = (struct node){.name = name, .next = *at};
    return *at = new;
}

static void grow(struct node *root, const struct profile *p, const struct functions *f)
{
    for (size_t k = 0; k < p->n; k++) {
        const struct profile_stack *s = &p->stacks[k];
        struct node *at = root;

        if (s->idle)
            continue;
        root->count += s->count;
        if (s->n == p->depth) {
            at = child(at, "[deeper]");
            at->count += s->count;
        }
        for (size_t i = s->n; i-- > 0;) {
            at = child(at, profile_name(f, s->pc[i]));
            at->count += s->count;
        }
    }
}

static void fell(struct node *node)
{
    while (node->first) {
        struct node *next = node->first->next;

        fell(node->first);
        free(node->first);
        node->first = next;
    }
}

static unsigned height(const struct node *node)
{
    unsigned most = 0;

    for (const struct node *c = node->first; c; c = c->next)
        most = height(c) > most ? height(c) : most;
    return most + 1;
}

/* A warm colour, the same for a name wherever it stands. */
static unsigned hue(const char *name)
{
    unsigned hash = 2166136261u;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return 10 + (hash >> 8) % 45;
}

static void draw_box(const struct node *node, double x, double y, double width, uint64_t all,
                     const char *unit, struct buf *out)
{
    size_t letters = width > 3 * LETTER ? (size_t)((width - 6) / LETTER) : 0;
    size_t n = strlen(node->name);

    buf_str(out, "<g><title>");
    html_text(out, node->name);
    buf_printf(out, ": %llu %s, %.1f %%</title>", (unsigned long long)node->count, unit,
               100 * (double)node->count / (double)all);
    buf_printf(
        out,
        "<rect x=\"%.1f\" y=\"%.0f\" width=\"%.1f\" height=\"%d\" fill=\"hsl(%u,80%%,70%%)\"/>", x,
        y, width, HEIGHT - 1, hue(node->name));
    if (letters >= 2) {
        char *text =
            n <= letters ? xstrdup(node->name) : xasprintf("%.*s…", (int)letters - 1, node->name);

        buf_printf(out, "<text x=\"%.1f\" y=\"%.0f\">", x + 3, y + HEIGHT - 6);
        html_text(out, text);
        buf_str(out, "</text>");
        free(text);
    }
    buf_str(out, "</g>\n");
}

/* A node's callees, side by side from x on, and theirs above them. y: of the node itself. */
static void draw(const struct node *node, double x, double y, uint64_t all, const char *unit,
                 struct buf *out)
{
    for (const struct node *c = node->first; c; c = c->next) {
        double width = WIDTH * (double)c->count / (double)all;

        if (width >= NARROWEST) {
            draw_box(c, x, y - HEIGHT, width, all, unit, out);
            draw(c, x, y - HEIGHT, all, unit, out);
        }
        x += width;
    }
}

void flame_svg(const struct profile *p, const struct functions *f, const char *title,
               struct buf *out)
{
    const char *unit = p->exact ? "instructions" : "samples";
    struct node root = {.name = title};
    double top;

    grow(&root, p, f);
    top = height(&root) * HEIGHT;
    buf_printf(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
               "font-family=\"Inter, system-ui, sans-serif\" font-size=\"11\" aria-label=\"",
               WIDTH, top);
    html_text(out, title);
    buf_str(out, ": flame graph; the table has the same figures\">\n");
    if (root.count) {
        draw_box(&root, 0, top - HEIGHT, WIDTH, root.count, unit, out);
        draw(&root, 0, top - HEIGHT, root.count, unit, out);
    }
    buf_str(out, "</svg>\n");
    fell(&root);
}

void flame_html(const struct profile *p, const struct functions *f, const char *title,
                const char *emulated, struct buf *out)
{
    struct sheet sheet = {0};
    struct buf notes = {0};

    buf_str(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<meta name=\"color-scheme\" content=\"light dark\">\n"
                 "<link rel=\"icon\" href=\"data:,\">\n<title>Profile of ");
    html_text(out, title);
    buf_printf(out,
               "</title>\n<style>\n%s.flame { overflow-x: auto } .flame svg { min-width: 44rem; "
               "width: 100%% } .flame text { fill: #1b1206 }\n</style>\n</head>\n<body>\n"
               "<header><h1>Profile of ",
               page_style);
    html_text(out, title);
    profile_notes(p, emulated, &notes);
    buf_str(out, "</h1></header>\n<main>\n<p class=\"intro\">");
    html_text(out, notes.data);
    buf_printf(out,
               "</p>\n<h2>%s</h2>\n<p class=\"intro\">%s Names and figures of narrow boxes show "
               "under the pointer.</p>\n<div class=\"flame\" tabindex=\"0\" role=\"region\" "
               "aria-label=\"Flame graph\">\n",
               p->exact ? "All instructions" : "Who called whom",
               p->exact ? "A box is as wide as its function's share."
                        : "A box is as wide as the share of samples in which its function was on "
                          "the stack; what stands on it was called by it.");
    flame_svg(p, f, title, out);
    buf_str(out, "</div>\n<h2>Functions</h2>\n");
    profile_fill(p, f, ROWS, &sheet);
    sheet_html(
        &sheet,
        p->exact ? "Functions by instructions" : "Functions by the samples in which they ran", out);
    buf_str(out, "</main>\n</body>\n</html>\n");
    sheet_free(&sheet);
    buf_free(&notes);
}
