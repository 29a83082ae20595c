/* SPDX-License-Identifier: BSD-2-Clause */
/* The PC's real-time clock, a date to the second. */
#ifndef PLATFORM_KVM_RTC_H
#define PLATFORM_KVM_RTC_H

#include <stdint.h>

#define RTC_CENTURY 0x32 /* the register, where ACPI does not tell another */

/* The chip's registers that say what time it is. */
struct rtc_time {
    uint8_t second, minute, hour, day, month, year, century;
    uint8_t format; /* register B */
};

/* Seconds since 1970; 0 when it is no date. century counts where it is one of 19 to 99. Pure. */
uint64_t rtc_seconds(const struct rtc_time *t);

/* The clock's nanoseconds since 1970; 0 when there is none. century: its register's number. */
uint64_t rtc_ns(uint8_t century);

#endif
