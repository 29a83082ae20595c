/* SPDX-License-Identifier: BSD-2-Clause */
/* Where this room stands between the kernel's parts: its options, and the end. See observe.h. */
#include "observe/observe.h"
#include "base/panic.h"
#include <string.h>

static bool coverage_wanted;

static void start_profile(const char *value)
{
    uint32_t hz = 0;
    const char *c = value;
    for (; *c >= '0' && *c <= '9' && hz <= SAMPLE_HZ_MAX; c++)
        hz = hz * 10 + (uint32_t)(*c - '0');
    if (*c != '\0' || hz == 0 || hz > SAMPLE_HZ_MAX)
        panic("limpet.profile=%s: how many samples a second? 1 to %d.", value, SAMPLE_HZ_MAX);
    sample_start(hz);
}

/* In the place of kernel/boot/options.c's: takes ours out. */
void __real_kernel_option(const char *option);
void __wrap_kernel_option(const char *option);
void __wrap_kernel_option(const char *option)
{
    if (strncmp(option, "profile=", 8) == 0)
        start_profile(option + 8);
    else if (strcmp(option, "coverage=on") == 0)
        coverage_wanted = true;
    else
        __real_kernel_option(option);
}

/* In the place of kernel/base/stop.c's, which begins every end: the app's and a panic's. */
void __real_stop_others(void);
void __wrap_stop_others(void);
void __wrap_stop_others(void)
{
    static bool told;
    __real_stop_others();
    if (told)
        return;
    told = true;
    sample_print();
    if (coverage_wanted)
        coverage_print();
}
