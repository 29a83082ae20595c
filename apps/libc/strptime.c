/* SPDX-License-Identifier: BSD-2-Clause */
/* What glibc's strptime() reads and musl's does not (tools/setup/newlib.sh puts them in). */
#include <ctype.h>
#include <stdlib.h>
#include <time.h>

const char *__strptime_seconds(const char *s, struct tm *t);
const char *__strptime_zone(const char *s, struct tm *t);

/* %s: since the epoch; NULL: there is no number. */
const char *__strptime_seconds(const char *s, struct tm *t)
{
    char *end;
    time_t seconds = strtoll(s, &end, 10);
    return end != s && localtime_r(&seconds, t) != NULL ? end : NULL;
}

/* Two digits, below most; -1: there are none. */
static int two(const char *s, int most)
{
    if (!isdigit((unsigned char)s[0]) || !isdigit((unsigned char)s[1]))
        return -1;
    int n = (s[0] - '0') * 10 + s[1] - '0';
    return n < most ? n : -1;
}

/* %z: how far the zone is east: Z, +hh, +hhmm or +hh:mm. */
const char *__strptime_zone(const char *s, struct tm *t)
{
    while (isspace((unsigned char)*s))
        s++;
    if (*s == 'Z') {
        t->tm_gmtoff = 0;
        return s + 1;
    }
    if (*s != '+' && *s != '-')
        return NULL;
    int sign = *s == '-' ? -1 : 1, hours = two(s + 1, 24), minutes = 0;
    if (hours < 0)
        return NULL;
    s += 3;
    if (*s == ':' || isdigit((unsigned char)*s)) {
        s += *s == ':';
        minutes = two(s, 60);
        if (minutes < 0)
            return NULL;
        s += 2;
    }
    t->tm_gmtoff = sign * (hours * 60L + minutes) * 60;
    return s;
}
