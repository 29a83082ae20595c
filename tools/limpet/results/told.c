/* Files that a guest tells: see told.h.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/told.h"
#include "base/msg.h"

#include <stdlib.h>
#include <string.h>

/* The value of a letter; -1: it is none. RFC 4648. */
static int letter(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

static bool decode(const char *text, struct buf *out)
{
    size_t n = strlen(text), fill = n && text[n - 1] == '=' ? 1 + (n > 1 && text[n - 2] == '=') : 0;

    if (!n || n % 4)
        return false;
    for (size_t i = 0; i < n; i += 4) {
        size_t bytes = i + 4 < n ? 3 : 3 - fill;
        unsigned word = 0;
        char three[3];

        for (size_t k = 0; k < 4; k++) {
            int value = k <= bytes ? letter(text[i + k]) : 0;

            if (value < 0)
                return false;
            word = word << 6 | (unsigned)value;
        }
        for (size_t k = 0; k < 3; k++)
            three[k] = (char)(word >> (16 - 8 * k) & 0xff);
        buf_add(out, three, bytes);
    }
    return true;
}

static struct told_file *add(struct told *t, const char *path)
{
    t->files = xrealloc(t->files, (t->n + 1) * sizeof *t->files);
    t->files[t->n] = (struct told_file){.path = xstrdup(path)};
    return &t->files[t->n++];
}

/* BYTES, or BYTES MODE. */
static bool finish(struct told_file *f, const char *line)
{
    char *end;

    f->whole = strtoull(line, &end, 10) == f->bytes.len && end != line;
    if (*end == ' ')
        f->mode = (unsigned)strtoul(end + 1, &end, 8) & 0777;
    return f->whole = f->whole && !*end;
}

void told_take(struct told *t, const char *line)
{
    struct told_file *f = t->n ? &t->files[t->n - 1] : NULL;
    bool open = f && f->kind == TOLD_FILE && !f->whole, good = !open;

    if (!strncmp(line, "file ", 5) && line[5])
        add(t, line + 5);
    else if (!strncmp(line, "folder ", 7) && line[7])
        add(t, line + 7)->kind = TOLD_FOLDER;
    else if (!strncmp(line, "none ", 5) && line[5])
        add(t, line + 5)->kind = TOLD_NONE;
    else if (!strcmp(line, "done"))
        t->done = true;
    else if (open && !strncmp(line, "data ", 5))
        good = f->bytes.len < TOLD_MAX && decode(line + 5, &f->bytes);
    else if (open && !strncmp(line, "end ", 4))
        good = finish(f, line + 4);
    else
        good = false;
    t->damaged |= !good;
}

void told_free(struct told *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free(t->files[i].path);
        buf_free(&t->files[i].bytes);
    }
    free(t->files);
    *t = (struct told){0};
}
