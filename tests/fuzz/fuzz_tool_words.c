/* Fuzzes words: what others said, made plain; quoting and splitting.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_tool.h"

#include "base/quote.h"
#include "base/near.h"

static void plain(const uint8_t *data, size_t size)
{
    struct buf once = {0}, again = {0};

    quote_plain(&once, (const char *)data, size);
    for (size_t i = 0; i < once.len; i++) {
        unsigned char c = (unsigned char)once.data[i];

        rule((c >= ' ' && c != 0x7f) || c == '\n' || c == '\t', "no control character");
        rule(c != 0xc2 || (unsigned char)once.data[i + 1] >= 0xa0, "none of C1's");
    }
    quote_plain(&again, once.data, once.len);
    rule(again.len == once.len && !memcmp(again.data, once.data, once.len), "plain stays plain");
    buf_free(&once);
    buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"getpid", "qemu", "", NULL};
    char *text = string_of(data, size);
    struct args words = {0}, again = {0};
    struct buf line = {0};

    plain(data, size);
    near_names(&line, text, names);
    buf_clear(&line);
    if (!quote_split(text, &words)) {
        for (size_t i = 0; i < words.n; i++) {
            buf_str(&line, i ? " " : "");
            quote_word(&line, words.v[i]);
        }
        rule(!quote_split(line.data ? line.data : "", &again), "no open quote");
        rule(again.n == words.n, "as many words again");
        for (size_t i = 0; i < words.n; i++)
            rule(!strcmp(words.v[i], again.v[i]), "the same words again");
    }
    args_free(&words);
    args_free(&again);
    buf_free(&line);
    free(text);
    return 0;
}
