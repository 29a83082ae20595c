/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests that run inside an image: rows of a table, each a function that returns NULL or what broke.
 */
#ifndef GUEST_CHECK_H
#define GUEST_CHECK_H

#include <stdio.h>
#include <string.h>

struct check {
    const char *name;
    const char *(*run)(void); /* NULL: passed; "SKIP …": not here; else what was wrong */
};

#define STR_(x) #x
#define STR(x)  STR_(x)
#define EXPECT(x)                                                                                  \
    do {                                                                                           \
        if (!(x))                                                                                  \
            return __FILE__ ":" STR(__LINE__) ": " #x;                                             \
    } while (0)

/* Runs all rows, or those named as arguments. The exit status: 0, or 1 when one failed. */
static inline int run_checks(const struct check *row, int argc, char **argv)
{
    int failed = 0;
    for (; row->name != NULL; row++) {
        int wanted = argc < 2;
        for (int i = 1; i < argc; i++)
            wanted |= strcmp(argv[i], row->name) == 0;
        if (!wanted)
            continue;
        const char *wrong = row->run();
        if (wrong == NULL) {
            printf("PASS %s\n", row->name);
        } else if (strncmp(wrong, "SKIP", 4) == 0) {
            printf("SKIP %s: %s\n", row->name, wrong + 5);
        } else {
            printf("FAIL %s: %s\n", row->name, wrong);
            failed = 1;
        }
    }
    return failed;
}

#endif
