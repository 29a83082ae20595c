/* SPDX-License-Identifier: BSD-2-Clause */
/* SQLite's own speedtest1, which says nothing here, and the hash that it makes with --verify. */
#ifdef SQLITE_THERE
#include <stdio.h>
#define main        speedtest1
#define printf(...) ((void)0) /* its tables: the console takes longer than the tests */
#include "test/speedtest1.c"
#undef printf

const char *speedtest1_hash(void)
{
    static char text[96];
    int n = snprintf(text, sizeof text, "%llu ", (unsigned long long)g.nResByte);
    for (int i = 0; i < 24; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "%02x", g.hash.r[i]);
    return text;
}
#endif
