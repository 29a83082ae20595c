/* SPDX-License-Identifier: BSD-2-Clause */
/* The MC146818 real-time clock: Motorola's data sheet; the century is a PC's addition. */
#include "pc/rtc.h"
#include "cpu.h"
#include <stdbool.h>
#include <string.h>

#define INDEX         0x70
#define DATA          0x71
#define A_UPDATE      0x80 /* register A: the date is about to change */
#define B_BINARY      0x04 /* register B: not BCD */
#define B_24_HOURS    0x02
#define D_ABSENT      0xff /* register D of a chip that is not there */
#define AFTERNOON     0x80 /* of an hour of 12 */
#define CENTURY_FIRST 19
#define CENTURY_LAST  99

/* Days since 1970-01-01 of a date in the Gregorian calendar, months 1..12. */
static uint64_t days_since_1970(unsigned year, unsigned month, unsigned day)
{
    unsigned y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3;
    return y * 365ull + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 719469;
}

static unsigned number(const struct rtc_time *t, uint8_t v)
{
    return t->format & B_BINARY ? v : (v >> 4) * 10u + (v & 15);
}

uint64_t rtc_seconds(const struct rtc_time *t)
{
    unsigned century = number(t, t->century), year = number(t, t->year);
    unsigned month = number(t, t->month), day = number(t, t->day);
    unsigned hour = number(t, t->format & B_24_HOURS ? t->hour : t->hour & ~AFTERNOON);
    if (!(t->format & B_24_HOURS))
        hour = hour % 12 + (t->hour & AFTERNOON ? 12 : 0);
    if (century >= CENTURY_FIRST && century <= CENTURY_LAST)
        year += century * 100;
    else
        year += year >= 70 ? 1900 : 2000;
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31)
        return 0;
    return days_since_1970(year, month, day) * 86400 + hour * 3600ull + number(t, t->minute) * 60 +
           number(t, t->second);
}

#ifndef LIMPET_HOST
static uint8_t cmos(uint8_t index)
{
    outb(INDEX, index);
    return inb(DATA);
}

static struct rtc_time read_once(uint8_t century)
{
    for (int i = 0; i < 1000 && cmos(0x0a) & A_UPDATE; i++)
        ; /* at most 2 ms */
    return (struct rtc_time){cmos(0), cmos(2), cmos(4),       cmos(7),
                             cmos(8), cmos(9), cmos(century), cmos(0x0b)};
}

uint64_t rtc_ns(uint8_t century)
{
    if (cmos(0x0d) == D_ABSENT)
        return 0;
    struct rtc_time t = read_once(century), again = read_once(century);
    for (int i = 0; i < 10 && memcmp(&t, &again, sizeof t) != 0; i++) {
        t = again; /* it changed while it was read */
        again = read_once(century);
    }
    return rtc_seconds(&again) * 1000000000;
}
#endif
