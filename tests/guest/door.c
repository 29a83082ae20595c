/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What came through a door: the arguments, one a line; then status 7, when they are as expected. By
 * no more than write(), so that a KVM that interprets can run it.
 */
#include <string.h>
#include <unistd.h>

static int show(int number, const char *text, const char *expected)
{
    char head[] = "argument 0: <";
    head[9] = (char)('0' + number);
    write(1, head, sizeof head - 1);
    write(1, text, strlen(text));
    write(1, ">\n", 2);
    return strlen(text) == strlen(expected) && memcmp(text, expected, strlen(text)) == 0;
}

int main(int argc, char **argv)
{
    static const char *const expected[] = {"", "a", "b c"};
    int good = argc == 3;
    for (int i = 1; i < argc && i < 3; i++)
        good &= show(i, argv[i], expected[i]);
    return good ? 7 : 1;
}
