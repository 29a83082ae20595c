/* SPDX-License-Identifier: BSD-2-Clause */
/* The real-time clock's registers as a date, against the host's calendar. */
#include "unit.h"
#include "pc/rtc.c"
#include <time.h>

static uint8_t bcd(unsigned n) { return (uint8_t)(n / 10 << 4 | n % 10); }

/* The same moment in each of the chip's formats. */
static void assert_date(uint64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm d;
    gmtime_r(&when, &d);
    unsigned year = (unsigned)d.tm_year + 1900, hour = (unsigned)d.tm_hour;
    for (uint8_t format = 0; format < 8; format += 2) {
        bool binary = format & B_BINARY;
        uint8_t (*const write)(unsigned) = bcd;
#define PUT(n) (binary ? (uint8_t)(n) : write(n))
        uint8_t twelve = PUT(hour % 12 == 0 ? 12 : hour % 12);
        struct rtc_time t = {
            .second = PUT((unsigned)d.tm_sec),
            .minute = PUT((unsigned)d.tm_min),
            .hour = format & B_24_HOURS ? PUT(hour) : (uint8_t)(twelve | (hour > 11 ? 0x80 : 0)),
            .day = PUT((unsigned)d.tm_mday),
            .month = PUT((unsigned)d.tm_mon + 1),
            .year = PUT(year % 100),
            .century = PUT(year / 100),
            .format = format};
        assert_int_equal(rtc_seconds(&t), seconds);
        t.century = 0; /* a chip without that register */
        if (year >= 1970 && year < 2070)
            assert_int_equal(rtc_seconds(&t), seconds);
    }
}

static void dates(void **state)
{
    (void)state;
    uint64_t seed = 5;
    assert_date(0);
    assert_date(951782399); /* 2000-02-28 23:59:59, the end of a century that leaps */
    assert_date(951868800);
    assert_date(4107542400); /* 2100-03-01, of one that does not */
    assert_date(4102444799); /* the last second of 2099 */
    assert_date(2147483648); /* beyond 31 bits */
    for (int i = 0; i < 10000; i++)
        assert_date(next_random(&seed) % 20000000000);
}

static void nonsense(void **state)
{
    (void)state;
    const struct rtc_time zeros = {0}, ones = {255, 255, 255, 255, 255, 255, 255, 255};
    assert_int_equal(rtc_seconds(&zeros), 0);
    assert_int_equal(rtc_seconds(&ones), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(dates), cmocka_unit_test(nonsense)};
    return cmocka_run_group_tests_name("rtc", tests, 0, 0);
}
