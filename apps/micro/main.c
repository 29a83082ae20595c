/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * micro: see micro.h. The rows are the lists in lists.c.
 *
 * usage: micro [--json | --once] [ROW…]
 */
#include "micro.h"
#include <stdio.h>

#define ROWS_MAX 128

int main(int argc, char **argv)
{
    static struct benchmark table[ROWS_MAX];
    size_t n = 0;
    for (const struct benchmark *const *list = micro_lists; *list != NULL; list++)
        for (const struct benchmark *row = *list; row->name != NULL; row++) {
            if (n == ROWS_MAX) {
                puts("micro: more rows than ROWS_MAX");
                return 1;
            }
            table[n++] = *row;
        }
    return bench_main("micro", table, n, argc, argv);
}
