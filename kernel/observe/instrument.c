/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * make INSTRUMENT=1: what gcc calls in kernel and apps when functions begin and end
 * (-finstrument-functions) and at each edge between blocks of code (-fsanitize-coverage=trace-pc).
 * They count, and nothing else; of several CPUs some counts are lost. No other build has this.
 */
#include <stdint.h>

/* Functions that began, edges. apps/lib/bench.c tells them by the call. */
uint64_t limpet_instrumented[2];

void __cyg_profile_func_enter(void *function, void *caller);
void __cyg_profile_func_exit(void *function, void *caller);
void __sanitizer_cov_trace_pc(void);

void __cyg_profile_func_enter(void *function, void *caller)
{
    (void)function;
    (void)caller;
    limpet_instrumented[0]++;
}

void __cyg_profile_func_exit(void *function, void *caller)
{
    (void)function;
    (void)caller;
}

void __sanitizer_cov_trace_pc(void) { limpet_instrumented[1]++; }
