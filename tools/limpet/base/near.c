/* What a mistyped word may have meant.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/near.h"

#include <stdbool.h>
#include <string.h>

#define NEAR_LETTERS 2
#define NEAR_BYTES   64

/* How many letters must be put in, taken out or changed to make b of a (Levenshtein); words longer
 * than NEAR_BYTES are far from anything. */
static size_t distance(const char *a, const char *b)
{
    size_t row[NEAR_BYTES + 1], n = strlen(a), m = strlen(b);

    if (n > NEAR_BYTES || m > NEAR_BYTES)
        return NEAR_BYTES;
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0]++;

        for (size_t j = 1; j <= m; j++) {
            size_t changed = diagonal + (a[i - 1] != b[j - 1]);

            diagonal = row[j];
            row[j] = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = changed < row[j] ? changed : row[j];
        }
    }
    return row[m];
}

void near_names(struct buf *out, const char *word, const char *const names[])
{
    bool any = false;

    for (size_t i = 0; names[i]; i++)
        if (distance(word, names[i]) <= NEAR_LETTERS) {
            buf_printf(out, "%s%s", any ? ", " : "near it: ", names[i]);
            any = true;
        }
    for (size_t i = 0; names[i] && !any; i++)
        buf_printf(out, "%s%s", i ? ", " : "there are ", names[i]);
}
