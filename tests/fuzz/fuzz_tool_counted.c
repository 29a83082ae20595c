/* Fuzzes the plugin's output, and the symbols of a kernel, of which the first byte says which it
 * is.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_tool.h"

#include "results/counted.h"
#include "vm/symbols.h"

static void read_counts(const char *text, size_t n)
{
    static const char *const names[] = {"first", "second", "third"};
    struct counted c;

    if (!counted_parse(text, n, names, 3, &c)) {
        rule(!c.v && !c.n, "what is damaged leaves nothing");
        return;
    }
    for (size_t i = 0; i < c.n; i++) {
        const struct counts *counts = &c.v[i].counts;

        rule(counts->known, "a section is known");
        for (size_t k = 0; k < counts->n; k++) {
            rule(counts->functions[k].n >= 0, "a count is no less than 0");
            rule(!k || strcmp(counts->functions[k - 1].name, counts->functions[k].name) < 0,
                 "functions are in order, each once");
        }
    }
    counted_free(&c);
}

static void read_symbols(const void *data, size_t n)
{
    struct symbols s;

    if (!symbols_parse(data, n, &s)) {
        rule(!s.v && !s.n, "no ELF file leaves nothing");
        return;
    }
    for (size_t i = 0; i < s.n; i++) {
        rule(s.v[i].name[0] != '\0', "a symbol has a name");
        rule(!i || s.v[i - 1].at <= s.v[i].at, "symbols are in order");
        rule(symbols_find(&s, s.v[i].name) != NULL, "a symbol is found");
    }
    symbols_free(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    if (data[0] == 's')
        read_symbols(data + 1, size - 1);
    else
        read_counts((const char *)data + 1, size - 1);
    return 0;
}
