/* SPDX-License-Identifier: BSD-2-Clause */
/* What came through a door: the arguments, one a line; then status 7, when they are as expected. */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        printf("argument %d: <%s>\n", i, argv[i]);
    return argc == 3 && strcmp(argv[1], "a") == 0 && strcmp(argv[2], "b c") == 0 ? 7 : 1;
}
