/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines by which this room tells: see observe.h. */
#include "observe/observe.h"
#include "base/console.h"

void observe_word(struct observe_line *l, const char *word)
{
    for (; *word != '\0' && l->n < sizeof l->text - 2; word++)
        l->text[l->n++] = *word;
}

void observe_number(struct observe_line *l, uint64_t value, unsigned base)
{
    char digits[21];
    size_t at = sizeof digits - 1;
    digits[at] = '\0';
    do
        digits[--at] = "0123456789abcdef"[value % base];
    while ((value /= base) != 0);
    observe_word(l, " ");
    observe_word(l, digits + at);
}

/* Behind a line that the app left open this one ends in a CR, by which the host knows that the end
 * of that is ours: an app's output stays what it was. */
void observe_end(struct observe_line *l)
{
    if (console_line_open()) {
        console_write("\r\n", 2);
        l->text[l->n++] = '\r';
    }
    l->text[l->n++] = '\n';
    console_write(l->text, l->n);
    l->n = 0;
}
