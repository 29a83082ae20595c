/* What many.sh tells many.c: the programs of an image.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef MANY_H
#define MANY_H

struct program {
    const char *name;
    int (*main)(int argc, char **argv, char **environment);
};

/* What their exit() and abort() become: back to main(). */
void many_exit(int status);
void many_abort(void);

extern const struct program programs[]; /* ends with one without a name */

#endif
