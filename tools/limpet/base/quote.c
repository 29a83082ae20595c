/* The guest's argument line, and lists in words: quoting and splitting.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/quote.h"

#include <stdbool.h>
#include <string.h>

#define BLANKS " \t\r\n"

void quote_word(struct buf *out, const char *word)
{
    if (word[0] && !word[strcspn(word, BLANKS "\"\\")]) {
        buf_str(out, word);
        return;
    }
    buf_str(out, "\"");
    for (; *word; word++) {
        if (*word == '"' || *word == '\\')
            buf_str(out, "\\");
        buf_add(out, word, 1);
    }
    buf_str(out, "\"");
}

void quote_name(struct buf *out, const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

    for (; *name; name++)
        if (strchr(plain, *name))
            buf_add(out, name, 1);
        else
            buf_printf(out, "%%%02x", (unsigned char)*name);
}

void quote_guest_line(struct buf *out, const struct args *kernel, const struct args *env,
                      char *const argv[], size_t count)
{
    for (size_t i = 0; i < kernel->n; i++) {
        buf_str(out, out->len ? " limpet." : "limpet.");
        quote_word(out, kernel->v[i]);
    }
    for (size_t i = 0; i < env->n; i++) {
        size_t name = strcspn(env->v[i], "=");

        buf_str(out, out->len ? " env." : "env.");
        buf_add(out, env->v[i], name);
        buf_str(out, "=");
        if (env->v[i][name] && env->v[i][name + 1])
            quote_word(out, env->v[i] + name + 1);
    }
    if (count)
        buf_str(out, out->len ? " --" : "--");
    for (size_t i = 0; i < count; i++) {
        buf_str(out, " ");
        quote_word(out, argv[i]);
    }
    buf_str(out, "");
}

int quote_split(const char *line, struct args *out)
{
    struct buf word = {0};
    bool quoted = false, open = false;

    for (; *line; line++) {
        if (!quoted && strchr(BLANKS, *line)) {
            if (open)
                args_add(out, word.data);
            open = false;
            buf_clear(&word);
            continue;
        }
        open = true;
        if (*line == '"') {
            quoted = !quoted;
            buf_add(&word, "", 0);
            continue;
        }
        if (*line == '\\' && line[1])
            line++;
        buf_add(&word, line, 1);
    }
    if (open)
        args_add(out, word.data);
    buf_free(&word);
    return quoted ? -1 : 0;
}

/* The bytes of the character at p, of at most n; 0 when there is none that may be shown. By RFC
 * 3629, section 4. */
static size_t plain_character(const unsigned char *p, size_t n)
{
    size_t bytes = *p < 0x80   ? 1
                   : *p < 0xc2 ? 0
                   : *p < 0xe0 ? 2
                   : *p < 0xf0 ? 3
                   : *p < 0xf5 ? 4
                               : 0;

    if (bytes == 1)
        return (*p >= ' ' && *p != 0x7f) || *p == '\n' || *p == '\t';
    if (bytes > n || (*p == 0xc2 && p[1] < 0xa0) || (*p == 0xe0 && p[1] < 0xa0) ||
        (*p == 0xed && p[1] > 0x9f) || (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
        return 0;
    for (size_t i = 1; i < bytes; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return bytes;
}

void quote_plain(struct buf *out, const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + n;

    buf_str(out, "");
    while (p < end) {
        size_t bytes = plain_character(p, (size_t)(end - p));

        if (bytes)
            buf_add(out, p, bytes);
        else if (*p != '\r' || p + 1 == end || p[1] != '\n') /* a line's end on a serial port */
            buf_printf(out, "\\x%02x", *p);
        p += bytes ? bytes : 1;
    }
}

void quote_shell(struct buf *out, const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%";

    if (word[0] && !word[strspn(word, plain)]) {
        buf_str(out, word);
        return;
    }
    buf_str(out, "'");
    for (; *word; word++) {
        if (*word == '\'')
            buf_str(out, "'\\''");
        else
            buf_add(out, word, 1);
    }
    buf_str(out, "'");
}

void quote_shell_all(struct buf *out, char *const words[], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        buf_str(out, out->len ? " " : "");
        quote_shell(out, words[i]);
    }
}
