/* SPDX-License-Identifier: BSD-2-Clause */
/* timegm(), timespec_get(): see time.h. */
#include <errno.h>
#include <time.h>

/* From 1970-01-01 to the first of March of a year, in days: so a leap day is a year's last. */
static long long days_to_march(long long year)
{
    long long era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 - 719468;
}

time_t timegm(struct tm *t)
{
    long long months = t->tm_mon - 2LL, years = (months >= 0 ? months : months - 11) / 12;
    months -= years * 12; /* since March */
    long long days = days_to_march(1900LL + t->tm_year + years) + (153 * months + 2) / 5;
    days += t->tm_mday - 1LL;
    time_t seconds = ((days * 24 + t->tm_hour) * 60 + t->tm_min) * 60 + t->tm_sec;
    struct tm whole;
    long long year = 1970 + seconds / 31556952;
    if (year > 1900LL + 0x7ffffff0 || year < 1900LL - 0x7ffffff0) {
        errno = EOVERFLOW;
        return (time_t)-1;
    }
    *t = *gmtime_r(&seconds, &whole);
    return seconds;
}

int timespec_get(struct timespec *t, int base)
{
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, t) == 0 ? base : 0;
}
