/* The guest's argument line, and lists in words: quoting and splitting.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "words.h"

#include <stdbool.h>
#include <string.h>

#define BLANKS " \t\r\n"

void words_quote(struct buf *out, const char *word)
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

void words_guest_line(struct buf *out, const struct args *kernel, const struct args *env,
                      char *const argv[], size_t count)
{
    for (size_t i = 0; i < kernel->n; i++) {
        buf_str(out, out->len ? " limpet." : "limpet.");
        words_quote(out, kernel->v[i]);
    }
    for (size_t i = 0; i < env->n; i++) {
        size_t name = strcspn(env->v[i], "=");

        buf_str(out, out->len ? " env." : "env.");
        buf_add(out, env->v[i], name);
        buf_str(out, "=");
        if (env->v[i][name] && env->v[i][name + 1])
            words_quote(out, env->v[i] + name + 1);
    }
    if (count)
        buf_str(out, out->len ? " --" : "--");
    for (size_t i = 0; i < count; i++) {
        buf_str(out, " ");
        words_quote(out, argv[i]);
    }
    buf_str(out, "");
}

int words_split(const char *line, struct args *out)
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

void words_shell(struct buf *out, const char *word)
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

void words_shell_all(struct buf *out, char *const words[], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        buf_str(out, out->len ? " " : "");
        words_shell(out, words[i]);
    }
}
